/* Sums over sites: of the view, of a zone, of what was drawn around. Each site counts once; ratios are ratios of sums. */
"use strict";
(() => {
  const QUANTITIES = ["n", "capacity", "energy", "priced", "cost", "parity", "unshaded", "lost"];

  /** Adds sites of one dataset up into `size` slots, a variable's classes apart; `add(slot, number)` per site. */
  class Slots {
    constructor(dataset, size, variable = null) {
      const { codes } = dataset, of = (key) => codes[key] && pvmap.variables.get(key).valueOf;
      for (const key of QUANTITIES) this[key] = new Float64Array(size);
      const { capacity, energy, sites } = dataset, { lcoe_cny_per_kwh: cost, shading_loss: loss, at_grid_parity: parity } = codes;
      const costOf = of("lcoe_cny_per_kwh"), lossOf = of("shading_loss");
      const count = variable ? variable.classes.length : 0, classOf = variable && dataset.classer(variable);
      this.classes = new Float64Array(size * count); // capacity
      this.add = (slot, i) => {
        const kwh = energy[i];
        this.n[slot] += sites ? sites[i] : 1;
        this.capacity[slot] += capacity[i];
        this.energy[slot] += kwh;
        const number = classOf ? classOf(i) : -1;
        if (number >= 0) this.classes[slot * count + number] += capacity[i];
        if (parity && parity[i] === 2) this.parity[slot] += capacity[i];
        if (cost && cost[i]) {
          this.priced[slot] += kwh;
          this.cost[slot] += kwh * costOf[cost[i]];
        }
        if (loss && loss[i]) {
          const share = lossOf[loss[i]], full = kwh / (1 - Math.min(share, 0.999));
          this.unshaded[slot] += full;
          this.lost[slot] += full - kwh;
        }
      };
    }
  }

  /**
   * Sums of one slot as numbers in the table's units, the ratios beside them, and the capacity of each class of a variable;
   * `parts` are [kind, slots] pairs.
   */
  function totals(parts, slot, variable = null) {
    const sum = Object.fromEntries(QUANTITIES.map((key) => [key, 0]));
    const kinds = {}, classes = variable ? variable.classes.map(() => 0) : [];
    let alternating = 0, co2 = pvmap.meta.columns.includes("co2_t_per_year") ? 0 : null;
    for (const [kind, slots] of parts) {
      if (!slots.n[slot]) continue;
      for (const key of QUANTITIES) sum[key] += slots[key][slot];
      classes.forEach((_, number) => (classes[number] += slots.classes[slot * classes.length + number]));
      kinds[kind] = { n: slots.n[slot], capacity: slots.capacity[slot], energy: slots.energy[slot], capacity_ac: pvmap.format.alternating(kind, slots.capacity[slot]) };
      alternating += kinds[kind].capacity_ac || 0;
      if (co2 !== null) co2 += slots.energy[slot] * (pvmap.meta.co2_per_kwh[kind] || 0);
    }
    const share = (above, below) => (below > 0 ? above / below : null);
    return {
      kinds,
      classes,
      n_sites: sum.n,
      capacity_kwp: sum.capacity,
      capacity_kwac: alternating || (sum.capacity ? null : 0),
      energy_kwh: sum.energy,
      specific_yield_kwh_per_kwp: share(sum.energy, sum.capacity),
      shading_loss: share(sum.lost, sum.unshaded),
      lcoe_cny_per_kwh: share(sum.cost, sum.priced),
      parity_share: share(sum.parity, sum.capacity),
      co2_t_per_year: co2,
    };
  }

  let memo = new Map();
  for (const event of ["variable", "filter", "layers", "data"]) pvmap.on(event, () => (memo = new Map()));

  /** Sums of every zone of a level over the kinds whose layer is on; slot 1 + zone. Remembered until something changes. */
  function ofLevel(level) {
    if (memo.has(level)) return memo.get(level);
    const variable = pvmap.current().edges.length ? null : pvmap.current();
    const parts = pvmap.kindsOn().filter((kind) => pvmap.datasets[kind].n).map((kind) => {
      const dataset = pvmap.datasets[kind], zone = dataset.codes[`zone_${pvmap.meta.levels[level]}`], { shown } = dataset;
      let most = 0;
      for (let i = 0; i < dataset.n; i++) if (zone[i] > most) most = zone[i];
      const slots = new Slots(dataset, most + 1, variable);
      for (let i = 0; i < dataset.n; i++) if (shown[i] & pvmap.USABLE) slots.add(zone[i], i);
      return [kind, slots];
    });
    const found = (zone) => totals(parts, zone + 1, variable);
    memo.set(level, found);
    return found;
  }

  /** Sums over some sites: `each(dataset, visit)` calls `visit(number)` per site. */
  function over(each) {
    const parts = [];
    for (const kind of pvmap.kindsOn()) {
      const dataset = pvmap.datasets[kind];
      if (!dataset.n) continue;
      const slots = new Slots(dataset, 1);
      each(dataset, (i) => slots.add(0, i));
      parts.push([kind, slots]);
    }
    return totals(parts, 0);
  }

  /** Energy of some sites in the twelve months, each site by its own shares of the year; null where there is none. */
  async function months(each) {
    const { months: names } = pvmap.meta, sums = names.map(() => 0);
    for (const kind of pvmap.kindsOn()) {
      const dataset = pvmap.datasets[kind], numbers = [];
      if (!dataset.n || !names.length) continue;
      await dataset.columns(names);
      each(dataset, (i) => numbers.push(i));
      const { district } = dataset.codes, factors = pvmap.meta.month_factors[kind];
      names.forEach((name, month) => {
        const shares = dataset.held.get(name);
        if (!shares) return;
        const found = new Float64Array(factors.length);
        for (const i of numbers) found[district[i] - 1] += dataset.energy[i] * shares.value(i);
        found.forEach((energy, number) => (sums[month] += energy * factors[number][month]));
      });
    }
    return sums.some((sum) => sum > 0) ? sums : null;
  }

  /** Sites of a zone of a level that pass. */
  const inZone = (level, zone) => (dataset, visit) => {
    const codes = dataset.codes[`zone_${pvmap.meta.levels[level]}`];
    for (let i = 0; i < dataset.n; i++) if (codes[i] === zone + 1 && dataset.shown[i] & pvmap.USABLE) visit(i);
  };
  const inView = (dataset, visit) => dataset.each(dataset.windowOf(pvmap.state.map), visit);
  const everywhere = (dataset, visit) => {
    for (let i = 0; i < dataset.n; i++) if (dataset.shown[i] & pvmap.USABLE) visit(i);
  };

  pvmap.sums = { ofLevel, over, months, inZone, inView, everywhere };
})();
