/* Zones: districts, townships, cells, added up from the sites that pass, coloured by the chosen number. */
"use strict";
(() => {
  const { el } = pvmap;
  const STRETCHES = 9; // lines across a zone among which its widest stretch is looked for
  const loaded = new Map();

  /** Outlines of a level by its number. */
  async function outlinesOf(level) {
    const none = { level: pvmap.meta.levels[level], ids: [], rings: [] }; // where the block is lost
    if (!loaded.has(level)) loaded.set(level, pvmap.json("zones", `level${level}`).then((found) => found || none));
    return loaded.get(level);
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
      const sums = pvmap.sums.ofLevel(this.level);
      this.totals = data.ids.map((_, zone) => sums(zone));
      const seen = data.ids.map((_, i) => i).filter((i) => this.totals[i].n_sites && data.rings[i].length);
      this.measure = pvmap.zoneMeasure(seen.map((i) => this.totals[i]), seen.map((i) => data.area_km2[i]));
      this.gaps = false; // whether zones have sites, but none with a value
      const many = data.ids.length > 500, beneath = map.getZoom() >= pvmap.meta.dots_from;
      for (const i of seen) {
        const rings = data.rings[i], number = this.measure.classOf(this.totals[i], data.area_km2[i]), colour = pvmap.zoneColour(this.measure, number);
        this.gaps = this.gaps || number < 0;
        const shape = L.polygon(rings, {
          renderer: pvmap.renderers.zones,
          interactive: false,
          color: many ? colour : "#ffffff",
          weight: many ? 0.4 : 1.2,
          fillColor: colour,
          fillOpacity: beneath ? 0.25 : 0.9,
          fillRule: "nonzero",
        });
        this.addLayer(shape);
        this.shapes.push({ shape, rings, number, index: i, bounds: shape.getBounds() });
      }
      if (data.level !== "grid") this.label(map, data);
    },

    /** Name and figure of each zone and, where there is room, of what kinds it is made. The largest get their place first. */
    label(map, data) {
      const beneath = map.getZoom() >= pvmap.meta.dots_from;
      const order = [...this.shapes].sort((a, b) => this.totals[b.index].capacity_kwp - this.totals[a.index].capacity_kwp);
      const parts = ({ index }) => {
        const total = this.totals[index], name = el("span", { text: pvmap.zoneName(data, index), dir: "auto" });
        return beneath ? [name] : [name, el("b", { text: this.measure.figure(total) }), kindBar(total)];
      };
      pvmap.labelZones(this, map, order, parts, beneath ? 18 : 44);
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

  /** Write `parts(shape)` on shapes, so many pixels high; the first get their place first, and one without room has none. */
  pvmap.labelZones = (group, map, shapes, parts, high) => {
    const taken = [];
    for (const shape of shapes) {
      const at = middleOf(shape.rings, shape.bounds), point = map.latLngToLayerPoint(at);
      if (taken.some((one) => Math.abs(one.x - point.x) < 104 && Math.abs(one.y - point.y) < high)) continue;
      taken.push(point);
      const icon = L.divIcon({ className: "pvmap-zone-label", iconSize: [120, 44], html: el("div", {}, ...parts(shape)) });
      group.addLayer(L.marker(at, { icon, interactive: false, keyboard: false, pane: "pvmap-names" }));
    }
  };

  /** Of what a zone's capacity is made: a bar in the colours of the kinds. */
  function kindBar({ kinds, capacity_kwp }) {
    const parts = Object.entries(kinds).map(([kind, { capacity }]) => el("i", { style: `width:${(100 * capacity) / capacity_kwp}%;background:${pvmap.meta.kind_colours[kind]}` }));
    return el("div", { class: "pvmap-kind-bar" }, ...parts);
  }

  /** Middle of a zone: of its box, or where that lies outside of it (a ring around a town) of its widest stretch. */
  function middleOf(rings, bounds) {
    const centre = bounds.getCenter(), south = bounds.getSouth(), high = bounds.getNorth() - south;
    if (pvmap.inRings(rings, centre)) return centre;
    let widest = 0, at = centre;
    for (let line = 0; line < STRETCHES; line++) {
      const lat = south + ((line + 0.5) / STRETCHES) * high, crossed = crossings(rings, lat);
      for (let i = 0; i + 1 < crossed.length; i += 2) {
        const wide = crossed[i + 1] - crossed[i];
        if (wide > widest) [widest, at] = [wide, L.latLng(lat, crossed[i] + wide / 2)];
      }
    }
    return at;
  }

  /** Longitudes at which rings cross a latitude, from west to east: the ground inside lies from the first to the second, ... */
  function crossings(rings, lat) {
    const found = [];
    for (const ring of rings)
      for (let p = 0, q = ring.length - 1; p < ring.length; q = p++) {
        const [yp, xp] = ring[p], [yq, xq] = ring[q];
        if (yp > lat !== yq > lat) found.push(((xq - xp) * (lat - yp)) / (yq - yp) + xp);
      }
    return found.sort((a, b) => a - b);
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
  Object.assign(pvmap, { inRings, outlinesOf, kindBar, middleOf });
})();
