/* How much, here and now: sums over the sites that count in the case, pass the filter and lie in view. */
"use strict";
(() => {
  const { el, text } = pvmap;

  /** Sums in view, capacity by class of each list of the chosen variable, and energy by code of the levelised cost. */
  function summarise() {
    const classes = {}; // of each list
    const cost = pvmap.variables.get("lcoe_cny_per_kwh"), supply = cost ? new Float64Array(cost.size) : null;
    const sums = pvmap.sums.over((dataset, visit) => {
      const own = pvmap.colouring(dataset.kind), classOf = own && dataset.classer(own), { lcoe_cny_per_kwh } = dataset.codes;
      const amounts = own && (classes[own.list] = classes[own.list] || new Array(own.classes.length).fill(0));
      pvmap.sums.inView(dataset, (i) => {
        visit(i);
        if (supply && lcoe_cny_per_kwh[i]) supply[lcoe_cny_per_kwh[i]] += dataset.energy[i];
        const number = classOf ? classOf(i) : -1;
        if (number >= 0) amounts[number] += dataset.capacity[i];
      });
    });
    return { ...sums, classes, supply };
  }

  function figure(label, quantity, value, name) {
    const [number, unit] = pvmap.format.parts(quantity, value);
    return el("div", { class: "pvmap-figure", "data-figure": name, "data-value": value ?? "" }, el("b", { text: number }), el("span", { text: unit }), el("small", { text: label }));
  }

  /** Four numbers, large; then the ratios where the table has them. */
  pvmap.figures = (sums) => {
    const grid = el("div", { class: "pvmap-figures" });
    grid.append(figure(text("side_dc"), "capacity", sums.capacity_kwp, "capacity"));
    grid.append(figure(text("side_ac"), "capacity_ac", sums.capacity_kwac, "capacity_ac"));
    grid.append(figure(text("energy_first"), "energy", sums.energy_kwh, "energy"));
    grid.append(figure(text("n_sites"), "count", sums.n_sites, "sites"));
    const ratios = el("div", { class: "pvmap-figures pvmap-ratios" });
    ratios.append(figure(text("full_hours"), "yield", sums.specific_yield_kwh_per_kwp, "yield"));
    if (pvmap.ofCase("lcoe_cny_per_kwh") && sums.lcoe_cny_per_kwh !== null) ratios.append(figure(text("lcoe_mean"), "price", sums.lcoe_cny_per_kwh, "lcoe"));
    if (pvmap.ofCase("parity_share") && sums.parity_share !== null) ratios.append(figure(text("parity_share"), "share", sums.parity_share, "parity"));
    return el("div", {}, grid, ratios);
  };

  /** Sums by kind of site, each in its colour. */
  pvmap.kindTable = ({ kinds }) => {
    const table = el("table", { class: "pvmap-kinds" });
    for (const [kind, total] of Object.entries(kinds)) {
      const name = el("th", { scope: "row" }, el("i", { class: "pvmap-swatch", style: `background:${pvmap.meta.kind_colours[kind]}` }), text(`kind.${kind}`), el("div", { class: "pvmap-other-side", text: pvmap.format("count", total.n) }));
      const ac = el("div", { class: "pvmap-other-side", text: pvmap.format("capacity_ac", total.capacity_ac) });
      const capacity = el("td", {}, el("div", { text: pvmap.format("capacity", total.capacity) }), ac);
      const energy = el("td", { text: pvmap.format("energy", total.energy) });
      table.append(el("tr", {}, name, capacity, energy));
    }
    return table;
  };

  function render(body) {
    const sums = pvmap.summary;
    body.append(el("p", { class: "pvmap-case-title", text: pvmap.caseTitle() }), pvmap.figures(sums));
    if (Object.keys(sums.kinds).length > 1) body.append(pvmap.kindTable(sums));
    body.append(el("p", { class: "pvmap-note", text: text(pvmap.filtered() ? "summary_filtered" : "summary_all") }));
  }

  pvmap.sections.summary = () => {
    pvmap.summary = summarise();
    const refresh = pvmap.soon(() => {
      pvmap.summary = summarise();
      pvmap.emit("summary");
    });
    for (const event of ["filter", "layers", "data", "view", "variable"]) pvmap.on(event, refresh);
    pvmap.section("summary", render, ["summary"]);
  };
})();
