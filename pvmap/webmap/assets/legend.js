/* The legend is the filter: every class can be unticked where its colour is explained, every number given a range. */
"use strict";
(() => {
  const { el, text } = pvmap;

  function classList(variable, swatches, amounts) {
    const list = el("div", { class: "pvmap-classes", role: "group", "aria-label": variable.title() });
    const off = pvmap.state.off[variable.list] || new Set();
    const most = amounts ? Math.max(1e-9, ...amounts) : 1;
    variable.classes.forEach((_, number) => {
      if (variable.key === "building_use" && variable.classes[number] === "none") return;
      const choice = pvmap.choice({
        keep: `${variable.list}/${number}`,
        checked: !off.has(number),
        label: variable.label(number),
        swatch: swatches ? variable.colours[number] : null,
        onchange: (event) => pvmap.setClass(variable.list, number, event.target.checked),
      });
      if (amounts && !amounts[number]) choice.classList.add("pvmap-none-here");
      if (amounts) {
        const share = Math.round((100 * amounts[number]) / most);
        choice.append(el("b", { class: "pvmap-bar", style: `--share:${share}%`, title: pvmap.format("capacity", amounts[number]) }));
      }
      list.append(choice);
    });
    return list;
  }

  function zoneLegend(body) {
    const layer = [...pvmap.stack].find((one) => one.data && one.measure);
    if (!layer) return;
    const { title, colours, labels } = layer.measure, box = el("div", { class: "pvmap-zone-legend" });
    const entry = (colour, label, there = true) => box.append(el("p", { class: there ? "pvmap-choice" : "pvmap-choice pvmap-none-here" }, el("i", { class: "pvmap-swatch", style: `background:${colour}` }), el("span", { text: label })));
    box.append(el("h3", { text: text("colon", { a: pvmap.levelName(layer.data.level), b: title }) }));
    const view = pvmap.state.map.getBounds(), drawn = new Set(layer.shapes.filter(({ bounds }) => view.intersects(bounds)).map((one) => one.number));
    labels.forEach((label, i) => entry(colours[i], label, drawn.has(i)));
    if (!layer.shapes.length) box.append(el("p", { class: "pvmap-note", text: text("no_zone") }));
    if (layer.gaps) entry(pvmap.NOTHING, text("no_value"));
    const number = { lcoe_cny_per_kwh: "lcoe_cny_per_kwh", at_grid_parity: "parity_share" }[pvmap.state.variable];
    if (!pvmap.ofCase(number)) box.append(el("p", { class: "pvmap-note", text: text("colour_other_case") }));
    body.append(box);
  }

  function excludedLegend(body) {
    if (!pvmap.excludedOn().length) return;
    const variable = pvmap.variables.get("excluded_by");
    body.append(el("h3", { text: text("excluded_by") }));
    const list = classList(variable, true, null);
    body.append(list);
    for (const [reason, clause] of Object.entries(pvmap.meta.clauses))
      if (clause) body.append(el("p", { class: "pvmap-note" }, ...pvmap.beside([pvmap.reason(reason), pvmap.either(clause)], text("colon", {}))));
  }

  /** The classes that sites are coloured by: a list for all kinds, or one for each where numbers have breaks of their own. */
  function siteLegend(body) {
    const own = pvmap.kindsOn().map((kind) => [kind, pvmap.colouring(kind)]).filter(([, variable]) => variable);
    const lists = new Map(own.map(([, variable]) => [variable.list, variable]));
    for (const [list, variable] of lists) {
      const kind = own.find(([, one]) => one === variable)[0], amounts = pvmap.summary?.classes[list] || null;
      const title = lists.size > 1 ? text("colon", { a: text(`kind.${kind}`), b: variable.titleWithUnit() }) : variable.titleWithUnit();
      const nothing = amounts && amounts.every((amount) => !amount) ? " pvmap-none-here" : "";
      body.append(el("h3", { class: `pvmap-site-legend${nothing}`, text: title }), classList(variable, true, amounts));
    }
  }

  /** On paper only: on the screen the list of layers tells the same. */
  function kindsLegend(body) {
    const kinds = pvmap.kindsOn().filter((kind) => !pvmap.colouring(kind) && pvmap.summary?.kinds[kind]);
    for (const kind of kinds) {
      const colour = pvmap.meta.kind_colours[kind];
      body.append(el("p", { class: "pvmap-choice pvmap-on-paper" }, el("i", { class: "pvmap-swatch", style: `background:${colour}` }), el("span", { text: text(`kind.${kind}`) })));
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

  function render(body) {
    const zoom = pvmap.state.map.getZoom(), current = pvmap.current();
    zoneLegend(body);
    if (zoom < pvmap.meta.dots_from) body.append(el("p", { class: "pvmap-note", text: text("zoom_in") }));
    else if (zoom < 15 && current.combine === "sum") body.append(el("p", { class: "pvmap-note", text: text("pixel_sum") }));
    else if (zoom < 15 && current.combine === "mean") body.append(el("p", { class: "pvmap-note", text: text("pixel_mean") }));
    body.append(variableChoice());
    siteLegend(body);
    kindsLegend(body);
    excludedLegend(body);
  }

  function renderFilters(body) {
    for (const variable of pvmap.variables.values()) {
      if (!variable.listed || variable.key === "excluded_by") continue;
      if (variable.key === pvmap.state.variable && !variable.edges.length) continue; // the legend is its filter
      const touched = pvmap.state.ranges[variable.key] || Object.keys(pvmap.state.off).some((list) => pvmap.listed(list).key === variable.key);
      const box = el("details", { class: "pvmap-filter" }, el("summary", { "data-keep": `filter/${variable.key}`, text: variable.titleWithUnit() + (touched ? " ●" : "") }));
      box.open = opened.has(variable.key);
      box.addEventListener("toggle", () => {
        if (box.open) opened.add(variable.key);
        else opened.delete(variable.key);
      });
      box.append(variable.edges.length ? pvmap.rangeFilter(variable) : classList(variable, variable.colourable, null));
      body.append(box);
    }
    const clear = el("button", { type: "button", "data-keep": "clear", text: text("clear_filter"), onclick: pvmap.clearFilter });
    clear.disabled = !pvmap.filtered();
    body.append(clear);
  }
  const opened = new Set();

  pvmap.sections.legend = () => {
    pvmap.section("legend", render, ["variable", "layers", "legend", "summary"]);
    pvmap.section("filters", renderFilters, ["variable", "filter", "data"], false);
  };
})();
