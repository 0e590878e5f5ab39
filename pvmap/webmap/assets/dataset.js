/* A dataset is all sites of one kind: points and codes of every site from the overview, tiles as they are needed. */
"use strict";
(() => {
  const CACHED_TILES = 96;

  class Dataset {
    constructor(kind) {
      this.kind = kind;
      this.n = 0;
      this.codes = {};
      this.tiles = new Map(); // key -> Tile, most recently used last
      this.loading = new Map();
      this.ready = this.load();
    }

    async load() {
      const bytes = await pvmap.block(this.kind, "overview");
      if (!bytes) return;
      const [head, begin] = pvmap.header(bytes);
      let at = begin;
      this.zoom = head.zoom;
      this.x = pvmap.running(bytes, at, head.n);
      this.y = pvmap.running(bytes, at + 2 * head.n, head.n);
      at += 4 * head.n;
      for (const [key, width] of head.columns) {
        this.codes[key] = pvmap.unsigned(bytes, at, head.n, width);
        at += width * head.n;
      }
      this.runs = head.tiles.map(([x, y, first, owned]) => ({ x, y, first, owned, key: `${x}_${y}` }));
      this.byKey = new Map(this.runs.map((run) => [run.key, run]));
      this.starts = this.runs.filter((run) => run.owned).map((run) => run.first);
      this.owners = this.runs.filter((run) => run.owned);
      this.shown = new Uint8Array(head.n);
      this.n = head.n;
      this.filter();
      pvmap.emit("data");
    }

    /** Decide for every site whether the reader's ticks let it pass. */
    filter() {
      if (!this.n) return;
      this.shown.fill(1);
      for (const [key, off] of Object.entries(pvmap.state.off)) {
        const codes = this.codes[key];
        if (!codes) continue;
        const variable = pvmap.variables.get(key);
        const pass = new Uint8Array(variable.classOf.length);
        variable.classOf.forEach((number, code) => (pass[code] = number >= 0 && !off.has(number) ? 1 : 0));
        if (key === "excluded_by") pass[0] = 1; // no reason to exclude is no reason to hide
        for (let i = 0; i < this.n; i++) this.shown[i] &= pass[codes[i]];
      }
    }

    ownerOf(number) {
      let low = 0, high = this.starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.starts[middle] <= number) low = middle;
        else high = middle - 1;
      }
      return this.owners[low];
    }

    /** Tiles that touch a window given in tile units. */
    runsIn(window) {
      return this.runs.filter(
        (run) => run.x + 1 > window.west && run.x < window.east && run.y + 1 > window.north && run.y < window.south,
      );
    }

    /** Window of the map in tile units of this dataset. */
    windowOf(map) {
      const bounds = map.getPixelBounds();
      const scale = 256 * Math.pow(2, map.getZoom() - this.zoom);
      return {
        west: bounds.min.x / scale,
        north: bounds.min.y / scale,
        east: bounds.max.x / scale,
        south: bounds.max.y / scale,
      };
    }

    /** Call `visit(number)` for every shown site whose point lies in a window. */
    each(window, visit, excluded = false) {
      if (!this.n) return;
      const without = this.codes.excluded_by;
      for (const run of this.runsIn(window)) {
        const inside =
          run.x >= window.west && run.x + 1 <= window.east && run.y >= window.north && run.y + 1 <= window.south;
        for (let i = run.first; i < run.first + run.owned; i++) {
          if (!this.shown[i] || without[i] > 0 !== excluded) continue;
          if (!inside) {
            const x = run.x + this.x[i] / 65536, y = run.y + this.y[i] / 65536;
            if (x < window.west || x >= window.east || y < window.north || y >= window.south) continue;
          }
          visit(i);
        }
      }
    }

    point(number) {
      const run = this.ownerOf(number);
      return L.point(run.x + (this.x[number] + 0.5) / 65536, run.y + (this.y[number] + 0.5) / 65536).multiplyBy(256);
    }

    latLng(number) {
      return L.CRS.EPSG3857.pointToLatLng(this.point(number), this.zoom);
    }

    /** A tile that is already decoded, or undefined. */
    cached(key) {
      const tile = this.tiles.get(key);
      if (tile) {
        this.tiles.delete(key);
        this.tiles.set(key, tile);
      }
      return tile;
    }

    async tile(key) {
      const found = this.cached(key);
      if (found) return found;
      if (!this.loading.has(key)) this.loading.set(key, this.fetch(key));
      return this.loading.get(key);
    }

    async fetch(key) {
      const bytes = await pvmap.block(this.kind, key);
      const tile = bytes ? new pvmap.Tile(bytes) : null;
      if (tile) this.tiles.set(key, tile);
      while (this.tiles.size > CACHED_TILES) this.tiles.delete(this.tiles.keys().next().value);
      this.loading.delete(key);
      return tile;
    }

    /** Identifiers and names of a tile's rows. */
    async words(tile) {
      if (!tile.words) tile.words = splitWords(await this.wordBytes(`${tile.x}_${tile.y}`));
      return tile.words;
    }

    wordBytes(key) {
      return pvmap.block(`${this.kind}-text`, key);
    }

    /** Everything the table holds about one site. */
    async record(number) {
      const run = this.ownerOf(number);
      const tile = await this.tile(run.key);
      const words = await this.words(tile);
      return new Record(this, tile, number - run.first, words);
    }
  }

  function splitWords(bytes) {
    const [ids, names] = new TextDecoder().decode(bytes).split("\x1d");
    return { ids: ids.split("\x1e"), names: names.split("\x1e") };
  }

  /** One site, values read from its tile. */
  class Record {
    constructor(dataset, tile, row, words) {
      Object.assign(this, { dataset, tile, row });
      this.number = tile.number(row);
      this.id = words.ids[row];
      this.name = words.names[row];
      this.kind = dataset.kind;
    }

    get(name) {
      if (name === "specific_yield_kwh_per_kwp") {
        const energy = this.get("energy_kwh"), capacity = this.get("capacity_kwp");
        return energy === null || !capacity ? null : energy / capacity;
      }
      return this.tile.value(name, this.row);
    }

    /** Class of a qualitative variable, as the table names it. */
    category(key) {
      const codes = this.dataset.codes[key];
      return codes && codes[this.number] ? pvmap.variables.get(key).classes[codes[this.number] - 1] : null;
    }

    word(name) {
      const code = this.get(name);
      return code === null ? "" : pvmap.meta.words[name][code];
    }
  }

  pvmap.splitWords = splitWords;
  pvmap.Record = Record;
  pvmap.datasets = {};
  for (const kind of pvmap.meta.kinds) pvmap.datasets[kind] = new Dataset(kind);
  pvmap.on("filter", () => Object.values(pvmap.datasets).forEach((dataset) => dataset.filter()));
})();
