/* The plan: what stands in which year, in the city or the chosen district; targets; and what each transformer can take. */
"use strict";
(() => {
  const { el, svg, text, meta } = pvmap;
  const WIDTH = 288, HEIGHT = 110, FOOT = 16;
  let at = null; // place of the year that is shown

  const area = () => {
    const one = pvmap.chosenDistrict();
    return meta.build_out.areas.find(({ district }) => district === one) || meta.build_out.areas[0];
  };

  /** One bar a year, what stands by class; the line is the target. */
  function chart({ rows, classes }) {
    const { years } = meta.build_out, top = Math.max(1e-9, ...rows.map((row) => Math.max(row.cumulative_mw || 0, row.target_mw || 0)));
    const drawn = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT + FOOT}`, class: "pvmap-years", role: "img" }), wide = WIDTH / years.length;
    drawn.append(svg("title", {}, text("plan_chart")));
    years.forEach((year, i) => {
      let y = HEIGHT;
      classes[i].forEach((mw, k) => {
        const tall = (mw / top) * HEIGHT;
        y -= tall;
        drawn.append(svg("rect", { x: i * wide + 2, y, width: Math.max(1, wide - 4), height: tall, fill: meta.build_out.colours[k], opacity: i === at ? 1 : 0.55 }));
      });
      const target = rows[i].target_mw && HEIGHT - (rows[i].target_mw / top) * HEIGHT;
      if (target) drawn.append(svg("path", { d: `M${i * wide} ${target}h${wide}`, class: "target" }));
      if (i === at || !i || i === years.length - 1) drawn.append(svg("text", { x: Math.min(WIDTH - 14, Math.max(14, (i + 0.5) * wide)), y: HEIGHT + 12, "text-anchor": "middle" }, String(year)));
    });
    return drawn;
  }

  function rowsOf(row) {
    const list = el("dl"), add = (key, quantity, value) => value !== null && value !== undefined && list.append(el("dt", { text: text(key) }), el("dd", { text: pvmap.format(quantity, value) }));
    add("plan.cumulative", "capacity_ac", row.cumulative_mw * 1e3);
    add("plan.built", "capacity_ac", row.built_mw * 1e3);
    add("plan.target", "capacity_ac", row.target_mw === null ? null : row.target_mw * 1e3);
    add("plan.gap", "capacity_ac", row.gap_mw === null ? null : row.gap_mw * 1e3);
    add("plan.energy", "energy", row.energy_gwh === null ? null : row.energy_gwh * 1e6);
    add("plan.investment", "money", row.investment_cny);
    if (row.binds) list.append(el("dt", { text: text("plan.binds") }), el("dd", { text: text(`plan.binds.${row.binds}`) }));
    return list;
  }

  function render(body) {
    const { years, classes, colours } = meta.build_out, one = area();
    at = at ?? years.length - 1;
    const named = { id: "pvmap-year", "data-keep": "year", "aria-label": text("plan.year"), "aria-valuetext": String(years[at]) };
    const slider = el("input", { type: "range", min: 0, max: years.length - 1, step: 1, value: at, ...named });
    slider.addEventListener("input", () => {
      at = Number(slider.value);
      pvmap.emit("year");
    });
    body.append(el("label", { class: "pvmap-select" }, el("b", { text: String(years[at]) }), slider));
    body.append(el("p", { class: "pvmap-note" }, ...pvmap.beside([one.district || text("level.city"), text("plan.ac")])));
    body.append(el("article", { class: "pvmap-site pvmap-card" }, chart(one), rowsOf(one.rows[at])));
    classes.forEach((name, k) => {
      const mw = one.classes[at][k];
      if (!mw) return;
      const swatch = el("i", { class: "pvmap-swatch", style: `background:${colours[k]}` }), figure = el("small", { text: pvmap.format("capacity_ac", mw * 1e3) });
      body.append(el("p", { class: "pvmap-choice" }, swatch, el("span", { text: text(`plan_class.${name}`) }), figure));
    });
  }

  const DEVICE_ROWS = [["hosting", "hosting_mw"], ["connected", "connected_mw"], ["connectable", "connectable_mw"], ["potential", "potential_mw"], ["left", "headroom_left_mw"]];

  function deviceRows(row) {
    const list = el("dl"), add = (label, value) => list.append(el("dt", { text: label }), el("dd", { text: value }));
    if (row.level_kv) add(text("grid.level"), `${row.level_kv} kV`);
    if (row.rating_mva) add(text("grid.rating"), `${row.rating_mva} MVA`);
    for (const [key, column] of DEVICE_ROWS) if (row[column] !== null && row[column] !== undefined) add(text(`grid.${key}`), pvmap.format("capacity_ac", row[column] * 1e3));
    if (row.n_sites) add(text("n_sites"), pvmap.format("count", row.n_sites));
    return list;
  }

  const gradeBadge = (row) => el("p", { class: "pvmap-badges" }, el("span", { style: `border-color:${meta.grid_colours[row.grid_grade]}`, text: text(`grid_grade.${row.grid_grade}`) }));

  /** Targets of a place and what is missing of them: by what stands today, and by the last year of the plan that has one. */
  function targetRows(level, zone) {
    const list = el("dl");
    const mw = (key, value, values) => value !== null && list.append(el("dt", { text: text(key, values) }), el("dd", { text: pvmap.format("capacity_ac", value * 1e3), "data-target": key }));
    const own = (meta.targets || []).find((one) => one.level === level && one.name === zone);
    if (own) {
      mw("target.installed", own.installed_mwac);
      mw(own.year ? "target.target_by" : "target.target", own.target_mwac, own);
      mw("target.gap", own.gap_mwac);
      list.append(el("dt", { text: text("target.reachable") }), el("dd", { text: text(own.reachable ? "target.yes" : "target.no") }));
    }
    const planned = meta.build_out?.areas.find(({ district }) => (level === "city" ? district === null : level === "district" && district === zone));
    const last = planned ? planned.rows.findLastIndex((row) => row.target_mw !== null) : -1;
    if (last < 0) return list;
    const row = planned.rows[last], year = { year: meta.build_out.years[last] };
    mw("target.plan", row.target_mw, year);
    mw("target.planned", row.cumulative_mw, year);
    mw("target.plan_gap", row.gap_mw, year);
    return list;
  }

  /** What a place is held to, and what its grid can take: targets, gaps, headroom of a district; whatever filter and case. */
  pvmap.aimsOf = (level, zone) => {
    const rows = targetRows(level, zone), headroom = level === "district" && meta.headroom && Object.hasOwn(meta.headroom, zone) ? meta.headroom[zone] : null;
    const aims = rows.children.length ? [el("h4", { text: text("target.title") }), rows] : [];
    return headroom ? [...aims, el("h4", { text: text("grid.title") }), gradeBadge(headroom), deviceRows(headroom)] : aims;
  };

  /** Transformers in the colours of their grades. */
  pvmap.hosting = () => {
    const group = L.layerGroup();
    group.rank = 8;
    group.idle = () => true;
    group.on("add", () => pvmap.stack.add(group)).on("remove", () => pvmap.stack.delete(group));
    meta.hosting.forEach((device, index) => {
      const look = { renderer: pvmap.renderers.marks, interactive: false, radius: 8, color: "#ffffff", weight: 2, fillColor: meta.grid_colours[device.grid_grade], fillOpacity: 1 };
      group.addLayer(Object.assign(L.circleMarker(device.at, look), { index }));
    });
    group.hit = async (latlng) => {
      const map = group._map, at = map.latLngToContainerPoint(latlng);
      const near = group.getLayers().find((mark) => map.latLngToContainerPoint(mark.getLatLng()).distanceTo(at) < 10);
      if (!near) return null;
      const device = meta.hosting[near.index], [lat, lng] = device.at;
      return { level: "device", zone: device.device_id, rings: [[[lat, lng]]], device };
    };
    return group;
  };
  pvmap.deviceCard = (device) => {
    const about = el("p", { class: "pvmap-sub" }, ...pvmap.beside([device.device_id, device.district].filter(Boolean)));
    return el("article", { class: "pvmap-site" }, el("h3", { text: device.name || device.device_id, dir: "auto" }), about, gradeBadge(device), deviceRows(device));
  };

  pvmap.sections.plan = () => pvmap.section("plan", render, ["year", "filter"]);
})();
