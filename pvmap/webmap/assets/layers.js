/* The grouped list of layers, driven by what folium's layer control knows. */
"use strict";
(() => {
  const { el, text } = pvmap;
  const GROUPS = ["base", "rooftops", "mines", "fishponds", "aggregates", "priority", "excluded"];
  let entries = [];

  /** Kinds of site whose layer is on. */
  pvmap.kindsOn = () => {
    const on = [...pvmap.stack].filter((layer) => layer.dataset && !layer.options.excluded).map((layer) => layer.dataset.kind);
    return pvmap.meta.kinds.filter((kind) => on.includes(kind));
  };
  pvmap.excludedOn = () => [...pvmap.stack].filter((layer) => layer.dataset && layer.options.excluded).map((layer) => layer.dataset.kind);

  function toggle(entry, on) {
    const map = pvmap.state.map;
    if (!entry.overlay || entry.group === "aggregates") {
      // One base layer at a time, and one level of aggregates.
      for (const other of entries) if (other.group === entry.group && other.overlay === entry.overlay && other !== entry) other.layer.remove();
    }
    if (on) entry.layer.addTo(map);
    else entry.layer.remove();
    pvmap.emit("layers");
  }

  function keyField() {
    const input = el("input", { type: "password", id: "pvmap-key", autocomplete: "off", "data-placeholder": "key_hint", "data-label": "key_hint", placeholder: text("key_hint"), "aria-label": text("key_hint") });
    input.value = pvmap.mapKey;
    input.addEventListener("change", () => pvmap.setMapKey(input.value));
    return input;
  }

  function radios(body, name, members) {
    for (const entry of members)
      body.append(
        pvmap.choice({
          type: "radio",
          name,
          keep: entry.text,
          checked: pvmap.state.map.hasLayer(entry.layer),
          label: entryLabel(entry),
          onchange: () => toggle(entry, true),
        }),
      );
  }

  const entryLabel = (entry) => (pvmap.meta.texts[entry.text] ? text(entry.text) : entry.name);

  function ticks(body, members) {
    for (const entry of members)
      body.append(
        pvmap.choice({
          keep: entry.text,
          checked: pvmap.state.map.hasLayer(entry.layer),
          label: entryLabel(entry),
          swatch: entry.layer.options?.colour && !entry.layer.options.excluded ? entry.layer.options.colour : null,
          note: entry.layer.dataset ? countNote(entry.layer) : null,
          onchange: (event) => toggle(entry, event.target.checked),
        }),
      );
  }

  function countNote(layer) {
    const without = layer.dataset.codes.excluded_by;
    if (!without) return "";
    let n = 0;
    for (const code of without) if (code > 0 === layer.options.excluded) n++;
    return pvmap.format.count(n);
  }

  function render(body) {
    for (const group of GROUPS) {
      const members = entries.filter((entry) => entry.group === group);
      if (!members.length) continue;
      const box = el("fieldset", { class: `pvmap-group pvmap-group-${group}` }, el("legend", { text: text(`group.${group}`) }));
      const bases = members.filter((entry) => !entry.overlay);
      if (bases.length > 1) radios(box, "pvmap-base", bases);
      if (bases.some((entry) => entry.layer.needsKey)) box.append(keyField());
      const overlays = members.filter((entry) => entry.overlay);
      if (group === "aggregates") {
        radios(box, "pvmap-aggregates", overlays);
        const none = { layer: { remove() {}, addTo() {} }, group, overlay: true };
        box.append(
          pvmap.choice({
            type: "radio",
            name: "pvmap-aggregates",
            keep: "aggregates.none",
            checked: !overlays.some((entry) => pvmap.state.map.hasLayer(entry.layer)),
            label: text("aggregates.none"),
            onchange: () => toggle(none, true),
          }),
        );
      } else ticks(box, overlays);
      if (group === "rooftops") box.append(variableChoice());
      if (group === "priority") box.append(el("p", { class: "pvmap-note", text: text("priority_rule", { n: pvmap.meta.priority.length }) }));
      body.append(box);
    }
  }

  function variableChoice() {
    const select = el("select", { id: "pvmap-variable", "data-keep": "variable", "data-label": "colour_by", "aria-label": text("colour_by") });
    for (const variable of pvmap.variables.values()) {
      if (!variable.colourable) continue;
      const option = el("option", { value: variable.key, text: variable.title() });
      option.selected = variable.key === pvmap.state.variable;
      select.append(option);
    }
    select.addEventListener("change", () => pvmap.setVariable(select.value));
    return el("label", { class: "pvmap-select" }, el("span", { text: text("colour_by") }), select);
  }

  pvmap.sections.layers = (listed) => {
    entries = listed;
    pvmap.section("layers", render, ["layers", "data", "variable"]);
  };
  pvmap.toggleLayer = (key, on) => toggle(entries.find((entry) => entry.text === key), on);
})();
