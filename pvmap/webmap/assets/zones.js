/* Zones: districts, townships, cells, added up from the sites that pass, coloured by the chosen number. */
"use strict";
(() => {
  const { el } = pvmap;
  const loaded = new Map();
  const DENSITY = ["capacity_kwp", "energy_kwh"]; // amounts are coloured per km2: a large zone is not a rich one
  const PALE = { "#A5DB36": "#EAF4FB", "#440154": "#0B4F8A" }; // one hue, light to dark; a label is read on the darkest

  /** Outlines of a level by its number. */
  async function outlinesOf(level) {
    if (!loaded.has(level)) loaded.set(level, pvmap.json("zones", `level${level}`));
    return loaded.get(level);
  }

  /** What zones are coloured by: the chosen variable where sums or means of it mean something, else capacity. */
  const columnOf = () => (["energy_kwh", "specific_yield_kwh_per_kwp", "shading_loss", "lcoe_cny_per_kwh"].includes(pvmap.state.variable) ? pvmap.state.variable : "capacity_kwp");

  /** Round breaks near the quantiles, five classes at most. */
  function breaks(values, digits) {
    const sorted = values.filter((v) => v !== null && v > 0).sort((a, b) => a - b);
    if (!sorted.length) return [];
    const round = (v) => {
      const unit = Math.pow(10, Math.floor(Math.log10(v)) - digits + 1);
      return Number((Math.round(v / unit) * unit).toPrecision(digits));
    };
    const inner = [0.2, 0.4, 0.6, 0.8].map((share) => round(sorted[Math.floor(share * (sorted.length - 1))]));
    return [...new Set(inner)].filter((v) => v > sorted[0]);
  }

  const ZoneLayer = L.LayerGroup.extend({
    initialize(options) {
      L.LayerGroup.prototype.initialize.call(this);
      L.setOptions(this, options);
      this.rank = 0;
      this.drawing = 0;
      this.update = pvmap.soon(() => this.draw(), 30);
      for (const event of ["variable", "layers", "filter", "data", "language"]) pvmap.on(event, () => this._map && this.update());
    },

    onAdd(map) {
      this._map = map;
      pvmap.stack.add(this);
      map.on("zoomend", this.update, this);
      this.draw();
    },

    onRemove(map) {
      map.off("zoomend", this.update, this);
      pvmap.stack.delete(this);
      this.clearLayers();
      this.data = null;
      this._map = null;
      pvmap.emit("legend");
    },

    /** Number of the level for the present zoom, -1 for none: the automatic layer gives way to single sites. */
    wanted() {
      if (this.options.level !== null) return this.options.level;
      const zoom = this._map.getZoom(), { levels } = pvmap.meta;
      if (zoom >= pvmap.meta.dots_from) return -1;
      return levels.indexOf(["district", "township", "grid"].slice(zoom >= 10 ? 1 : 0).find((name) => levels.includes(name)) || levels[0]);
    },

    async draw() {
      const map = this._map;
      if (!map) return;
      this.drawing++;
      const level = this.wanted();
      const data = level < 0 ? null : await outlinesOf(level);
      this.drawing--;
      if (this._map !== map || this.wanted() !== level) return;
      this.clearLayers();
      this.data = data;
      this.level = level;
      this.shapes = [];
      map.getContainer().classList.toggle("pvmap-labelled", Boolean(data) && data.level !== "grid");
      if (data) this.paint(map, data);
      pvmap.emit("legend");
    },

    paint(map, data) {
      const column = columnOf(), variable = pvmap.variables.get(column), sums = pvmap.sums.ofLevel(this.level);
      this.totals = data.ids.map((_, zone) => sums(zone));
      this.dense = DENSITY.includes(column);
      const values = this.totals.map((total, i) => (this.dense ? total[column] / data.area_km2[i] : total[column]));
      // Areas differ less than sites do: they get breaks of their own, unless the breaks turn around a meaning.
      const turning = variable.kind === "diverging", digits = variable.combine === "mean" ? 3 : 2;
      this.breaks = turning ? variable.edges.slice(1, -1) : breaks(values.filter((_, i) => data.rings[i].length), digits);
      const ramp = this.dense ? Object.values(PALE) : variable.colours;
      this.colours = turning ? variable.colours : pvmap.rampOf(ramp, this.breaks.length + 1);
      this.column = column;
      const many = data.ids.length > 500, beneath = map.getZoom() >= pvmap.meta.dots_from;
      data.rings.forEach((rings, i) => {
        const value = values[i];
        if (value === null || !this.totals[i].n_sites || !rings.length) return;
        const number = this.breaks.filter((edge) => value >= edge).length;
        const shape = L.polygon(rings, {
          renderer: pvmap.renderers.zones,
          interactive: false,
          color: many ? this.colours[number] : "#ffffff",
          weight: many ? 0.4 : 1.2,
          fillColor: this.colours[number],
          fillOpacity: beneath ? 0.25 : 0.9,
          fillRule: "nonzero",
        });
        this.addLayer(shape);
        this.shapes.push({ shape, rings, index: i, bounds: shape.getBounds() });
      });
      if (data.level !== "grid") this.label(map, data);
    },

    /** Name and figure of each zone and, where there is room, of what kinds it is made. The largest get their place first. */
    label(map, data) {
      const taken = [], { column } = this, beneath = map.getZoom() >= pvmap.meta.dots_from;
      const order = [...this.shapes].sort((a, b) => this.totals[b.index].capacity_kwp - this.totals[a.index].capacity_kwp);
      for (const { index, bounds, rings } of order) {
        const at = middle(rings, bounds), point = map.latLngToLayerPoint(at), total = this.totals[index];
        if (taken.some((one) => Math.abs(one.x - point.x) < 104 && Math.abs(one.y - point.y) < (beneath ? 18 : 44))) continue;
        taken.push(point);
        const name = el("span", { text: pvmap.zoneName(data, index), dir: "auto" });
        const figure = el("b", { text: pvmap.format(pvmap.variables.get(column).quantity, total[column]) });
        const html = el("div", {}, name, ...(beneath ? [] : [figure, kindBar(total)]));
        const icon = L.divIcon({ className: "pvmap-zone-label", iconSize: [120, 44], html });
        this.addLayer(L.marker(at, { icon, interactive: false, keyboard: false, pane: "pvmap-names" }));
      }
    },

    async hit(latlng) {
      if (!this.data || this._map.getZoom() >= pvmap.meta.dots_from + 2) return null;
      const found = this.shapes.findLast((one) => one.bounds.contains(latlng) && pvmap.inRings(one.rings, latlng));
      return found ? pvmap.zoneHit(this.data, this.level, found.index) : null;
    },

    idle() {
      return !this.drawing;
    },
  });

  /** Of what a zone's capacity is made: a bar in the colours of the kinds. */
  function kindBar({ kinds, capacity_kwp }) {
    const parts = Object.entries(kinds).map(([kind, { capacity }]) => el("i", { style: `width:${(100 * capacity) / capacity_kwp}%;background:${pvmap.meta.kind_colours[kind]}` }));
    return el("div", { class: "pvmap-kind-bar" }, ...parts);
  }

  /** Middle of a zone: of its largest ring, or of its box where that lies outside of it. */
  function middle(rings, bounds) {
    const centre = bounds.getCenter();
    if (pvmap.inRings(rings, centre)) return centre;
    const ring = rings.reduce((a, b) => (b.length > a.length ? b : a));
    return L.latLng(ring.reduce((sum, [lat]) => sum + lat, 0) / ring.length, ring.reduce((sum, [, lng]) => sum + lng, 0) / ring.length);
  }

  function inRings(rings, { lat, lng }) {
    let odd = false;
    for (const ring of rings)
      for (let p = 0, q = ring.length - 1; p < ring.length; q = p++) {
        const [yp, xp] = ring[p], [yq, xq] = ring[q];
        if (yp > lat !== yq > lat && lng < ((xq - xp) * (lat - yp)) / (yq - yp) + xp) odd = !odd;
      }
    return odd;
  }

  /** `n` colours spread over a scale. */
  pvmap.rampOf = (colours, n) =>
    Array.from({ length: n }, (_, i) => {
      const at = n === 1 ? 0 : (i * (colours.length - 1)) / (n - 1), share = at - Math.floor(at);
      const [one, next] = [Math.floor(at), Math.ceil(at)].map((k) => parseInt(colours[k].slice(1), 16));
      const mixed = [16, 8, 0].map((bits) => Math.round(((one >> bits) & 255) * (1 - share) + ((next >> bits) & 255) * share));
      return "#" + mixed.map((part) => part.toString(16).padStart(2, "0")).join("");
    });

  pvmap.zoneHit = (data, level, index) => ({ zone: data.ids[index], level, index, data, values: pvmap.sums.ofLevel(level)(index), rings: data.rings[index] });
  /** Name of a zone: a township's without its district, a cell's with what it is. */
  pvmap.zoneName = (data, index) => {
    const id = data.ids[index];
    if (data.level === "grid") return `${pvmap.text("level.grid")} ${id}`;
    return (data.names ? data.names[index] : id) || pvmap.text("no_district");
  };
  pvmap.levelName = (level) => (pvmap.meta.texts[`level.${level}`] ? pvmap.text(`level.${level}`) : level);
  pvmap.zones = (options) => new ZoneLayer(options);
  Object.assign(pvmap, { inRings, outlinesOf, kindBar });
})();
