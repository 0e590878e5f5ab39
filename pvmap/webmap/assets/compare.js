/* Two runs side by side: zones coloured by what became more and what less, and why. Sums of the tables, whatever the filter. */
"use strict";
(() => {
  const { el, text, meta } = pvmap;
  const MORE = ["#C6DBEF", "#4292C6", "#084594"], LESS = ["#FDD0A2", "#F16913", "#8C2D04"], SAME = "#EDEDED";
  const ROWS = [["capacity_dc", "capacity_kwp", "capacity"], ["energy_first", "energy_kwh", "energy"], ["n_sites", "n_sites", "count"], ["lcoe", "lcoe_cny_per_kwh", "price"]];
  let chosen = ROWS[0]; // what the colours are of
  const rows = (data) => ROWS.filter(([, column]) => data.before[column]);
  /** After less before; null where one of them has no value. */
  const change = (data, column, i) => {
    const [before, after] = [data.before[column][i], data.after[column][i]];
    return before === null || after === null ? null : after - before;
  };

  const DIGITS = 3, MOST_DIGITS = 5; // of the difference, and of what it lies between
  const decimals = (value, digits) => digits - 1 - Math.floor(Math.log10(value));

  /** [before, after, difference, unit] as they are read side by side: in one unit and to one place, so that they add up. */
  function sideBySide([, column, quantity], data, i) {
    const sides = [data.before[column][i], data.after[column][i]], [before, after] = sides;
    const size = Math.max(...sides.map(Math.abs)), { divisor, name } = pvmap.format.unit(quantity, size);
    const apart = Math.abs(after - before), fine = apart ? decimals(apart / divisor, DIGITS) : decimals(size / divisor, DIGITS);
    const places = quantity === "count" || !size ? 0 : Math.max(0, Math.min(fine, decimals(size / divisor, MOST_DIGITS)));
    const step = 10 ** places, steps = (value) => Math.round((value / divisor) * step);
    const { format } = new Intl.NumberFormat("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
    const told = sides.map((value) => (value === null ? "—" : format(steps(value) / step)));
    if (sides.includes(null)) return [...told, "—", name];
    const moved = steps(after) - steps(before);
    return [...told, (moved > 0 ? "+" : "") + format(moved / step), name];
  }

  /** The difference with its unit. */
  function told(data, i) {
    const [, , difference, unit] = sideBySide(chosen, data, i);
    return `${difference} ${unit}`;
  }

  /** Borders between little and much: thirds of the changes by size. */
  function borders(data) {
    const sizes = data.ids.map((_, i) => Math.abs(change(data, chosen[1], i) ?? 0)).filter((v) => v > 1e-6).sort((a, b) => a - b);
    return [1 / 3, 2 / 3].map((share) => sizes[Math.floor(share * sizes.length)] ?? 0);
  }

  function colourOf(value, [little, much]) {
    if (value === null) return pvmap.NOTHING;
    const size = Math.abs(value), step = size >= much ? 2 : size >= little ? 1 : 0;
    return size <= 1e-6 ? SAME : (value > 0 ? MORE : LESS)[step];
  }

  const DifferenceLayer = L.LayerGroup.extend({
    rank: 0,
    onAdd(map) {
      this._map = map;
      pvmap.stack.add(this);
      map.on("zoomend", this.draw, this);
      this.draw();
      pvmap.on("language", () => this._map && this.draw());
    },
    onRemove(map) {
      map.off("zoomend", this.draw, this);
      map.getContainer().classList.remove("pvmap-labelled");
      pvmap.stack.delete(this);
      this.clearLayers();
      this._map = null;
    },
    draw() {
      const zoom = this._map.getZoom(), names = Object.keys(meta.compare.levels);
      this.level = ["district", "township", "grid"].slice(zoom >= 12 ? 2 : zoom >= 10 ? 1 : 0).find((one) => names.includes(one)) || names[0];
      const data = meta.compare.levels[this.level], steps = borders(data);
      this.clearLayers();
      this.shapes = [];
      data.rings.forEach((rings, index) => {
        if (!rings.length) return;
        const value = change(data, chosen[1], index);
        const shape = L.polygon(rings, { renderer: pvmap.renderers.zones, interactive: false, color: "#ffffff", weight: 1, fillColor: colourOf(value, steps), fillOpacity: zoom >= meta.dots_from ? 0.5 : 0.9 });
        this.addLayer(shape);
        this.shapes.push({ rings, index, bounds: shape.getBounds() });
      });
      this.label(data, zoom < meta.dots_from && this.level !== "grid");
      pvmap.emit("compare");
    },
    /** What changed where, the largest changes first. */
    label(data, shown) {
      this._map.getContainer().classList.toggle("pvmap-labelled", shown);
      const size = ({ index }) => Math.abs(change(data, chosen[1], index) ?? 0);
      const changed = this.shapes.filter((one) => shown && size(one) > 1e-6).sort((a, b) => size(b) - size(a));
      const parts = ({ index }) => [el("span", { text: data.names?.[index] ?? nameOf(this.level, index), dir: "auto" }), el("b", { text: told(data, index) })];
      pvmap.labelZones(this, this._map, changed, parts, 34);
    },
    async hit(latlng) {
      const found = this.shapes.findLast((one) => one.bounds.contains(latlng) && pvmap.inRings(one.rings, latlng));
      return found ? { level: `difference ${this.level}`, zone: meta.compare.levels[this.level].ids[found.index], rings: found.rings, compared: [this.level, found.index] } : null;
    },
    idle: () => true,
  });

  const nameOf = (level, index) => {
    const id = meta.compare.levels[level].ids[index];
    return level === "grid" ? `${text("level.grid")} ${id}` : id || text("no_district");
  };

  /** Before, after, difference of a zone. */
  function table(level, index) {
    const data = meta.compare.levels[level], head = ["before", "after", "difference"].map((key) => el("th", { scope: "col", text: text(`compare.${key}`) }));
    const lines = rows(data).map((row) => {
      const [key, column] = row, numbers = sideBySide(row, data, index), unit = numbers.pop();
      return el("tr", { "data-column": column }, el("th", { scope: "row", text: text("with_unit", { name: text(key), unit }) }), ...numbers.map((one) => el("td", { text: one })));
    });
    return el("table", { class: "pvmap-compared" }, el("tr", {}, el("td"), ...head), ...lines);
  }

  pvmap.comparedCard = ([level, index]) => el("article", { class: "pvmap-site" }, el("h3", { text: nameOf(level, index), dir: "auto" }), el("p", { class: "pvmap-sub", text: pvmap.levelName(level) }), table(level, index));
  pvmap.comparedTip = ([level, index]) => el("div", {}, el("b", { text: nameOf(level, index), dir: "auto" }), el("span", { text: told(meta.compare.levels[level], index) }));

  function legend(layer) {
    const data = meta.compare.levels[layer.level], steps = borders(data), box = el("div"), [, column, quantity] = chosen;
    const size = Math.max(...data.before[column], ...data.after[column]); // in the unit of the largest zone, as its label is
    const bare = (value) => pvmap.format.bare(quantity, value, size), unit = pvmap.format.unitName(quantity, size);
    const show = (low, high) => `${high === undefined ? "≥ " : `${bare(low)}–`}${bare(high ?? low)} ${unit}`;
    const spans = [[0, steps[0]], [steps[0], steps[1]], [steps[1]]];
    const entry = (colour, label) => box.append(el("p", { class: "pvmap-choice" }, el("i", { class: "pvmap-swatch", style: `background:${colour}` }), el("span", { text: label })));
    for (const k of [2, 1, 0]) entry(MORE[k], text("compare.more", { span: show(...spans[k]) }));
    entry(SAME, text("compare.same"));
    for (const k of [0, 1, 2]) entry(LESS[k], text("compare.less", { span: show(...spans[k]) }));
    return box;
  }

  /** Which number the colours are of. */
  function choice(layer) {
    const select = el("select", { id: "pvmap-compared", "data-keep": "compared", "aria-label": text("colour_by") });
    for (const [key] of rows(meta.compare.levels[layer.level])) select.append(el("option", { value: key, text: text(key) }));
    select.value = chosen[0];
    select.addEventListener("change", () => {
      chosen = ROWS.find(([key]) => key === select.value);
      layer.draw();
    });
    return el("label", { class: "pvmap-select" }, el("span", { text: text("colour_by") }), select);
  }

  function render(body) {
    const layer = [...pvmap.stack].find((one) => one instanceof DifferenceLayer);
    body.append(el("p", { class: "pvmap-note", text: text("compare.about", { date: meta.compare.created }) }));
    body.append(table("city", 0));
    if (layer?.level) body.append(el("h3", { text: text("colon", { a: pvmap.levelName(layer.level), b: text(chosen[0]) }) }), choice(layer), legend(layer));
    const why = meta.compare.reasons.map(({ what, name, old, new: now }) => el("li", { text: text(`cause.${what}`, { name, old: old ?? text("not_set"), new: now ?? text("not_set") }), dir: "auto" }));
    const summary = el("summary", { text: text("compare.reasons", { n: why.length }) });
    body.append(why.length ? el("details", {}, summary, el("ul", { class: "pvmap-notes" }, ...why)) : el("p", { text: text("compare.no_reasons") }));
  }

  pvmap.difference = () => new DifferenceLayer();
  pvmap.sections.compare = () => pvmap.section("compare", render, ["compare", "layers"]);
})();
