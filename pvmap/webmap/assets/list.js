/* A list of sites in an order: what table, second sheet and download go through. A million are listed and sorted at once. */
"use strict";
(() => {
  const KEYS = 65536, REFINED = 1500, READ = 5000; // codes; ties put right by exact values; rows read to sort by what has no code

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
      this.key = null;
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

    /** Sort by a column; what has no code is read from the tiles, of short lists only. */
    async sort(column, descending) {
      this.column = column;
      this.descending = descending;
      if (!pvmap.variables.has(column)) return this.sortRead(column);
      const variable = pvmap.variables.get(column), keys = new Uint16Array(this.length);
      const perKind = this.kinds.map((kind) => keyOf(pvmap.datasets[kind], variable));
      for (let row = 0; row < this.length; row++) keys[row] = perKind[this.kind[row]](this.number[row]);
      this.key = keys;
      this.order = counted(keys, descending);
    }

    canSort(column) {
      return pvmap.variables.has(column) || this.length <= READ;
    }

    async sortRead(column) {
      this.key = null;
      const records = await this.records(0, this.length), rows = [...this.order];
      const value = new Map(rows.map((row, i) => [row, column === "name" ? pvmap.siteTitle(records[i]) : records[i].get(column)]));
      this.order = Uint32Array.from(rows.sort((a, b) => compare(value.get(a), value.get(b), this.descending)));
    }

    /** Records of one page, in exact order: sites of one code are put right by their values in the tiles. */
    async page(from, to) {
      if (this.key && pvmap.variables.get(this.column).edges.length) {
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
    const sign = typeof a === "string" ? a.localeCompare(b) : a - b;
    return descending ? -sign : sign;
  }

  /** Function that gives the sorting key of a site: its code, or where the case has numbers of its own their place on the scale. */
  function keyOf(dataset, variable) {
    const amount = dataset.inCase(variable), codes = dataset.codes[variable.key];
    if (!amount) return (number) => codes[number];
    const low = Math.log(1e-3), steps = (KEYS - 2) / (Math.log(1e12) - low);
    return (number) => (amount[number] > 0 ? 1 + Math.max(0, Math.min(KEYS - 2, Math.floor((Math.log(amount[number]) - low) * steps))) : 0);
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
