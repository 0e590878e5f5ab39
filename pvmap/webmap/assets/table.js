/* The table below the map: sites of this view, of the whole city or of the selection, page by page; all of them as CSV. */
"use strict";
(() => {
  const { el, text } = pvmap;
  const ROWS = 50; // of a page: each stands in a block of names of its own
  // Text key, column, quantity; a column appears only where the table holds it.
  const COLUMNS = [
    ["capacity_dc", "capacity_kwp", "capacity"],
    ["capacity_ac", "capacity_kwac", "capacity_ac"],
    ["energy_first", "energy_kwh", "energy"],
    ["full_hours", "specific_yield_kwh_per_kwp", "yield"],
    ["shading_loss", "shading_loss", "share"],
    ["lcoe", "lcoe_cny_per_kwh", "price"],
    ["npv", "npv_cny", "money"],
    ["payback", "payback_years", "years"],
    ["area", "footprint_area_m2", "area"],
  ];
  const RISING = new Set(["lcoe_cny_per_kwh", "shading_loss", "payback_years", "name", "building_use", "district", "confidence"]); // the best or first come first
  let open = false, latest = 0, turned = 0, list = null, page = 0, scope = "view";
  let asked = null; // the list that is being sorted: it becomes the list
  let pinned = false; // rows are being visited: the list stays whatever the view
  let sortBy = "capacity_kwp", descending = true;
  const decoded = new Map(); // columns of all sites, kept while the table is open

  const SCOPES = { view: () => pvmap.sums.inView, city: () => pvmap.sums.everywhere, selection: () => pvmap.selection?.each };

  function header(present) {
    const row = el("tr");
    const columns = [["name", "name"], ["kind_use", "building_use"], ["district", "district"], ...present, ["confidence", "confidence"]];
    for (const [key, column, quantity, size] of columns) {
      const name = pvmap.columnTitle(key, column);
      const label = quantity ? text("with_unit", { name, unit: pvmap.format.unitName(quantity, size) }) : name;
      const arrow = column === sortBy ? (descending ? " ▼" : " ▲") : "";
      const button = el("button", { type: "button", text: label + arrow, onclick: () => sort(column) });
      row.append(el("th", { scope: "col", "aria-sort": column === sortBy ? (descending ? "descending" : "ascending") : "none" }, button));
    }
    return el("thead", {}, row);
  }

  /** Heads of the columns as plain words. */
  function plainHead(present) {
    const heads = [["name"], ["kind_use"], ["district"], ...present, ["confidence"]].map(([key, column, quantity, size]) => {
      const name = pvmap.columnTitle(key, column);
      return el("th", { scope: "col", text: quantity ? text("with_unit", { name, unit: pvmap.format.unitName(quantity, size) }) : name });
    });
    return el("thead", {}, el("tr", {}, ...heads));
  }

  async function sort(column) {
    descending = column === sortBy ? !descending : !RISING.has(column);
    sortBy = column;
    await arrange();
  }

  function siteRow(record, present) {
    const visit = () => {
      pinned = true;
      bar();
      pvmap.show(record.dataset, record.number);
    };
    const go = el("button", { type: "button", dir: "auto", text: pvmap.siteTitle(record), title: record.id, onclick: visit });
    const use = record.category("building_use");
    const kind = record.kind === "rooftop" && use ? pvmap.className("building_use", use) : text(`kind.${record.kind}`);
    const row = el("tr", { "data-id": record.id }, el("td", {}, go), el("td", { text: kind }), el("td", { text: record.category("district") || "" }));
    for (const [, column, quantity, size] of present) row.append(el("td", { class: "number", text: pvmap.format.bare(quantity, pvmap.caseValue(record, column), size) }));
    row.append(el("td", { text: record.category("confidence") || "" }));
    return row;
  }

  /** Head and body of a table of records, units chosen by their middle value. */
  function tableOf(records, makeHead) {
    const present = COLUMNS.filter(([, column]) => records.some((record) => pvmap.caseValue(record, column) !== null)).map(([key, column, quantity]) => {
      const sizes = records.map((record) => Math.abs(pvmap.caseValue(record, column) ?? 0)).sort((a, b) => a - b);
      return [key, column, quantity, sizes[sizes.length >> 1]];
    });
    return el("table", {}, makeHead(present), el("tbody", {}, ...records.map((record) => siteRow(record, present))));
  }

  /** List the sites anew and show the first page. */
  async function fill() {
    if (!open) return;
    asked = new pvmap.SiteList(SCOPES[scope](), decoded);
    await arrange();
  }

  /** Sort the list that was asked for last, and show it unless something was asked for since. */
  async function arrange() {
    const mine = ++latest;
    document.getElementById("pvmap-rows-note").textContent = text("sorting");
    await asked.sort(sortBy, descending);
    if (mine !== latest) return;
    list = asked;
    page = 0;
    await show();
  }

  async function show() {
    const mine = ++turned, from = page * ROWS, to = Math.min(from + ROWS, list.length);
    const records = await list.page(from, to);
    if (mine !== turned) return;
    const box = document.getElementById("pvmap-rows");
    box.scrollTop = 0; // before the rows are there: their places need not be known for it
    box.replaceChildren(tableOf(records, header));
    document.getElementById("pvmap-rows-note").textContent = text("table_note", { from: pvmap.format.count(list.length && from + 1), to: pvmap.format.count(to), all: pvmap.format.count(list.length) });
    bar();
  }

  /** What is listed, and where in it we are. */
  function bar() {
    const pages = Math.max(1, Math.ceil(list.length / ROWS)), box = document.getElementById("pvmap-table-bar");
    const kept = box.contains(document.activeElement) ? document.activeElement.dataset.keep : null;
    const scopes = el("select", { "aria-label": text("table_scope"), "data-keep": "scope", id: "pvmap-scope" });
    for (const one of Object.keys(SCOPES)) if (SCOPES[one]()) scopes.append(el("option", { value: one, text: text(`scope.${one}`) }));
    scopes.value = scope;
    scopes.addEventListener("change", () => choose(scopes.value));
    const turn = (key, to, able) => el("button", { type: "button", "data-keep": key, "aria-label": text(key), disabled: !able, text: key === "page_back" ? "‹" : "›", onclick: () => ((page = to), show()) });
    const parts = [scopes, turn("page_back", page - 1, page > 0), turn("page_on", page + 1, page < pages - 1)];
    if (pinned && scope === "view") parts.push(el("button", { type: "button", "data-keep": "unpin", text: text("list_this_view"), onclick: () => choose("view") }));
    box.replaceChildren(...parts);
    if (kept) box.querySelector(`[data-keep="${kept}"]`)?.focus();
  }

  function choose(one) {
    scope = one;
    pinned = false;
    fill();
  }

  /** How many pixels of the map's height lie under the table. */
  pvmap.covered = () => {
    const map = pvmap.state.map.getContainer().getBoundingClientRect(), drawer = document.getElementById("pvmap-table").getBoundingClientRect();
    return open && drawer.top < map.bottom ? map.bottom - Math.max(drawer.top, map.top) : 0;
  };
  /** Show a part of the earth where nothing lies over the map; `left` pixels at its left, `foot` at its foot are to stay free too. */
  pvmap.fit = (bounds, { left = 0, foot = 0 } = {}) => pvmap.state.map.fitBounds(bounds, { animate: false, paddingTopLeft: [12 + left, 12], paddingBottomRight: [12, 12 + foot + pvmap.covered()] });

  function toggle() {
    open = !open;
    document.body.classList.toggle("pvmap-with-table", open);
    document.getElementById("pvmap-tool-table").setAttribute("aria-expanded", String(open));
    pinned = false;
    decoded.clear();
    fill();
  }

  pvmap.sections.table = () => {
    const tool = pvmap.tool("table", toggle);
    tool.setAttribute("aria-expanded", "false");
    const drawer = document.getElementById("pvmap-table");
    const download = el("button", { type: "button", id: "pvmap-csv", "data-text": "download_csv", text: text("download_csv") });
    const status = el("span", { id: "pvmap-csv-status", role: "status" });
    download.addEventListener("click", async () => {
      const whole = pinned && list ? list : new pvmap.SiteList(SCOPES[scope]());
      await pvmap.downloadCsv(whole.slice(0, whole.length), status);
    });
    const close = el("button", { type: "button", "data-text": "close", text: text("close"), onclick: toggle });
    drawer.append(el("header", {}, el("span", { id: "pvmap-rows-note" }), el("span", { id: "pvmap-table-bar" }), status, download, close), el("div", { id: "pvmap-rows", tabindex: "0" }));
    const again = pvmap.soon(fill, 150);
    for (const event of ["filter", "layers", "data", "language"]) pvmap.on(event, again);
    pvmap.on("view", () => scope === "view" && !pinned && again());
    pvmap.on("selection", () => {
      if (!pvmap.selection && scope === "selection") scope = "view";
      again();
    });
    pvmap.onEscape(() => open && (toggle(), tool.focus(), true));
  };
  Object.assign(pvmap, { tableOf, plainHead, listSelection: () => ((scope = "selection"), open ? fill() : toggle()) });
})();
