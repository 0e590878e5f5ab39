/* A list of sites in an order: what table, second sheet and download go through. A million are listed and sorted at once. */
"use strict";
(() => {
  class SiteList {
    /** Sites that `each(dataset, visit)` visits, of the kinds whose layer is on; `kept` are columns decoded before. */
    constructor(each, kept = new Map()) {
      this.kept = kept;
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

    /** What the table shows of the sites at some places of the order. */
    page(from, to) {
      return Promise.all(this.slice(from, to).map(([dataset, number]) => dataset.brief(number)));
    }

    /** Sort by a column as the table shows it, stable; sites without a value last. An order that was asked for later stays. */
    async sort(column, descending) {
      const mine = ++this.asked;
      await Promise.all(this.kinds.map((kind) => pvmap.datasets[kind].columns(pvmap.LISTED)));
      if (mine !== this.asked) return;
      const perKind = this.kinds.map((kind) => shown(pvmap.datasets[kind], column, this.kept));
      const numbers = new Float64Array(this.length);
      let row = 0;
      perKind.forEach((values, k) => {
        for (; row < this.length && this.kind[row] === k; row++) numbers[row] = values[this.number[row]];
      });
      Object.assign(this, { column, descending, order: pvmap.ordered(numbers, descending) });
    }
  }

  /** `caseValue` of all sites of a dataset, of a column of classes the number of the class; NaN for none. */
  function shown(dataset, column, kept) {
    if (column === "name") return dataset.exact("place_by_name", kept);
    const variable = pvmap.variables.get(column), own = pvmap.case().column;
    if (variable && !variable.edges.length) return classes(dataset.codes[column]);
    if (column === "capacity_kwp") return dataset.exact(own, kept);
    if (column === "specific_yield_kwh_per_kwp") return dataset.ratios("energy_kwh", kept); // stored per capacity
    if (own === "capacity_kwp" || !["energy_kwh", "capacity_kwac"].includes(column)) return dataset.exact(column, kept);
    if (column === "energy_kwh") return dataset.energy;
    return dataset.exact(own, kept).map((capacity) => pvmap.format.alternating(dataset.kind, capacity) ?? NaN);
  }

  function classes(codes) {
    const numbers = new Float64Array(codes.length);
    for (let i = 0; i < codes.length; i++) numbers[i] = codes[i] || NaN;
    return numbers;
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
