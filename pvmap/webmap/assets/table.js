/* The table below the map: the leading sites in view and filter, and all of them as CSV. */
"use strict";
(() => {
  const { el, text } = pvmap;
  const ROWS = 200;
  // Text key, column, quantity; a column appears only where the table holds it.
  const COLUMNS = [
    ["capacity_dc", "capacity_kwp", "capacity"],
    ["capacity_ac", "capacity_kwac", "capacity_ac"],
    ["energy_first", "energy_kwh", "energy"],
    ["full_hours", "specific_yield_kwh_per_kwp", "yield"],
    ["shading_loss", "shading_loss", "share"],
    ["lcoe", "lcoe_cny_per_kwh", "price"],
    ["payback", "payback_years", "years"],
    ["area", "footprint_area_m2", "area"],
  ];
  let sortBy = "capacity_kwp", descending = true, open = false, latest = 0;

  /** Numbers of all sites in view and filter, as [dataset, number] pairs. */
  function inView() {
    const found = [];
    for (const kind of pvmap.kindsOn()) {
      const dataset = pvmap.datasets[kind];
      if (dataset.n) dataset.each(dataset.windowOf(pvmap.state.map), (number) => found.push([dataset, number]));
    }
    return found;
  }

  /** The leading rows by the overview's codes: enough to choose them; their values come from the tiles. */
  function leading(sites) {
    const scored = sites.map(([dataset, number]) => [dataset.codes[sortBy][number] || (descending ? -1 : 1e9), dataset, number]);
    scored.sort(descending ? (a, b) => b[0] - a[0] : (a, b) => a[0] - b[0]);
    return scored.slice(0, ROWS).map(([, dataset, number]) => [dataset, number]);
  }

  async function records(pairs) {
    return Promise.all(pairs.map(([dataset, number]) => dataset.record(number)));
  }

  function header(present) {
    const row = el("tr", {}, ...["name", "kind_use", "district"].map((key) => el("th", { scope: "col", text: text(key) })));
    for (const [key, column, quantity, size] of present) {
      const label = text("with_unit", { name: text(key), unit: pvmap.format.unitName(quantity, size) });
      const sortable = pvmap.variables.has(column);
      const cell = el("th", { scope: "col", "aria-sort": column === sortBy ? (descending ? "descending" : "ascending") : sortable ? "none" : null });
      if (sortable) {
        const arrow = column === sortBy ? (descending ? " ▼" : " ▲") : "";
        cell.append(el("button", { type: "button", text: label + arrow, onclick: () => sort(column) }));
      } else cell.append(label);
      row.append(cell);
    }
    row.append(el("th", { scope: "col", text: text("confidence") }));
    return el("thead", {}, row);
  }

  function sort(column) {
    descending = column === sortBy ? !descending : column !== "lcoe_cny_per_kwh" && column !== "shading_loss";
    sortBy = column;
    fill();
  }

  function siteRow(record, present) {
    const go = el("button", { type: "button", dir: "auto", text: pvmap.siteTitle(record), title: record.id, onclick: () => pvmap.show(record.dataset, record.number) });
    const use = record.category("building_use");
    const kind = record.kind === "rooftop" && use ? pvmap.className("building_use", use) : text(`kind.${record.kind}`);
    const row = el("tr", { "data-id": record.id }, el("td", {}, go), el("td", { text: kind }), el("td", { text: record.category("district") || "" }));
    for (const [, column, quantity, size] of present) row.append(el("td", { class: "number", text: pvmap.format.bare(quantity, record.get(column), size) }));
    row.append(el("td", { text: record.category("confidence") || "" }));
    return row;
  }

  async function fill() {
    if (!open) return;
    const mine = ++latest;
    const sites = inView(), rows = await records(leading(sites));
    if (mine !== latest) return;
    const present = COLUMNS.filter(([, column]) => rows.some((record) => record.get(column) !== null)).map(([key, column, quantity]) => {
      const sizes = rows.map((record) => Math.abs(record.get(column) ?? 0)).sort((a, b) => a - b);
      return [key, column, quantity, sizes[sizes.length >> 1]];
    });
    const body = el("tbody", {}, ...rows.map((record) => siteRow(record, present)));
    document.getElementById("pvmap-rows").replaceChildren(el("table", {}, header(present), body));
    document.getElementById("pvmap-rows-note").textContent = text("table_note", { shown: pvmap.format.count(rows.length), all: pvmap.format.count(sites.length) });
  }

  function toggle() {
    open = !open;
    document.body.classList.toggle("pvmap-with-table", open);
    document.getElementById("pvmap-tool-table").setAttribute("aria-expanded", String(open));
    pvmap.state.map.invalidateSize({ animate: false });
    fill();
  }

  pvmap.sections.table = () => {
    pvmap.tool("table", toggle).setAttribute("aria-expanded", "false");
    const drawer = document.getElementById("pvmap-table");
    const download = el("button", { type: "button", id: "pvmap-csv", "data-text": "download_csv", text: text("download_csv") });
    const status = el("span", { id: "pvmap-csv-status", role: "status" });
    download.addEventListener("click", () => pvmap.downloadCsv(inView(), status));
    const close = el("button", { type: "button", "data-text": "close", text: text("close"), onclick: toggle });
    drawer.append(el("header", {}, el("span", { id: "pvmap-rows-note" }), status, download, close), el("div", { id: "pvmap-rows", tabindex: "0" }));
    const again = pvmap.soon(fill, 150);
    for (const event of ["view", "filter", "layers", "data", "language"]) pvmap.on(event, again);
  };
})();
