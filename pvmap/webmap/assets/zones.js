/* Outlines, aggregates and priority marks: a few thousand shapes, drawn by Leaflet on canvases of their own. */
"use strict";
(() => {
  const QUANTITY = {
    energy_kwh: "energy",
    capacity_kwp: "capacity",
    specific_yield_kwh_per_kwp: "yield",
    lcoe_cny_per_kwh: "price",
  };
  const levels = new Map();
  const decoded = (bytes) => JSON.parse(new TextDecoder().decode(bytes));

  async function level(name) {
    if (!levels.has(name)) levels.set(name, pvmap.block("zones", name).then((bytes) => bytes && decoded(bytes)));
    return levels.get(name);
  }

  /** Variable the aggregates are coloured by: the chosen one where the table has it, else capacity. */
  function zoneColumn(data) {
    const key = pvmap.state.variable, kinds = Object.values(data.values);
    return QUANTITY[key] && kinds.some((columns) => columns[key]) ? key : "capacity_kwp";
  }

  /** Sums over the kinds whose layer is on; ratios are ratios of sums. */
  function zoneValues(data, index) {
    const on = pvmap.kindsOn();
    const kinds = on.length === pvmap.meta.kinds.length && data.values.all ? ["all"] : on;
    const total = { n_sites: 0, area_m2: 0, capacity_kwp: 0, energy_kwh: 0, cost: 0, co2_t_per_year: 0 };
    let priced = 0;
    for (const kind of kinds) {
      const columns = data.values[kind];
      if (!columns) continue;
      const get = (name) => (columns[name] ? columns[name][index] : null);
      for (const name of ["n_sites", "area_m2", "capacity_kwp", "energy_kwh", "co2_t_per_year"]) total[name] += get(name) || 0;
      if (get("lcoe_cny_per_kwh") !== null) {
        total.cost += get("lcoe_cny_per_kwh") * (get("energy_kwh") || 0);
        priced += get("energy_kwh") || 0;
      }
      if (!columns.co2_t_per_year) total.co2_t_per_year = null;
    }
    total.capacity_kwac = on.reduce((sum, kind) => sum + pvmap.format.alternating(kind, (data.values[kind] && data.values[kind].capacity_kwp && data.values[kind].capacity_kwp[index]) || 0), 0);
    total.specific_yield_kwh_per_kwp = total.capacity_kwp ? total.energy_kwh / total.capacity_kwp : null;
    total.lcoe_cny_per_kwh = priced ? total.cost / priced : null;
    return total;
  }

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
      this.update = pvmap.soon(() => this.draw(), 30);
      for (const event of ["variable", "layers"]) pvmap.on(event, () => this._map && this.update());
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

    /** Level for the present zoom: the automatic layer gives way to single sites. */
    wanted() {
      if (this.options.level !== "auto") return this.options.level;
      const zoom = this._map.getZoom(), has = (name) => pvmap.meta.levels.includes(name);
      if (zoom >= pvmap.meta.dots_from) return null;
      return ["grid", "township", "district"].slice(zoom >= 10 ? 0 : 1).find(has) || null;
    },

    async draw() {
      const map = this._map;
      if (!map) return;
      const name = this.wanted();
      const data = name ? await level(name) : null;
      if (this._map !== map || this.wanted() !== name) return;
      this.clearLayers();
      this.data = data;
      this.shapes = [];
      if (data) this.paint(map, data);
      pvmap.emit("legend");
    },

    paint(map, data) {
      const column = zoneColumn(data), variable = pvmap.variables.get(column);
      const totals = data.ids.map((_, i) => zoneValues(data, i));
      // Areas differ less than sites do: they get breaks of their own, unless the breaks turn around a meaning.
      const turning = variable.kind === "diverging", digits = variable.combine === "mean" ? 3 : 2;
      this.breaks = turning ? variable.edges.slice(1, -1) : breaks(totals.map((t) => t[column]), digits);
      this.colours = turning ? variable.colours : pvmap.rampOf(variable.colours, this.breaks.length + 1);
      this.column = column;
      const many = data.ids.length > 500, beneath = map.getZoom() >= pvmap.meta.dots_from;
      data.rings.forEach((rings, i) => {
        const value = totals[i][column];
        if (value === null || !totals[i].n_sites) return;
        const number = this.breaks.filter((edge) => value >= edge).length;
        const shape = L.polygon(rings, {
          renderer: pvmap.renderers.zones,
          interactive: false,
          color: many ? this.colours[number] : "#ffffff",
          weight: many ? 0.4 : 1.2,
          fillColor: this.colours[number],
          fillOpacity: beneath ? 0.25 : 0.85,
          fillRule: "nonzero",
        });
        this.addLayer(shape.addTo(map));
        this.shapes.push({ shape, rings, index: i, bounds: shape.getBounds() });
      });
    },

    hit(latlng) {
      if (!this.data || this._map.getZoom() >= pvmap.meta.dots_from + 2) return null;
      // the last one drawn lies on top: what is outside all districts has a box beneath them
      const found = this.shapes.findLast((one) => one.bounds.contains(latlng) && within(one.rings, latlng));
      if (!found) return null;
      return { zone: this.data.ids[found.index], level: this.data.level, values: zoneValues(this.data, found.index), rings: found.rings };
    },

    idle: () => true,
  });

  function within(rings, { lat, lng }) {
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

  pvmap.zones = (options) => new ZoneLayer(options);

  pvmap.outlines = () => {
    const group = L.layerGroup();
    pvmap.block("zones", "outlines").then((bytes) => {
      if (!bytes) return;
      for (const { name, rings } of decoded(bytes)) {
        const area = { renderer: pvmap.renderers.ground, interactive: false, stroke: false, fillColor: "#f6f5f1", fillOpacity: 1 };
        const line = { renderer: pvmap.renderers.lines, interactive: false, fill: false, color: "#7b8794", weight: 1.1 };
        group.addLayer(L.polygon(rings, area)).addLayer(L.polygon(rings, line));
        if (name) group.addLayer(placeName(name, L.polygon(rings).getBounds().getCenter()));
      }
    });
    return group;
  };

  function placeName(name, latlng) {
    const icon = L.divIcon({ className: "pvmap-place", iconSize: [140, 20], html: pvmap.el("span", { text: name }) });
    return L.marker(latlng, { icon, interactive: false, keyboard: false, pane: "pvmap-names" });
  }

  pvmap.priority = () => {
    const group = L.layerGroup();
    group.rank = 9;
    group.idle = () => true;
    group.on("add", () => pvmap.stack.add(group)).on("remove", () => pvmap.stack.delete(group));
    pvmap.meta.priority.forEach(({ kind, number, lat, lng }) => {
      const look = { renderer: pvmap.renderers.marks, interactive: false, radius: 7, color: "#111827", weight: 2, fillColor: "#FFD400", fillOpacity: 0.9 };
      group.addLayer(Object.assign(L.circleMarker([lat, lng], look), { site: { kind, number } }));
    });
    group.hit = (latlng) => {
      const at = group._map.latLngToContainerPoint(latlng);
      const near = group.getLayers().find((mark) => group._map.latLngToContainerPoint(mark.getLatLng()).distanceTo(at) < 9);
      return near ? { dataset: pvmap.datasets[near.site.kind], number: near.site.number } : null;
    };
    return group;
  };
})();
