/* A map of more sites than one page holds: the overview leads to sheets, and each sheet leads back and to those beside it. */
"use strict";
(() => {
  const { el, text, meta } = pvmap;
  const MOST_NAMES = 3;

  const number = (sheet) => text("sheet_number", { n: sheet.number });
  const link = (sheet, ...more) => el("a", { href: sheet.file }, el("b", { text: number(sheet) }), ...more);

  /** Where a sheet lies and how much is on it. */
  function about({ districts, n_sites, capacity_kwp, energy_kwh }) {
    const named = districts.filter(Boolean), names = named.slice(0, MOST_NAMES).join(text("list_comma")) + (named.length > MOST_NAMES ? "…" : "");
    const sums = capacity_kwp === undefined ? [] : [pvmap.format("capacity", capacity_kwp), pvmap.format("energy", energy_kwh)];
    return [...(names ? [names] : []), pvmap.format("count", n_sites), ...sums];
  }

  function ways(sheets) {
    return el("ul", { class: "pvmap-sheet-list" }, ...sheets.map((one) => el("li", {}, link(one), " ", ...pvmap.beside(about(one)))));
  }

  function ofOverview(body) {
    body.append(el("p", { class: "pvmap-note", text: text("sheets_about", { n: meta.sheets.length, cell: meta.cell_km }) }), ways(meta.sheets));
  }

  function ofSheet(body) {
    const { overview, beside, ...own } = meta.sheet;
    const place = el("p", {}, el("b", { text: number(own) }), " ", ...pvmap.beside(about(own)));
    body.append(place, el("p", { class: "pvmap-note", text: text("sheet_about") }));
    body.append(el("p", {}, el("a", { href: overview, text: text("sheet_overview") })));
    if (beside.length) body.append(el("p", { text: text("sheet_beside") }), ways(beside));
  }

  /** Ways to some sheets, after a word of what they are; nothing on a map of one page. */
  const waysTo = (sheets) => (sheets.length ? [el("p", { text: text("sheets_of") }), ways(sheets)] : []);
  pvmap.sheetsAt = (latlng) => waysTo((meta.sheets || []).filter(({ rings }) => pvmap.inRings(rings, latlng)));
  pvmap.sheetsOf = (district) => waysTo((meta.sheets || []).filter(({ districts }) => districts.includes(district)));
  pvmap.sections.sheets = () => pvmap.section("sheets", meta.sheets ? ofOverview : ofSheet);

  pvmap.sheetOutlines = () => {
    const group = L.layerGroup();
    for (const sheet of meta.sheets) {
      const line = L.polygon(sheet.rings, { renderer: pvmap.renderers.lines, interactive: false, fill: false, color: "#111827", weight: 1.4, dashArray: "6 4" });
      const way = link(sheet), icon = L.divIcon({ className: "pvmap-sheet-way", iconSize: [64, 24], html: way });
      pvmap.on("language", () => (way.textContent = number(sheet)));
      group.addLayer(line).addLayer(L.marker(pvmap.middleOf(sheet.rings, line.getBounds()), { icon, interactive: false, keyboard: false, pane: "pvmap-names" }));
    }
    return group;
  };
})();
