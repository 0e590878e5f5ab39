/* What one site or zone says of itself. Every word goes in as text: names are other people's. */
"use strict";
(() => {
  const { el, svg, text } = pvmap;
  // The three numbers everyone asks for, then rows in groups: text key, column, quantity.
  // A number appears only where the table has the column.
  const FIGURES = [
    ["capacity_dc", "capacity_kwp", "capacity"],
    ["energy_first", "energy_kwh", "energy"],
    ["full_hours", "specific_yield_kwh_per_kwp", "yield"],
  ];
  const GROUPS = {
    popup_site: [
      ["area", "footprint_area_m2", "area"],
      ["used_area", "used_area_m2", "area"],
      ["height", "height_m", "length"],
      ["capacity_ac", "capacity_kwac", "capacity_ac"],
      ["existing_pv", "existing_pv_kwp", "capacity"],
      ["practical", "capacity_practical_kwp", "capacity"],
      ["policy_floor", "capacity_policy_floor_kwp", "capacity"],
    ],
    popup_grid: [
      ["connectable", "connectable_kwac", "capacity_ac"],
      ["connect_rank", "connect_rank", "rank"],
    ],
    popup_energy: [
      ["poa", "poa_global_kwh_per_m2", "irradiance"],
      ["shading_loss", "shading_loss", "share"],
      ["energy_mean", "energy_kwh_mean_25_years", "energy"],
      ["p50", "p50_kwh", "energy"],
      ["p75", "p75_kwh", "energy"],
      ["p90", "p90_kwh", "energy"],
    ],
    popup_money: [
      ["capex", "capex_cny", "money"],
      ["irr", "irr", "share"],
      ["payback", "payback_years", "years"],
      ["lcoe", "lcoe_cny_per_kwh", "price"],
      ["value", "value_cny_per_kwh", "price"],
      ["required_price", "required_price_cny_per_kwh", "price"],
      ["npv", "npv_cny", "money"],
      ["opex", "opex_cny_per_year", "money"],
    ],
    popup_carbon: [
      ["co2", "co2_t_per_year", "mass"],
      ["co2_fossil", "co2_fossil_t_per_year", "mass"],
      ["coal", "standard_coal_t_per_year", "mass"],
      ["coal_fossil", "standard_coal_fossil_t_per_year", "mass"],
    ],
  };
  const OF_CASE = { case_capacity_kwp: ["case_capacity", "capacity"], case_energy_kwh: ["case_energy", "energy"] };
  /** Text key and quantity of a column. */
  pvmap.labelOf = (column) => {
    const known = [...FIGURES, ...Object.values(GROUPS).flat()].find(([, name]) => name === column);
    return known ? [known[0], known[2]] : OF_CASE[column] || [column, null];
  };
  const NOT_ZERO = new Set(["existing_pv_kwp", "connect_rank"]); // zero says that there is none
  const OF_GRID = ["device_id", "limited_by"];
  const LOSSES = [
    ["loss_terrain", "loss_terrain"],
    ["loss_neighbours", "loss_neighbours"],
    ["loss_rows", "loss_rows"],
  ];

  function row(label, value, raw) {
    const cell = el("dd", { text: value });
    if (raw !== undefined && raw !== null) cell.dataset.value = raw;
    return [el("dt", { text: label }), cell];
  }

  const title = (record) => record.name || shortId(record.id);
  const shortId = (id) => (id.length > 40 ? `${id.slice(0, 40)}…` : id);

  /** Twelve monthly bars as inline SVG. */
  function months(record) {
    const values = pvmap.meta.months.map((column) => record.get(column));
    if (!values.length || values.some((v) => v === null)) return null;
    const figure = monthBars(values);
    figure.append(el("p", { class: "pvmap-note", text: text("months_rounded") }));
    return figure;
  }

  function monthBars(values) {
    const top = Math.max(...values, 1e-9), width = 300, height = matchMedia("(max-width: 700px)").matches ? 42 : 66; // on a phone it is to be seen whole
    const chart = svg("svg", { viewBox: `0 0 ${width} ${height + 26}`, class: "pvmap-months", role: "img" });
    const unit = pvmap.format.unitName("energy", top);
    chart.append(svg("title", {}, text("monthly_title", { unit })));
    values.forEach((value, i) => {
      const tall = (value / top) * height, x = (i * width) / 12;
      const bar = svg("rect", { x: x + 3, y: 12 + height - tall, width: width / 12 - 6, height: tall, rx: 1.5 });
      bar.append(svg("title", {}, `${text("month", { n: i + 1 })} ${pvmap.format("energy", value)}`));
      chart.append(bar, svg("text", { x: x + width / 24, y: height + 24, "text-anchor": "middle" }, `${i + 1}`));
      const label = pvmap.format.bare("energy", value, top);
      chart.append(svg("text", { x: x + width / 24, y: 9 + height - tall, "text-anchor": "middle", class: "value" }, label));
    });
    return el("figure", {}, el("figcaption", { text: text("monthly_title", { unit }) }), chart);
  }

  /** Why not all of it: which rule takes which share of the footprint, with its clause. */
  function exclusions(record, open) {
    const list = el("ul", { class: "pvmap-reasons" });
    for (const [reason, clause] of Object.entries(pvmap.meta.clauses)) {
      const share = record.get(`excluded:${reason}`);
      if (!share) continue;
      const item = el("li", {}, el("b", {}, ...pvmap.beside([pvmap.reason(reason), pvmap.format("share", share)], " ")));
      if (clause) item.append(el("span", { text: pvmap.either(clause) }));
      list.append(item);
    }
    return list.children.length ? el("details", { open }, el("summary", { text: text("why_not") }), list) : null;
  }

  function head(record) {
    const excluded = record.category("excluded_by");
    const use = record.kind === "rooftop" ? record.category("building_use") : null;
    const parts = [text(`kind.${record.kind}`), use && pvmap.className("building_use", use)];
    parts.push(record.category("district"), record.word("township"));
    const badges = el("p", { class: "pvmap-badges" });
    const grade = record.category("confidence");
    const causes = [1, 2, 3].map((n) => record.word(`certainty_reason_${n}`)).filter(Boolean).map((cause) => text(`cause.${cause}`));
    const why = causes.length ? [el("p", { class: "pvmap-note pvmap-why-unsure", text: text("why_unsure", { causes: causes.join(text("comma")) }) })] : [];
    if (grade) badges.append(el("span", { text: text("colon", { a: text("confidence"), b: text(`confidence.${grade}`) }) }));
    const parity = record.category("at_grid_parity");
    const grid = record.category("grid_grade");
    if (grid && !excluded) badges.append(el("span", { text: text(`grid_grade.${grid}`) }));
    if (parity && !excluded) badges.append(el("span", { class: parity, text: text(`at_grid_parity.${parity}`) }));
    const below = record.get("below_coal_benchmark");
    if (below === 1 && !excluded) badges.append(el("span", { class: "yes", text: text("below_coal") }));
    if (excluded) badges.append(el("span", { class: "no", text: text("excluded_site") }));
    if (record.word("decision")) badges.append(el("span", { text: text("decision", { what: pvmap.className("decision", record.word("decision")) }) }));
    return [el("h3", { text: title(record), dir: "auto" }), el("p", { class: "pvmap-sub" }, ...pvmap.beside(parts.filter(Boolean))), badges, ...why];
  }

  function figures(record) {
    const grid = el("div", { class: "pvmap-figures" });
    for (const [key, column, quantity] of FIGURES) {
      const value = record.get(column);
      if (value === null) continue;
      const [number, unit] = pvmap.format.parts(quantity, value);
      const shown = el("b", { text: number, "data-column": column, "data-value": value });
      grid.append(el("div", { class: "pvmap-figure" }, shown, el("span", { text: unit }), el("small", { text: text(key) })));
    }
    return grid;
  }

  /** One group of rows; null where the table holds none of them. */
  function group(record, rows) {
    const list = el("dl");
    for (const [key, column, quantity] of rows) {
      const value = record.get(column);
      if (value === null || (NOT_ZERO.has(column) && !value)) continue;
      let shown = pvmap.format(quantity, value);
      if (quantity === "area" && pvmap.meta.mu && record.kind !== "rooftop") shown = text("with_unit", { name: shown, unit: pvmap.format("mu", value) });
      const cells = row(text(key), shown, value);
      cells[1].dataset.column = column;
      list.append(...cells);
      if (quantity === "irradiance") list.append(el("dd", { class: "pvmap-note", text: `= ${pvmap.format("megajoule", value)}` }));
      if (column === "shading_loss") list.append(...lossParts(record));
    }
    return list.children.length ? list : null;
  }

  /** Which transformer the site joins, and what of it can be connected. */
  function gridList(record, rows) {
    const list = group(record, rows) || el("dl");
    for (const name of OF_GRID) if (record.word(name)) list.append(...row(text(name), record.word(name) === "no device" ? text("no_device") : record.word(name)));
    return list.children.length ? list : null;
  }

  /** Net present value and return in each scenario of the plan. */
  function scenarioList(record) {
    const list = el("dl");
    for (const one of pvmap.meta.cases.filter((each) => each.name)) {
      const npv = record.get(`npv_cny_${one.name}`), irr = record.get(`irr_${one.name}`);
      if (npv !== null) list.append(...row(pvmap.caseName(one), [pvmap.format("money", npv), irr === null ? "" : pvmap.format("share", irr)].filter(Boolean).join(text("comma"))));
    }
    return list.children.length ? list : null;
  }

  function lossParts(record) {
    const parts = LOSSES.map(([name, part]) => [name, record.get(part)]).filter(([, v]) => v);
    const spelled = parts.map(([name, v]) => `${text(name)} ${pvmap.format("share", v)}`).join(text("comma"));
    return parts.length ? [el("dd", { class: "pvmap-note", text: spelled })] : [];
  }

  /** An identifier as one word of a command that readers copy into their shell. */
  const quoted = (id) => (/^[\w.:/-]+$/.test(id) ? id : `'${id.replace(/'/g, "'\\''")}'`);

  pvmap.sitePopup = (record) => {
    const excluded = record.category("excluded_by");
    const lists = Object.entries(GROUPS).map(([name, rows]) => (name === "popup_grid" ? gridList(record, rows) : group(record, rows)));
    lists.push(scenarioList(record));
    const explain = `pvmap explain ${pvmap.meta.city} ${quoted(record.id)}`;
    const foot = el("footer", {}, el("span", { text: text("why_number") }), el("code", { text: explain, dir: "ltr" }));
    if (record.word("source")) foot.append(el("span", { text: `${text("source")} ${record.word("source")}` }));
    const numbers = excluded ? [exclusions(record, true), lists[0]] : [figures(record), months(record), ...lists, exclusions(record, false)];
    const parts = [...head(record), ...numbers, foot];
    if (record.id.startsWith("masked-")) parts.splice(2, 0, el("p", { class: "pvmap-warn", text: text("masked_coarse") }));
    return el("article", { class: "pvmap-site" }, ...parts.filter(Boolean));
  };

  pvmap.tip = (record) => {
    const lines = [el("b", { text: title(record), dir: "auto" })];
    const variable = pvmap.current();
    const show = (key, column, quantity) => {
      const value = record.get(column);
      if (value !== null) lines.push(el("span", { text: `${text(key)} ${pvmap.format(quantity, value)}` }));
    };
    show("capacity_dc", "capacity_kwp", "capacity");
    show("energy_first", "energy_kwh", "energy");
    if (variable.edges.length && !["capacity_kwp", "energy_kwh"].includes(variable.key)) show(variable.key, variable.key, variable.quantity);
    const excluded = record.category("excluded_by");
    if (excluded) lines.push(el("span", { text: text("colon", { a: text("excluded_site"), b: pvmap.className("excluded_by", excluded) }) }));
    return el("div", {}, ...lines);
  };

  const ZONE_ROWS = [
    ["n_sites", "n_sites", "count"],
    ["case_capacity", "capacity_kwp", "capacity"],
    ["capacity_ac", "capacity_kwac", "capacity_ac"],
    ["energy_first", "energy_kwh", "energy"],
    ["full_hours", "specific_yield_kwh_per_kwp", "yield"],
    ["shading_loss", "shading_loss", "share"],
    ["lcoe", "lcoe_cny_per_kwh", "price"],
    ["parity_share", "parity_share", "share"],
    ["co2", "co2_t_per_year", "mass"],
  ];
  const zoneTitle = (hit) => pvmap.zoneName(hit.data, hit.index);

  function zoneList(values) {
    const list = el("dl");
    for (const [key, column, quantity] of ZONE_ROWS) {
      const value = values[column];
      if (value === null || value === undefined || !pvmap.ofCase(column)) continue;
      const cells = row(pvmap.columnTitle(key, column), pvmap.format(quantity, value), value);
      cells[1].dataset.column = column;
      list.append(...cells);
    }
    return list;
  }

  /** What is said of sums: rows, of what kinds. */
  const sumsCard = (sums) => [Object.keys(sums.kinds).length > 1 ? pvmap.kindTable(sums) : null, zoneList(sums)].filter(Boolean);

  /** The same of some sites in the panel, and their twelve months as soon as those are at hand. */
  pvmap.sumsCard = (each) => {
    const months = el("div"), token = {};
    pvmap.awaited.add(token);
    pvmap.sums.months(each).then((values) => values && months.append(monthBars(values))).finally(() => pvmap.awaited.delete(token));
    return [...sumsCard(pvmap.sums.over(each)), months];
  };

  pvmap.zonePopup = async (hit) => {
    if (hit.device) return pvmap.deviceCard(hit.device);
    if (hit.compared) return pvmap.comparedCard(hit.compared);
    const each = pvmap.sums.inZone(hit.level, hit.index), months = await pvmap.sums.months(each);
    const parts = [el("h3", { text: zoneTitle(hit), dir: "auto" }), el("p", { class: "pvmap-sub" }, ...pvmap.beside([hit.data.within?.[hit.index], pvmap.levelName(hit.data.level)].filter(Boolean)))];
    if (pvmap.filtered()) parts.push(el("p", { class: "pvmap-warn", text: text("card_filtered") }));
    parts.push(...sumsCard(pvmap.sums.over(each)), ...(months ? [monthBars(months)] : []));
    parts.push(...pvmap.aimsOf(hit.data.level, hit.zone));
    parts.push(...pvmap.sheetsOf(hit.data.level === "district" ? hit.zone : hit.data.within?.[hit.index]));
    if (hit.data.level === "district") parts.push(el("button", { type: "button", text: text("only_district"), onclick: () => pvmap.chooseDistrict(hit.zone) }));
    return el("article", { class: "pvmap-site" }, ...parts);
  };

  pvmap.zoneTip = (hit) => {
    if (hit.compared) return pvmap.comparedTip(hit.compared);
    if (hit.device) return el("div", {}, el("b", { text: hit.device.name || hit.device.device_id, dir: "auto" }), el("span", { text: text(`grid_grade.${hit.device.grid_grade}`) }));
    const lines = [el("b", { text: zoneTitle(hit), dir: "auto" })];
    lines.push(el("span", { text: `${pvmap.caseTitle()} ${pvmap.format.both(hit.values.capacity_kwp, hit.values.capacity_kwac)}` }));
    lines.push(el("span", { text: `${text("energy_first")} ${pvmap.format("energy", hit.values.energy_kwh)}` }));
    return el("div", {}, ...lines);
  };
  pvmap.siteTitle = title;
})();
