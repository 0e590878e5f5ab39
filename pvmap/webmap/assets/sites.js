/* The Leaflet layer of one kind of site: points at small scales, polygons at large ones. */
"use strict";
(() => {
  const RANK = { rooftop: 1, fishpond: 2, mine: 3 }; // the smaller the number, the lower it lies

  /** Points as large as the crowd allows: where many share a pixel, a pixel is a point. */
  function dotSize(zoom, n) {
    const fine = n > 300000 ? 0 : n > 60000 ? 1 : 2;
    return Math.max(1, zoom - 11) + fine;
  }

  const SiteLayer = L.GridLayer.extend({
    options: { pane: "pvmap-sites", keepBuffer: 1, updateWhenZooming: false, minZoom: 1, maxZoom: 20 },

    initialize(options) {
      L.setOptions(this, options);
      this.dataset = pvmap.datasets[options.dataset];
      this.rank = RANK[options.dataset] + (options.excluded ? 0.5 : 0);
      this.busy = 0;
      this.again = () => this._map && this.redraw();
      for (const event of ["variable", "filter", "data"]) pvmap.on(event, this.again);
    },

    onAdd(map) {
      pvmap.stack.add(this);
      L.GridLayer.prototype.onAdd.call(this, map);
    },

    onRemove(map) {
      pvmap.stack.delete(this);
      L.GridLayer.prototype.onRemove.call(this, map);
    },

    /** How sites look now: by the chosen variable, where their kind has it, excluded ones by reason. */
    look() {
      const { excluded, colour, dataset } = this.options;
      const variable = excluded ? pvmap.variables.get("excluded_by") : pvmap.colouring(dataset);
      return {
        excluded,
        variable,
        colour,
        missing: "#9aa0a6",
        pixel: pvmap.pixel(colour),
        dot: (zoom) => (dataset !== "rooftop" ? 4 : dotSize(zoom, this.dataset.n)),
        drawn: this.drawn,
      };
    },

    hasPolygons(zoom) {
      return zoom >= this.options.polygonsFrom;
    },

    hasDots(zoom) {
      return zoom >= this.options.dotsFrom && !this.hasPolygons(zoom);
    },

    createTile(coords, done) {
      const size = 256 * Math.min(window.devicePixelRatio || 1, 2);
      const canvas = pvmap.el("canvas", { width: size, height: size });
      const finish = () => setTimeout(() => done(null, canvas), 0);
      if (!this.dataset.n || coords.z < this.options.dotsFrom) finish();
      else if (this.hasDots(coords.z)) {
        pvmap.drawDots(canvas, coords, this.dataset, this.look());
        finish();
      } else {
        const keys = pvmap.keysFor(this.dataset, coords);
        const tiles = keys.map((key) => this.dataset.cached(key));
        if (tiles.every(Boolean)) {
          for (const tile of tiles) pvmap.drawPolygons(canvas, coords, this.dataset, tile, this.look());
          finish();
        } else this.drawLater(canvas, coords, keys).then(finish);
      }
      return canvas;
    },

    async drawLater(canvas, coords, keys) {
      this.busy++;
      const tiles = await Promise.all(keys.map((key) => this.dataset.tile(key)));
      for (const tile of tiles) if (tile) pvmap.drawPolygons(canvas, coords, this.dataset, tile, this.look());
      this.busy--;
    },

    idle() {
      return !this._map || (!this.busy && !this._loading);
    },

    /** The site at a place: { dataset, number }, or null. A tile that was put away is fetched again. */
    async hit(latlng) {
      const { dataset } = this, map = this._map, zoom = map.getZoom(), { excluded } = this.options;
      if (!dataset.n) return null;
      if (this.hasDots(zoom)) {
        const number = pvmap.nearestDot(dataset, map, latlng, 6, excluded);
        return number < 0 ? null : { dataset, number };
      }
      if (!this.hasPolygons(zoom)) return null;
      const at = map.project(latlng, dataset.zoom).divideBy(256);
      const x = Math.floor(at.x), y = Math.floor(at.y), key = `${x}_${y}`;
      if (!dataset.byKey.has(key)) return null;
      const tile = dataset.cached(key) || (await dataset.tile(key));
      if (!tile) return null;
      const s = pvmap.shapeAt(tile, (at.x - x) * tile.extent, (at.y - y) * tile.extent, (number) => dataset.passes(number, excluded));
      return s < 0 ? null : { dataset, number: tile.number(tile.row[s]), under: s < tile.lowest };
    },
  });

  /** All layers that answer to the pointer. */
  pvmap.stack = new Set();
  pvmap.siteTiles = (options) => new SiteLayer(options);
})();
