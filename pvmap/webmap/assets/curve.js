/* Supply curve: how much energy a year can be had up to which levelised cost, in view and filter. */
"use strict";
(() => {
  const { el, svg, text } = pvmap;
  const WIDTH = 288, HEIGHT = 130, LEFT = 38, BOTTOM = 28;

  function render(body) {
    const { key, cost, name } = pvmap.case();
    if (!cost) return body.append(el("p", { class: "pvmap-note", text: text(`no_cost.${key}`) }));
    body.append(supplyCurve(pvmap.summary.supply) || el("p", { class: "pvmap-note", text: text("curve_empty") }));
    if (name) body.append(el("p", { class: "pvmap-note", text: text("cost_about.scenario") }));
    return body;
  }

  /** Energy by code of the levelised cost, over the sites that `each(dataset, visit)` visits. */
  pvmap.supplyOf = (each) => {
    const supply = new Float64Array(pvmap.variables.get("lcoe_cny_per_kwh").size);
    for (const kind of pvmap.kindsOn()) {
      const dataset = pvmap.datasets[kind], { lcoe_cny_per_kwh } = dataset.codes;
      if (dataset.n) each(dataset, (i) => lcoe_cny_per_kwh[i] && (supply[lcoe_cny_per_kwh[i]] += dataset.energy[i]));
    }
    return supply;
  };

  /** The curve and what it says; null where no site has a cost. */
  function supplyCurve(supply) {
    const cost = pvmap.variables.get("lcoe_cny_per_kwh"), body = el("div");
    const total = supply.reduce((sum, v) => sum + v, 0);
    if (!total) return null;
    const used = [];
    supply.forEach((energy, code) => energy > 0 && used.push([cost.valueOf[code], energy]));
    const reference = pvmap.meta.reference_price;
    const low = Math.min(used[0][0], reference) * 0.97, high = Math.max(used[used.length - 1][0], reference) * 1.03;
    const x = (energy) => LEFT + (energy / total) * (WIDTH - LEFT - 6);
    const y = (price) => HEIGHT - BOTTOM - ((price - low) / (high - low)) * (HEIGHT - BOTTOM - 8);
    let sum = 0, path = `M${x(0)} ${y(used[0][0])}`, below = 0;
    for (const [price, energy] of used) {
      path += `V${y(price).toFixed(1)}H${x((sum += energy)).toFixed(1)}`;
      if (price <= reference) below += energy;
    }
    const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "pvmap-curve", role: "img" });
    chart.append(svg("title", {}, text("curve_title")));
    const line = y(reference).toFixed(1);
    chart.append(svg("path", { d: `${path}V${HEIGHT - BOTTOM}H${x(0)}Z`, class: "area" }));
    chart.append(svg("path", { d: path, class: "line" }));
    chart.append(svg("path", { d: `M${LEFT} ${line}H${WIDTH - 6}`, class: "reference" }));
    chart.append(svg("path", { d: `M${LEFT} 6V${HEIGHT - BOTTOM}H${WIDTH - 6}`, class: "axis" }));
    for (const price of [low, (low + high) / 2, high]) chart.append(svg("text", { x: LEFT - 4, y: y(price) + 4, "text-anchor": "end" }, price.toFixed(2)));
    for (const share of [0, 0.5, 1]) chart.append(svg("text", { x: x(total * share), y: HEIGHT - 14, "text-anchor": share === 1 ? "end" : "middle" }, pvmap.format.bare("energy", total * share, total)));
    chart.append(svg("text", { x: WIDTH - 8, y: line - 3, "text-anchor": "end", class: "note" }, text("reference_price", { price: reference })));
    body.append(el("p", { class: "pvmap-note", text: text("curve_axes", { energy: pvmap.format.unitName("energy", total) }) }));
    body.append(chart);
    body.append(el("p", { text: text("curve_below", { energy: pvmap.format("energy", below), share: pvmap.format("share", below / total), price: reference }) }));
    return body;
  }

  pvmap.supplyCurve = supplyCurve;
  pvmap.sections.curve = () => pvmap.section("curve", render, ["summary"]);
})();
