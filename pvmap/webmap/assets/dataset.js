/* A dataset is all sites of one kind: points and codes of every site from the overview, tiles as they are needed. */
"use strict";
(() => {
  const CACHED_TILES = 96, CACHED_TEXTS = 400; // a page of the table needs 50
  const LISTED = pvmap.meta.whole.filter((name) => !pvmap.meta.months.includes(name)); // what the table shows
  const USABLE = 1, EXCLUDED = 2; // what `shown` says of a site: counts in the case, carries nothing; and passes the filter
  const OWN_AMOUNTS = { capacity_kwp: "capacity", energy_kwh: "energy" }; // variables that are another number in each case

  class Dataset {
    constructor(kind) {
      this.kind = kind;
      this.n = 0;
      this.codes = {};
      this.tiles = new Map(); // key -> Tile, most recently used last
      this.loading = new Map();
      this.held = new Map(); // name -> column of all sites, once it was needed
      this.texts = new Map(); // key -> promise of identifiers and names
      this.ready = this.load();
    }

    async load() {
      const bytes = await pvmap.block(this.kind, "overview");
      if (!bytes) return;
      pvmap.forget(this.kind, "overview");
      const [head, begin] = pvmap.header(bytes);
      let at = begin;
      this.zoom = head.zoom;
      this.large = new Map(head.large.map((number, i) => [number, i]));
      this.x = pvmap.running(bytes, at, head.n);
      this.y = pvmap.running(bytes, at + 2 * head.n, head.n);
      at += 4 * head.n;
      for (const key of head.columns) {
        this.codes[key] = pvmap.unsigned(bytes, at, head.n, 2);
        at += 2 * head.n;
      }
      this.runs = head.tiles.map(([x, y, first, owned]) => ({ x, y, first, owned, key: `${x}_${y}` }));
      this.byKey = new Map(this.runs.map((run) => [run.key, run]));
      this.starts = this.runs.filter((run) => run.owned).map((run) => run.first);
      this.owners = this.runs.filter((run) => run.owned);
      this.sites = head.n_sites; // of how many sites each is the sum, on a page of cells
      this.shown = new Uint8Array(head.n);
      this.capacity = new Float32Array(head.n);
      this.energy = new Float32Array(head.n);
      this.n = head.n;
      this.count();
      this.filter();
      pvmap.emit("data");
    }

    /** Capacity [kWp] and first-year energy [kWh] of every site in the case. */
    count() {
      const one = pvmap.case(), { codes } = this, mean = pvmap.meta.mean_yield[this.kind] || 0;
      if (!this.n) return;
      const source = one.share ? "capacity_kwp" : one.column, share = one.share && codes[one.share];
      const own = codes[source], gate = one.gate && codes[one.gate], full = codes.capacity_kwp, energy = codes.energy_kwh;
      const shareOf = share && pvmap.variables.get(one.share).valueOf;
      const valueOf = pvmap.variables.get(source).valueOf, fullOf = pvmap.variables.get("capacity_kwp").valueOf, energyOf = pvmap.variables.get("energy_kwh").valueOf;
      const technical = one.column === "capacity_kwp";
      for (let i = 0; i < this.n; i++) {
        let capacity = own[i] && (!gate || gate[i] === 2) ? valueOf[own[i]] : 0;
        if (share) capacity *= shareOf[share[i]];
        this.capacity[i] = capacity;
        if (technical) this.energy[i] = capacity ? energyOf[energy[i]] : 0;
        else this.energy[i] = capacity * (full[i] ? energyOf[energy[i]] / fullOf[full[i]] : mean);
      }
    }

    /** Decide for every site whether it counts in the case and whether the reader's filter lets it pass. */
    filter() {
      const { n, shown, capacity } = this, without = this.codes.excluded_by;
      for (let i = 0; i < n; i++) shown[i] = (capacity[i] > 0 ? USABLE : 0) | (without[i] ? EXCLUDED : 0);
      if (!n) return;
      for (const [variable, passes] of pvmap.filters(this.kind)) {
        const codes = this.codes[variable.key], amount = this.inCase(variable);
        if (amount) {
          this.filterAmount(variable, amount);
          continue;
        }
        // A site without a value fails the filter, unless it is an excluded one: those have no yield or cost to be judged by.
        const pass = passes.map((yes) => (yes ? USABLE | EXCLUDED : 0));
        pass[0] = variable.key === "excluded_by" ? USABLE | EXCLUDED : EXCLUDED;
        for (let i = 0; i < n; i++) shown[i] &= pass[codes[i]];
      }
    }

    /** The case's own numbers where it has others than the codes of an amount, else null. */
    inCase(variable) {
      return OWN_AMOUNTS[variable.key] && pvmap.case().column !== "capacity_kwp" ? this[OWN_AMOUNTS[variable.key]] : null;
    }

    filterAmount(variable, amount) {
      const off = pvmap.state.off[variable.list] || new Set(), [low, high] = pvmap.state.ranges[variable.key] || [-Infinity, Infinity];
      for (let i = 0; i < this.n; i++)
        if (off.has(variable.classify(amount[i])) || amount[i] < low || amount[i] > high) this.shown[i] &= EXCLUDED;
    }

    /** Function that gives the class of a site by its number, -1 for none. */
    classer(variable) {
      const amount = this.inCase(variable), codes = this.codes[variable.key], { classOf } = variable;
      return amount ? (i) => (amount[i] > 0 ? variable.classify(amount[i]) : -1) : (i) => classOf[codes[i]];
    }

    /** Function that gives the value of a site by its number, NaN for none. */
    valuer(variable) {
      const own = OWN_AMOUNTS[variable.key], codes = this.codes[variable.key];
      if (own) return (i) => this[own][i] || NaN;
      const { valueOf } = variable;
      return (i) => (codes[i] ? valueOf[codes[i]] : NaN);
    }

    /** Whether a site is drawn and counted: among the usable ones, or among the excluded. */
    passes(number, excluded) {
      return (this.shown[number] & (excluded ? EXCLUDED : USABLE)) !== 0;
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
      const { shown } = this, wanted = excluded ? EXCLUDED : USABLE;
      for (const run of this.runsIn(window)) {
        const inside =
          run.x >= window.west && run.x + 1 <= window.east && run.y >= window.north && run.y + 1 <= window.south;
        for (let i = run.first; i < run.first + run.owned; i++) {
          if (!(shown[i] & wanted)) continue;
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

    /** Have columns that stand apart from tiles at hand; of months and of what the table sorts by, all there are. */
    async columns(names = pvmap.meta.whole) {
      const load = async (name) => {
        const key = `whole_${name}`;
        if (!this.loading.has(key)) this.loading.set(key, pvmap.wholeColumn(this.kind, name));
        const column = await this.loading.get(key);
        if (column) this.held.set(name, column);
      };
      await Promise.all(names.map(load));
    }

    /** Value of a column that stands apart of a site by its number; null where it has none. */
    value(name, number) {
      const column = this.held.get(name), value = column ? column.value(number) : null;
      if (value === null || !column.per) return value;
      const other = this.value(column.per, number);
      return other === null ? null : value * other;
    }

    /** Values of a column that stands apart of all sites, as ratios where it is stored so; NaN for none. `kept` holds what was decoded before. */
    ratios(name, kept) {
      return decodedOnce(kept, `${this.kind}/${name}/stored`, () => this.held.get(name)?.values() ?? new Float64Array(this.n).fill(NaN));
    }

    /** Values of a column that stands apart of all sites, NaN for none; `kept` holds what was decoded before. */
    exact(name, kept) {
      const per = this.held.get(name)?.per;
      if (!per) return this.ratios(name, kept);
      return decodedOnce(kept, `${this.kind}/${name}`, () => {
        const others = this.exact(per, kept);
        return this.ratios(name, kept).map((value, i) => value * others[i]);
      });
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
      const tile = bytes ? new pvmap.Tile(bytes, this) : null;
      if (tile) this.tiles.set(key, tile);
      while (this.tiles.size > CACHED_TILES) this.tiles.delete(this.tiles.keys().next().value);
      this.loading.delete(key);
      return tile;
    }

    /** Rings of a site, all of them: a tile holds no more than a piece of a large one. */
    async rings(number) {
      const whole = this.large.has(number) && (await this.wholes());
      if (whole) return whole[this.large.get(number)];
      const tile = await this.tile(this.ownerOf(number).key);
      return tile ? pvmap.ringsOf(tile, tile.rowOf(number)) : [];
    }

    wholes() {
      this.whole = this.whole || pvmap.json(this.kind, "large");
      return this.whole;
    }

    /** Identifiers and names of a tile's rows. */
    words(key) {
      if (!this.texts.has(key)) this.texts.set(key, this.wordBytes(key).then(splitWords));
      const found = this.texts.get(key);
      if (this.texts.size > CACHED_TEXTS) this.texts.delete(this.texts.keys().next().value);
      return found;
    }

    wordBytes(key) {
      return pvmap.block(`${this.kind}-text`, key);
    }

    /** Everything that is known of one site. */
    async record(number) {
      const run = this.ownerOf(number), [tile, words] = await Promise.all([this.tile(run.key), this.words(run.key), this.columns()]);
      return new pvmap.Record(this, number, words, run, tile);
    }

    /** One site with what the table shows of it, for which no tile is read. */
    async brief(number) {
      const run = this.ownerOf(number), [words] = await Promise.all([this.words(run.key), this.columns(LISTED)]);
      return new pvmap.Record(this, number, words, run);
    }
  }

  function decodedOnce(kept, key, decode) {
    if (!kept.has(key)) kept.set(key, decode());
    return kept.get(key);
  }

  function splitWords(bytes) {
    if (!bytes) return { ids: [], names: [] };
    const [ids, names] = new TextDecoder().decode(bytes).split("\x1d");
    return { ids: ids.split("\x1e"), names: names.split("\x1e") };
  }

  Object.assign(pvmap, { USABLE, EXCLUDED, LISTED });
  pvmap.datasets = {};
  for (const kind of pvmap.meta.kinds) pvmap.datasets[kind] = new Dataset(kind);
  pvmap.on("filter", () => Object.values(pvmap.datasets).forEach((dataset) => dataset.filter()));
})();
