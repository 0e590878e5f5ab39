/* The one panel on the left: title, data banner, language, folding. Sections add themselves in the order of the page. */
"use strict";
(() => {
  const { el, text, meta } = pvmap;

  /** A section of the panel: heading, and a body that `render(body)` fills anew when one of `events` happens. */
  pvmap.section = (key, render, events = [], open = true) => {
    const body = el("div", { class: "pvmap-body" });
    const heading = el("summary", {}, el("h2", { "data-text": key, text: text(key) }));
    const section = el("details", { class: `pvmap-section pvmap-${key}`, id: `pvmap-${key}` }, heading, body);
    section.open = open;
    document.getElementById("pvmap-sections").append(section);
    const again = () => {
      const kept = document.activeElement && section.contains(document.activeElement) ? document.activeElement.dataset.keep : null;
      body.replaceChildren();
      render(body);
      if (kept) body.querySelector(`[data-keep="${CSS.escape(kept)}"]`)?.focus();
    };
    for (const event of ["language", ...events]) pvmap.on(event, again);
    again();
    return { section, again };
  };

  /** A labelled tick box or radio button that keeps the focus when its section is drawn anew. */
  pvmap.choice = ({ type = "checkbox", name, keep, checked, label, swatch, note, onchange }) => {
    const input = el("input", { type, name, "data-keep": keep, onchange });
    input.checked = checked;
    const parts = [input];
    if (swatch) parts.push(el("i", { class: "pvmap-swatch", style: `background:${swatch}` }));
    parts.push(el("span", { text: label, dir: "auto" }));
    if (note) parts.push(el("small", { text: note }));
    return el("label", { class: "pvmap-choice" }, ...parts);
  };

  /** What was found about the inputs, worst first: how bad, what, and what to do. */
  function findings(all, language) {
    const doubtful = all.filter((one) => one.severity !== "note").length;
    const item = (one) =>
      el(
        "li",
        { class: one.severity },
        el("b", { text: text(`severity.${one.severity}`) }),
        el("span", { text: ` ${one.sentence[language]}`, dir: "auto" }),
        el("small", { text: one.remedy[language], dir: "auto" }),
      );
    const heading = el("summary", { text: text("data_findings", { doubtful, notes: all.length - doubtful }) });
    return el("details", { class: "pvmap-findings" }, heading, el("ul", {}, ...all.map(item)));
  }

  /** Whose data this is. */
  pvmap.credit = () => pvmap.either([meta.banner.attribution, meta.banner.attribution_en]);

  function banner(body) {
    const zh = pvmap.state.language === "zh", { banner: data } = meta;
    body.append(el("h1", { text: meta.title[zh ? 0 : 1] }));
    const marks = el("p", { class: "pvmap-badges" });
    if (data.synthetic) marks.append(el("span", { class: "warn", text: text("synthetic") }));
    if (data.internal) marks.append(el("span", { class: "warn", text: text("internal") }));
    if (data.review_number) marks.append(el("span", { text: text("review_number", { number: data.review_number }) }));
    if (marks.children.length) body.append(marks);
    const lines = [];
    if (data.date) lines.push(text("data_date", { date: data.date }));
    if (pvmap.credit()) lines.push(text("data_source", { source: pvmap.credit() }));
    if (data.created) lines.push(text("computed", { date: data.created }));
    for (const warning of data.warnings) body.append(el("p", { class: `pvmap-alert ${warning.level}`, text: text(warning.key, warning.values) }));
    if (data.findings.length) body.append(findings(data.findings, zh ? 0 : 1));
    const notes = [...data.notes.map((note) => text(note.key, note.values))];
    if (meta.beneath_left_out) notes.push(text("note.beneath_left_out", { n: pvmap.format.count(meta.beneath_left_out) }));
    if (notes.length || lines.length) {
      const list = el("ul", {}, ...notes.map((note) => el("li", { text: note })));
      const about = el("p", { class: "pvmap-lines" }, ...pvmap.beside(lines));
      const heading = el("summary", {}, ...pvmap.beside([text("data_notes"), ...(data.date ? [text("data_date", { date: data.date })] : [])]));
      body.append(el("details", { class: "pvmap-notes" }, heading, about, list));
    }
  }

  pvmap.sections.banner = () => {
    const body = document.getElementById("pvmap-banner");
    const again = () => {
      body.replaceChildren();
      banner(body);
    };
    pvmap.on("language", again);
    again();

    const tools = document.getElementById("pvmap-tools");
    const other = () => (pvmap.state.language === "zh" ? "English" : "中文");
    const language = el("button", { type: "button", id: "pvmap-language", text: other() });
    language.addEventListener("click", () => pvmap.setLanguage(pvmap.state.language === "zh" ? "en" : "zh"));
    pvmap.on("language", () => (language.textContent = other()));
    tools.append(language);

    const fold = document.getElementById("pvmap-fold");
    fold.addEventListener("click", () => {
      const folded = document.body.classList.toggle("pvmap-folded");
      fold.setAttribute("aria-expanded", String(!folded));
      fold.firstElementChild.textContent = folded ? "›" : "‹";
      pvmap.state.map.invalidateSize({ animate: false });
    });
  };

  /** Say something short to the reader, and to those who listen rather than look. */
  pvmap.say = (message) => {
    document.getElementById("pvmap-said").textContent = message;
  };

  /** A button in the row under the title. */
  pvmap.tool = (key, onclick) => {
    const button = el("button", { type: "button", id: `pvmap-tool-${key}`, "data-text": key, text: text(key), onclick });
    document.getElementById("pvmap-tools").append(button);
    return button;
  };
})();
