/* "How to read this map", and the assumptions behind it. */
"use strict";
(() => {
  const { el, text } = pvmap;

  function content() {
    const zh = pvmap.state.language === "zh" ? 0 : 1;
    const parts = [el("h2", { tabindex: "-1", text: text("help_title") })];
    for (const [title, lines] of pvmap.meta.help) {
      parts.push(el("h3", { text: title[zh] }));
      parts.push(el("ul", {}, ...lines.map((pair) => el("li", { text: pair[zh] }))));
    }
    parts.push(...moving());
    if (pvmap.meta.assumptions.length) parts.push(el("h3", { text: text("assumptions") }), assumptions());
    return parts;
  }

  /** The unverified assumptions that move the result most, one a line: what they are, their range and what it does. */
  function moving() {
    const rows = pvmap.meta.moving;
    const span = (key, [low, high]) => text(key, { low, high });
    const lines = rows.map((one) => {
      const [value, low, high] = one.values, unit = pvmap.either(one.unit);
      const does = ["cost", "energy", "worth"].filter((name) => one[name]).map((name) => span(`moving_${name}`, one[name]));
      const range = text("moving_range", { value, low, high, unit: unit && ` ${unit}` });
      return el("li", { text: text("colon", { a: pvmap.either(one.about), b: [range, ...does].join(text("comma")) }) });
    });
    return rows.length ? [el("h3", { text: text("moving", { n: rows.length }) }), el("ol", { class: "pvmap-moving" }, ...lines)] : [];
  }

  function assumptions() {
    const table = el("table", {}, el("tr", {}, ...["assumption", "value_used", "unit", "basis", "verified"].map((key) => el("th", { text: text(key) }))));
    for (const one of pvmap.meta.assumptions) {
      const cells = [one.about, one.value, one.unit, one.basis, one.verified].map(pvmap.either);
      table.append(el("tr", {}, ...cells.map((cell) => el("td", { text: cell === null ? "" : String(cell) }))));
    }
    return el("div", { class: "pvmap-scroll" }, table);
  }

  pvmap.moving = moving;
  pvmap.sections.help = () => {
    const dialog = document.getElementById("pvmap-help");
    pvmap.tool("help", () => {
      const close = el("button", { type: "button", text: text("close"), onclick: () => dialog.close() });
      dialog.replaceChildren(...content(), close);
      dialog.showModal();
      dialog.querySelector("h2").focus(); // at its title, not at the button below the last line
      dialog.scrollTop = 0;
    });
  };
})();
