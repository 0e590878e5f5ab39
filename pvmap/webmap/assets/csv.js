/* CSV for Excel: UTF-8 with byte order mark, cells that could run as formulas neutralised. */
"use strict";
(() => {
  const { text } = pvmap;
  const NUMBERS = ["footprint_area_m2", "height_m", "used_area_m2", "capacity_kwp", "capacity_kwac", "existing_pv_kwp", "energy_kwh"]
    .concat(["energy_kwh_mean_25_years", "specific_yield_kwh_per_kwp", "poa_global_kwh_per_m2", "shading_loss", "p50_kwh", "p75_kwh", "p90_kwh"])
    .concat(["capex_cny", "opex_cny_per_year", "lcoe_cny_per_kwh", "value_cny_per_kwh", "npv_cny", "irr", "payback_years"])
    .concat(["required_price_cny_per_kwh", "co2_t_per_year", "co2_fossil_t_per_year", "standard_coal_t_per_year", "standard_coal_fossil_t_per_year"]);
  const CATEGORIES = ["building_use", "district", "confidence", "at_grid_parity"];

  // A sign that starts a formula, also behind blanks or in full width; a tab or an end of line before anything.
  const FORMULA = /^(?:[\t\r\n]|[\s\u0000-\u001f\u200b\ufeff]*[=+\-@＝＋－＠])/;

  /** One cell: an apostrophe keeps a spreadsheet from running a text. */
  function cell(value) {
    if (value === null || value === undefined) return "";
    if (typeof value === "number") return String(Number(value.toPrecision(10))); // more is noise of the arithmetic
    const safe = FORMULA.test(value) ? `'${value}` : value;
    return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
  }

  function line(record, numbers) {
    const category = (key) => {
      const name = record.category(key);
      return name === null ? "" : pvmap.className(key, name);
    };
    const at = record.dataset.latLng(record.number);
    const cells = [record.id, record.name, pvmap.text(`kind.${record.kind}`), ...CATEGORIES.map(category), record.word("township")];
    cells.push(Number(at.lng.toFixed(7)), Number(at.lat.toFixed(7)));
    const ofCase = ["capacity_kwp", "energy_kwh"].map((column) => pvmap.caseValue(record, column));
    cells.push(pvmap.caseName(pvmap.case()), ...ofCase, ...numbers.map((name) => record.get(name)));
    return cells.map(cell).join(",");
  }

  /** Head of a column: in Chinese its name and unit, in English the name by which the tables know it, with the city's money. */
  function heading(key) {
    if (pvmap.state.language !== "zh") return key.replace(/(^|_)cny(?=_|$)/, `$1${pvmap.meta.money[1].toLowerCase()}`);
    const [label, quantity] = pvmap.labelOf(key);
    const unit = quantity && quantity !== "share" ? pvmap.format.unitName(quantity, 0) : "";
    return unit ? text("with_unit", { name: text(label), unit }) : text(label);
  }

  /** Download the given sites, tile by tile, values as the tiles hold them. */
  async function downloadCsv(pairs, status) {
    const numbers = NUMBERS.filter((name) => pvmap.meta.columns.includes(name) || name === "specific_yield_kwh_per_kwp");
    const keys = ["site_id", "name", "site_type", ...CATEGORIES, "township", "longitude", "latitude", "case", "case_capacity_kwp", "case_energy_kwh", ...numbers];
    const parts = ["\ufeff", keys.map(heading).map(cell).join(","), "\r\n"];
    let done = 0;
    await Promise.all(Object.values(pvmap.datasets).map((dataset) => dataset.columns()));
    for (const [dataset, run, sites] of byTile(pairs)) {
      const tile = await dataset.tile(run.key), words = await dataset.words(run.key);
      parts.push(sites.map((number) => `${line(new pvmap.Record(dataset, number, words, run, tile), numbers)}\r\n`).join(""));
      done += sites.length;
      status.textContent = pvmap.text("csv_progress", { done: pvmap.format.count(done), all: pvmap.format.count(pairs.length) });
    }
    pvmap.download(new Blob(parts, { type: "text/csv;charset=utf-8" }), `pvmap-${pvmap.meta.city}.csv`);
  }

  /** Hand a file to the reader. */
  pvmap.download = (blob, name) => {
    const url = URL.createObjectURL(blob), link = pvmap.el("a", { href: url, download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  };

  function byTile(pairs) {
    const groups = new Map();
    for (const [dataset, number] of pairs) {
      const run = dataset.ownerOf(number), name = `${dataset.kind}/${run.key}`;
      if (!groups.has(name)) groups.set(name, [dataset, run, []]);
      groups.get(name)[2].push(number);
    }
    return groups.values();
  }

  pvmap.downloadCsv = downloadCsv;
})();
