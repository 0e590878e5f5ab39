/* A list of sites in an order: what table, second sheet and download go through. A million are listed and sorted at once. */
"use strict";
(() => {
  const KEYS = 65536, REFINED = 1500; // codes, as many as names that can be told apart; ties put right by exact values

  class SiteList {
    /** Sites that `each(dataset, visit)` visits, of the kinds whose layer is on. */
    constructor(each) {
      this.kinds = pvmap.kindsOn().filter((kind) => pvmap.datasets[kind].n);
      const numbers = [];
      let length = 0;
      for (const kind of this.kinds) {
        const mine = new Uint32Array(pvmap.datasets[kind].n);
        let n = 0;
        each(pvmap.datasets[kind], (number) => (mine[n++] = number));
        numbers.push(mine.subarray(0, n));
        length += n;
      }
      this.length = length;
      this.number = new Uint32Array(length);
      this.kind = new Uint8Array(length);
      let at = 0;
      numbers.forEach((mine, k) => {
        this.number.set(mine, at);
        this.kind.fill(k, at, at + mine.length);
        at += mine.length;
      });
      this.asked = 0;
      this.order = Uint32Array.from({ length }, (_, i) => i);
    }

    dataset(row) {
      return pvmap.datasets[this.kinds[this.kind[row]]];
    }

    /** [dataset, number] of the sites at some places of the order. */
    slice(from, to) {
      return [...this.order.subarray(from, to)].map((row) => [this.dataset(row), this.number[row]]);
    }

    records(from, to) {
      return Promise.all(this.slice(from, to).map(([dataset, number]) => dataset.record(number)));
    }

    /** Sort by a column; what has no code is read from the tiles. An order that was asked for later stays. */
    async sort(column, descending) {
      const mine = ++this.asked, variable = pvmap.variables.get(column);
      const key = variable ? this.codes(variable) : column === "name" ? await this.ranksOfNames() : ranks(await this.values(column));
      if (mine !== this.asked) return;
      const ties = variable ? variable.edges.length > 0 : column !== "name"; // sites of one key have values of their own
      Object.assign(this, { column, descending, key, ties, order: counted(key, descending) });
    }

    canSort(column) {
      return column !== "name" || this.length < KEYS;
    }

    codes(variable) {
      const keys = new Uint16Array(this.length), perKind = this.kinds.map((kind) => keyOf(pvmap.datasets[kind], variable));
      for (let row = 0; row < this.length; row++) keys[row] = perKind[this.kind[row]](this.number[row]);
      return keys;
    }

    /** Values of a column, NaN where there is none, read tile by tile. */
    async values(column) {
      const found = new Float64Array(this.length).fill(NaN);
      await this.read((row, tile, at) => (found[row] = tile.value(column, at) ?? NaN));
      return found;
    }

    async ranksOfNames() {
      const titles = [], keys = new Uint16Array(this.length), byName = new Intl.Collator(["zh", "en"]).compare;
      await this.read((row, tile, at) => (titles[row] = tile.words.names[at] || tile.words.ids[at]), true);
      const rows = titles.map((_, row) => row).sort((a, b) => byName(titles[a], titles[b]));
      rows.forEach((row, rank) => (keys[row] = rank + 1));
      return keys;
    }

    /** Call `visit(row, tile, row of the tile)` for every row; rows of one tile stand together. */
    async read(visit, words = false) {
      for (let row = 0; row < this.length; ) {
        const dataset = this.dataset(row), run = dataset.ownerOf(this.number[row]), tile = await dataset.tile(run.key);
        if (words) await dataset.words(tile);
        const within = () => row < this.length && this.dataset(row) === dataset && this.number[row] >= run.first && this.number[row] < run.first + run.owned;
        for (; within(); row++) visit(row, tile, this.number[row] - run.first);
      }
    }

    /** Records of one page, in exact order: sites of one key are put right by their values in the tiles. */
    async page(from, to) {
      if (this.ties) {
        let first = from, last = Math.min(to, this.length) - 1;
        while (first > 0 && this.key[this.order[first - 1]] === this.key[this.order[first]]) first--;
        while (last < this.length - 1 && this.key[this.order[last + 1]] === this.key[this.order[last]]) last++;
        if (last - first < (to - from) + REFINED) await this.refine(first, last + 1);
      }
      return this.records(from, to);
    }

    async refine(from, to) {
      const records = await this.records(from, to), order = [...this.order.subarray(from, to)];
      const value = new Map(order.map((row, i) => [row, pvmap.caseValue(records[i], this.column)]));
      const key = (row) => this.key[row] || (this.descending ? -1 : KEYS);
      order.sort((a, b) => (this.descending ? key(b) - key(a) : key(a) - key(b)) || compare(value.get(a), value.get(b), this.descending));
      this.order.set(order, from);
    }
  }

  /** Values in order, those without one last. */
  function compare(a, b, descending) {
    if (a === null || b === null) return (a === null) - (b === null);
    return descending ? b - a : a - b;
  }

  /** Function that gives the sorting key of a site: its code, or where the case has numbers of its own their place on the scale. */
  function keyOf(dataset, variable) {
    const amount = dataset.inCase(variable), codes = dataset.codes[variable.key];
    if (!amount) return (number) => codes[number];
    const low = Math.log(1e-3), steps = (KEYS - 2) / (Math.log(1e12) - low);
    return (number) => (amount[number] > 0 ? 1 + Math.max(0, Math.min(KEYS - 2, Math.floor((Math.log(amount[number]) - low) * steps))) : 0);
  }

  /** Keys that stand in the order of values, evenly many of each; 0 where there is none. */
  function ranks(values) {
    const known = values.filter((value) => value === value).sort(), share = (KEYS - 2) / Math.max(1, known.length);
    const keys = new Uint16Array(values.length);
    for (let row = 0; row < keys.length; row++) {
      const value = values[row];
      if (value !== value) continue;
      let low = 0, high = known.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (known[middle] < value) low = middle + 1;
        else high = middle;
      }
      keys[row] = 1 + Math.floor(low * share);
    }
    return keys;
  }

  /** Order of keys by counting; key 0, no value, comes last. */
  function counted(keys, descending) {
    const starts = new Uint32Array(KEYS + 1), place = (key) => (key === 0 ? KEYS - 1 : descending ? KEYS - 1 - key : key - 1);
    for (const key of keys) starts[place(key) + 1]++;
    for (let i = 0; i < KEYS; i++) starts[i + 1] += starts[i];
    const order = new Uint32Array(keys.length);
    for (let row = 0; row < keys.length; row++) order[starts[place(keys[row])]++] = row;
    return order;
  }

  /** Exact value of a column of a record, amounts as the case has them. */
  pvmap.caseValue = (record, column) => {
    const one = pvmap.case();
    if (column === "capacity_kwp") return record.get(one.column);
    if (column === "energy_kwh" && one.column !== "capacity_kwp") return record.dataset.energy[record.number];
    if (column === "capacity_kwac" && one.column !== "capacity_kwp") return pvmap.format.alternating(record.kind, record.get(one.column));
    return record.get(column);
  };
  pvmap.SiteList = SiteList;
})();
