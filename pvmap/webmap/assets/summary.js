/* How much, here and now: sums over the sites that pass the filter and lie in view. */
"use strict";
(() => {
  const { el, text } = pvmap;

  /** Sums by kind, counts by class of the chosen variable, and energy by levelised cost. */
  function summarise() {
    const map = pvmap.state.map, counts = {}, kinds = {};
    const current = pvmap.current();
    counts[current.key] = new Array(current.classes.length).fill(0);
    const cost = pvmap.variables.get("lcoe_cny_per_kwh");
    const supply = cost ? new Float64Array(cost.valueOf.length) : null;
    for (const kind of pvmap.kindsOn()) {
      const dataset = pvmap.datasets[kind];
      if (!dataset.n) continue;
      const { capacity_kwp, energy_kwh, at_grid_parity, lcoe_cny_per_kwh } = dataset.codes;
      const capacityOf = pvmap.variables.get("capacity_kwp").valueOf, energyOf = pvmap.variables.get("energy_kwh").valueOf;
      const total = { n: 0, capacity: 0, capacity_ac: 0, energy: 0, parity: 0, priced: 0, cost: 0 };
      const codes = dataset.codes[current.key], tally = counts[current.key];
      dataset.each(dataset.windowOf(map), (i) => {
        const capacity = capacityOf[capacity_kwp[i]], energy = energyOf[energy_kwh[i]];
        total.n++;
        total.capacity += capacity;
        total.energy += energy;
        if (at_grid_parity && at_grid_parity[i] === 2) total.parity += capacity;
        if (supply && lcoe_cny_per_kwh[i]) {
          supply[lcoe_cny_per_kwh[i]] += energy;
          total.priced += energy;
          total.cost += energy * cost.valueOf[lcoe_cny_per_kwh[i]];
        }
        if (kind === "rooftop" && codes && codes[i]) tally[current.classOf[codes[i]]]++;
      });
      total.capacity_ac = pvmap.format.alternating(kind, total.capacity);
      kinds[kind] = total;
    }
    return { counts, kinds, supply };
  }

  function add(totals) {
    const sum = { n: 0, capacity: 0, capacity_ac: 0, energy: 0, parity: 0, priced: 0, cost: 0 };
    for (const one of totals) for (const key of Object.keys(sum)) sum[key] += one[key];
    return sum;
  }

  function figure(label, quantity, value, name) {
    const [number, unit] = pvmap.format.parts(quantity, value);
    return el("div", { class: "pvmap-figure", "data-figure": name, "data-value": value ?? "" }, el("b", { text: number }), el("span", { text: unit }), el("small", { text: label }));
  }

  function render(body) {
    const { kinds } = pvmap.summary;
    const all = add(Object.values(kinds));
    const grid = el("div", { class: "pvmap-figures" });
    grid.append(figure(text("side_dc"), "capacity", all.capacity, "capacity"));
    grid.append(figure(text("side_ac"), "capacity_ac", all.capacity_ac, "capacity_ac"));
    grid.append(figure(text("energy_first"), "energy", all.energy, "energy"));
    grid.append(figure(text("n_sites"), "count", all.n, "sites"));
    grid.append(figure(text("full_hours"), "yield", all.capacity ? all.energy / all.capacity : null, "yield"));
    if (pvmap.variables.has("at_grid_parity")) grid.append(figure(text("parity_share"), "share", all.capacity ? all.parity / all.capacity : null, "parity"));
    if (pvmap.variables.has("lcoe_cny_per_kwh")) grid.append(figure(text("lcoe_mean"), "price", all.priced ? all.cost / all.priced : null, "lcoe"));
    body.append(grid);
    if (Object.keys(kinds).length > 1) {
      const table = el("table", { class: "pvmap-kinds" });
      for (const [kind, total] of Object.entries(kinds)) {
        if (!total.n) continue;
        const name = el("th", { scope: "row" }, el("i", { class: "pvmap-swatch", style: `background:${pvmap.meta.kind_colours[kind]}` }), text(`kind.${kind}`));
        const ac = el("div", { class: "pvmap-other-side", text: pvmap.format("capacity_ac", total.capacity_ac) });
        const capacity = el("td", {}, el("div", { text: pvmap.format("capacity", total.capacity) }), ac);
        const energy = el("td", { text: pvmap.format("energy", total.energy) });
        table.append(el("tr", {}, name, el("td", { text: pvmap.format("count", total.n) }), capacity, energy));
      }
      body.append(table);
    }
    const filtered = Object.keys(pvmap.state.off).length > 0;
    body.append(el("p", { class: "pvmap-note", text: text(filtered ? "summary_filtered" : "summary_all") }));
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
