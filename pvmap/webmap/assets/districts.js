/* One district chosen: the view goes there, everything else is filtered out, its card stands in the panel. And where to begin. */
"use strict";
(() => {
  const { el, text, meta } = pvmap;
  const TOP = 5;

  /** Number of the level with a name, -1 for none. */
  const levelOf = (name) => meta.levels.indexOf(name);

  /** The district that alone passes the filter, or the only one there is; else null. */
  function chosen() {
    const variable = pvmap.variables.get("district"), off = pvmap.state.off.district;
    if (variable.classes.length === 1) return variable.classes[0] || null;
    if (!off || off.size !== variable.classes.length - 1) return null;
    return variable.classes.find((_, number) => !off.has(number));
  }

  /** Choose a district by name: null chooses all of the city again. */
  pvmap.chooseDistrict = async (name) => {
    pvmap.state.map.closePopup();
    pvmap.setOnly("district", name === null ? null : pvmap.variables.get("district").classes.indexOf(name));
    if (name === null) return pvmap.fit(meta.bounds);
    const level = levelOf("district"), data = level < 0 ? null : await pvmap.outlinesOf(level);
    const rings = data && data.rings[data.ids.indexOf(name)];
    if (rings && rings.length) pvmap.fit(L.polygon(rings).getBounds());
  };

  function render(body) {
    const variable = pvmap.variables.get("district"), one = chosen();
    const select = el("select", { id: "pvmap-district-choice", "data-keep": "district", "aria-label": text("district") });
    if (one === null || variable.classes.length > 1) select.append(el("option", { value: "-1", text: text("level.city") }));
    variable.classes.forEach((name, number) => name && select.append(el("option", { value: String(number), text: name })));
    select.value = one === null ? "-1" : String(variable.classes.indexOf(one));
    select.addEventListener("change", () => pvmap.chooseDistrict(select.value === "-1" ? null : variable.classes[Number(select.value)]));
    body.append(el("label", { class: "pvmap-select" }, el("span", { text: text("district") }), select));
    const own = one === null ? [] : pvmap.aimsOf("district", one), card = el("article", { class: "pvmap-site pvmap-card", id: "pvmap-card" });
    if (one !== null) card.append(el("h3", { text: one, dir: "auto" }), ...pvmap.sumsCard(pvmap.sums.everywhere));
    card.append(...(own.length || (one !== null && variable.classes.length > 1) ? own : pvmap.aimsOf("city", meta.city)));
    if (card.children.length) body.append(card);
  }

  /** The largest zones below the district, each a click away. */
  async function largest(body) {
    const level = levelOf("township") >= 0 && !meta.sheets ? levelOf("township") : levelOf("district");
    if (level < 0) return;
    const data = await pvmap.outlinesOf(level), sums = pvmap.sums.ofLevel(level);
    const found = data.ids.map((_, zone) => [zone, sums(zone).capacity_kwp]).filter(([zone, capacity]) => capacity > 0 && data.rings[zone].length);
    found.sort((a, b) => b[1] - a[1]);
    if (found.length && meta.sheets) body.append(totals(data, level, found.map(([zone]) => zone), sums));
    else if (found.length) {
      const rows = found.slice(0, TOP).map(([zone, capacity]) => [pvmap.zoneName(data, zone), pvmap.format("capacity", capacity), () => goZone(data, level, zone)]);
      body.append(el("h3", { text: text(`largest.${data.level}`) }), list(rows));
    }
  }

  /** Sums of every district: what the overview of a map of many sheets lists in the place of single sites. */
  function totals(data, level, zones, sums) {
    const heads = [text("district"), text("n_sites"), pvmap.caseTitle(), text("energy_first")].map((head) => el("th", { scope: "col", text: head }));
    const rows = zones.map((zone) => {
      const { n_sites, capacity_kwp, energy_kwh } = sums(zone), go = el("button", { type: "button", text: pvmap.zoneName(data, zone), dir: "auto", onclick: () => goZone(data, level, zone) });
      const cells = [pvmap.format.count(n_sites), pvmap.format("capacity", capacity_kwp), pvmap.format("energy", energy_kwh)];
      return el("tr", {}, el("th", { scope: "row" }, go), ...cells.map((cell) => el("td", { text: cell })));
    });
    return el("div", { class: "pvmap-totals pvmap-scroll" }, el("table", {}, el("tr", {}, ...heads), ...rows));
  }

  /** Show a zone and what is said of it side by side, or one above the other where the map is narrow, so that both are seen. */
  function goZone(data, level, zone) {
    const rings = data.rings[zone], bounds = L.polygon(rings).getBounds(), { map } = pvmap.state;
    if (pvmap.roomy()) pvmap.fit(bounds, { left: pvmap.widestPopup + 16 });
    else pvmap.fit(bounds, { foot: (map.getSize().y - pvmap.covered()) / 2 });
    return pvmap.open(pvmap.zoneHit(data, level, zone), map.containerPointToLatLng([0, 0]), true);
  }

  /** The best sites by net present value that pass the filter. */
  async function best(body) {
    const marks = meta.priority.filter(({ kind, number }) => pvmap.datasets[kind].n && pvmap.datasets[kind].passes(number, false)).slice(0, TOP);
    const records = await Promise.all(marks.map(({ kind, number }) => pvmap.datasets[kind].record(number)));
    if (records.length) body.append(el("h3", { text: text("best_sites") }), list(records.map((record) => [pvmap.siteTitle(record), pvmap.format("money", record.get("npv_cny")), () => pvmap.show(record.dataset, record.number)])));
  }

  /** Sites that hold most of what errors of inputs leave open of the chosen district, or of the city. */
  async function unsure(body) {
    const passing = meta.unsure.filter(({ kind, number }) => pvmap.datasets[kind].n && pvmap.datasets[kind].passes(number, false)).slice(0, TOP);
    const records = await Promise.all(passing.map(({ kind, number }) => pvmap.datasets[kind].record(number)));
    const share = chosen() === null ? "of_city" : "of_district";
    const figure = (one) => text("share_and_cause", { share: pvmap.format("share", one[share]), cause: text(`cause.${one.cause}`) });
    const rows = records.map((record, at) => [pvmap.siteTitle(record), figure(passing[at]), () => pvmap.show(record.dataset, record.number)]);
    if (rows.length) body.append(el("h3", { text: text("measure_first") }), el("p", { class: "pvmap-note", text: text(`measure_first.${share}`) }), list(rows));
  }

  function list(rows) {
    return el("ul", { class: "pvmap-leading" }, ...rows.map(([name, figure, onclick]) => el("li", {}, el("button", { type: "button", onclick }, el("span", { text: name, dir: "auto" }), el("b", { text: figure })))));
  }

  pvmap.sections.district = () => {
    pvmap.section("district", render, ["filter", "data", "layers"]);
    let latest = 0;
    pvmap.section("where_to_begin", async (body) => {
      const mine = ++latest, fresh = el("div");
      if (Object.values(pvmap.datasets).some((dataset) => !dataset.n)) return;
      await largest(fresh);
      await best(fresh);
      await unsure(fresh);
      if (mine === latest) body.replaceChildren(fresh);
    }, ["filter", "data", "layers"]);
  };
  Object.assign(pvmap, { goZone, levelOf, chosenDistrict: chosen });
})();
