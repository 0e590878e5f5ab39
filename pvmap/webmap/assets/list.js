/* A list of sites in an order: what table, second sheet and download go through. A million are listed and sorted at once. */
"use strict";
(() => {
  const REFINED = 1500; // sites of one code that are put right by exact values, beside those of the page
  const PER = pvmap.meta.steps.map(([, per]) => per); // columns that others are a ratio of

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
      this.order = new Uint32Array(length).map((_, row) => row);
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

    /** Sort by a column. An order that was asked for later stays. */
    async sort(column, descending) {
      const mine = ++this.asked, variable = pvmap.variables.get(column);
      const keyOf = variable ? (dataset) => coded(dataset, variable) : column === "name" ? await pvmap.namesInOrder() : await exactly(this.kinds, column);
      if (mine !== this.asked) return;
      const perKind = this.kinds.map((kind) => keyOf(pvmap.datasets[kind]));
      const key = new Float64Array(this.length);
      for (let row = 0; row < this.length; row++) key[row] = perKind[this.kind[row]](this.number[row]);
      const ties = variable?.edges.length > 0; // sites of one code have values of their own
      Object.assign(this, { column, descending, key, ties, order: pvmap.ordered(key, descending) });
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
      const by = (a, b) => (this.descending ? b - a : a - b);
      order.sort((a, b) => compare(this.key[a], this.key[b], by) || compare(value.get(a), value.get(b), by));
      this.order.set(order, from);
    }
  }

  /** Order of two values, those without one last. */
  function compare(a, b, by) {
    const [noA, noB] = [a, b].map((value) => value === null || Number.isNaN(value));
    return noA || noB ? noA - noB : by(a, b);
  }

  /** Function that gives the sorting key of a site: its code, or the number that the case has instead; NaN for none. */
  function coded(dataset, variable) {
    const amount = dataset.inCase(variable), codes = dataset.codes[variable.key];
    return (number) => (amount ? amount[number] : codes[number]) || NaN;
  }

  /** The same of a column that has no code: exact values, of alternating current as the case has it. */
  async function exactly(kinds, column) {
    await Promise.all(kinds.map((kind) => pvmap.datasets[kind].columns(pvmap.meta.whole.filter((name) => name === column || PER.includes(name)))));
    if (column !== "capacity_kwac" || pvmap.case().column === "capacity_kwp") return (dataset) => dataset.exact(column);
    return (dataset) => (number) => pvmap.format.alternating(dataset.kind, dataset.capacity[number]) || NaN;
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
