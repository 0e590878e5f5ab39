/* The grouped list of layers, driven by what folium's layer control knows. */
"use strict";
(() => {
  const { el, text } = pvmap;
  const GROUPS = ["rooftops", "mines", "fishponds", "priority", "aggregates", "excluded", "base"];
  const opened = new Set(); // groups that start folded and were opened
  let entries = [];

  /** Kinds of site whose layer is on. */
  pvmap.kindsOn = () => {
    const on = [...pvmap.stack].filter((layer) => layer.dataset && !layer.options.excluded).map((layer) => layer.dataset.kind);
    return pvmap.meta.kinds.filter((kind) => on.includes(kind));
  };
  pvmap.excludedOn = () => [...pvmap.stack].filter((layer) => layer.dataset && layer.options.excluded).map((layer) => layer.dataset.kind);

  function toggle(entry, on) {
    const map = pvmap.state.map;
    if (on && (!entry.overlay || entry.group === "aggregates")) {
      // One base layer at a time, and one level of aggregates.
      for (const other of entries) if (other.group === entry.group && other.overlay === entry.overlay && other !== entry) other.layer.remove();
    }
    if (on) entry.layer.addTo(map);
    else entry.layer.remove();
    pvmap.emit("layers");
  }

  /** Field for the reader's own key of one service; several maps of a service share it, no other gets it. */
  function keyField(service) {
    const hint = text("key_hint", { service });
    const input = el("input", { type: "password", class: "pvmap-key", autocomplete: "off", placeholder: hint, "aria-label": hint, "data-keep": `key/${service}` });
    input.value = pvmap.mapKey(service);
    input.addEventListener("change", () => pvmap.setMapKey(service, input.value));
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

  function entryLabel({ layer, text: key }) {
    const { about } = layer;
    if (key.startsWith("aggregates.area")) return text("aggregates.other", { level: pvmap.meta.levels[layer.options.level] });
    return about ? (pvmap.state.language === "zh" ? about.name_zh : about.name_en) : text(key);
  }

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
    const { dataset, options } = layer, without = dataset.codes.excluded_by;
    let n = 0;
    for (let i = 0; i < dataset.n; i++) if (options.excluded ? without[i] : dataset.capacity[i] > 0) n += dataset.sites ? dataset.sites[i] : 1;
    return dataset.n ? pvmap.format.count(n) : "";
  }

  /** What is seldom changed starts folded. */
  function groupBox(group) {
    const title = text(`group.${group}`), kind = `pvmap-group pvmap-group-${group}`;
    if (!["excluded", "base"].includes(group)) return el("div", { class: kind, role: "group", "aria-label": title });
    const box = el("details", { class: kind }, el("summary", { "data-keep": `group/${group}`, text: title }));
    box.open = opened.has(group);
    box.addEventListener("toggle", () => (box.open ? opened.add(group) : opened.delete(group)));
    return box;
  }

  function render(body) {
    for (const group of GROUPS) {
      const members = entries.filter((entry) => entry.group === group);
      if (!members.length) continue;
      const box = groupBox(group);
      const bases = members.filter((entry) => !entry.overlay);
      if (bases.length > 1) radios(box, "pvmap-base", bases);
      for (const service of new Set(bases.map((entry) => entry.layer.service).filter(Boolean))) box.append(keyField(service));
      const overlays = members.filter((entry) => entry.overlay);
      if (group === "aggregates") box.append(levelChoice(overlays));
      else ticks(box, overlays);
      if (group === "priority") box.title = text("priority_rule", { n: pvmap.meta.priority.length });
      body.append(box);
    }
  }

  /** One level of aggregates at a time, or none. */
  function levelChoice(members) {
    const label = text("group.aggregates");
    const select = el("select", { id: "pvmap-level", "data-keep": "level", "aria-label": label });
    const none = { layer: L.layerGroup(), group: "aggregates", overlay: true, text: "aggregates.none" };
    const shown = members.find((entry) => pvmap.state.map.hasLayer(entry.layer)) || none;
    for (const entry of [...members, none]) {
      const option = el("option", { value: entry.text, text: entryLabel(entry) });
      option.selected = entry === shown;
      select.append(option);
    }
    select.addEventListener("change", () => toggle([...members, none].find((entry) => entry.text === select.value), true));
    return el("label", { class: "pvmap-select" }, el("span", { text: label }), select);
  }

  pvmap.sections.layers = (listed) => {
    entries = listed;
    pvmap.section("layers", render, ["layers", "data", "filter"]);
  };
  /** Text keys of all layers that are on, as an address holds them; a base map by its number. */
  pvmap.layersOn = () => entries.filter((entry) => pvmap.state.map.hasLayer(entry.layer) && entry.text !== "layer.none").map((entry) => entry.text);
  pvmap.hasLayer = (key) => entries.some((entry) => entry.text === key);
  /** Have exactly these layers on, but never an online base map that a reader did not tick. */
  pvmap.setLayers = (wanted) => {
    const bare = entries.find((entry) => entry.text === "layer.none");
    for (const entry of entries) {
      if (!entry.overlay) continue;
      const on = wanted.includes(entry.text);
      if (on !== pvmap.state.map.hasLayer(entry.layer)) toggle(entry, on);
    }
    const base = entries.find((entry) => !entry.overlay && pvmap.state.map.hasLayer(entry.layer));
    if (base && base !== bare && !wanted.includes(base.text)) toggle(bare, true);
    pvmap.emit("layers");
  };
  /** Show one kind of site, and no other. */
  pvmap.onlyKind = (kind) => {
    for (const entry of entries) if (entry.layer.dataset && !entry.layer.options.excluded) toggle(entry, entry.layer.dataset.kind === kind);
  };
  pvmap.toggleLayer = (key, on) => toggle(entries.find((entry) => entry.text === key), on);
})();
