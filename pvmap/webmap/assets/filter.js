/* What the reader lets pass: classes unticked, ranges of numbers; every change counts the sites anew. */
"use strict";
(() => {
  const { state } = pvmap;
  state.ranges = {}; // variable -> [low, high], either may be infinite

  const changed = () => pvmap.emit("filter");

  /** Tick or untick one class of a list. */
  pvmap.setClass = (list, number, ticked) => {
    const off = (state.off[list] = state.off[list] || new Set());
    if (ticked) off.delete(number);
    else off.add(number);
    if (!off.size) delete state.off[list];
    changed();
  };

  /** Let only the values from `low` to `high` pass; infinite at both ends is no filter. */
  pvmap.setRange = (key, low, high) => {
    if (low === -Infinity && high === Infinity) delete state.ranges[key];
    else state.ranges[key] = [low, high];
    changed();
  };

  /** Let only one class of a variable pass; null lets all. */
  pvmap.setOnly = (key, number) => {
    const { classes } = pvmap.variables.get(key);
    delete state.off[key];
    if (number !== null) state.off[key] = new Set(classes.map((_, one) => one).filter((one) => one !== number));
    if (number !== null && !state.off[key].size) delete state.off[key];
    changed();
  };

  pvmap.clearFilter = () => {
    state.off = {};
    state.ranges = {};
    changed();
  };

  pvmap.filtered = () => Object.keys(state.off).length + Object.keys(state.ranges).length > 0;

  const FEW = 6; // names of classes in a line
  /** What passes, in words: a line for each filter. */
  pvmap.filterWords = () => {
    const lines = Object.entries(state.off).map(([list, off]) => {
      const variable = pvmap.listed(list), kind = list.split("@")[1], numbers = variable.classes.map((_, number) => number);
      const name = kind ? `${pvmap.text(`kind.${kind}`)} ${variable.titleWithUnit()}` : variable.titleWithUnit();
      const kept = numbers.filter((number) => !off.has(number)), fewer = kept.length <= off.size ? kept : [...off].sort((a, b) => a - b);
      const labels = [...fewer.slice(0, FEW).map((number) => variable.label(number)), ...(fewer.length > FEW ? ["…"] : [])].join(pvmap.text("list_comma"));
      return pvmap.text(fewer === kept ? "colon" : "filter_without", { a: name, b: labels || pvmap.text("filter_none") });
    });
    for (const [key, ends] of Object.entries(state.ranges)) {
      const { quantity } = pvmap.variables.get(key), [low, high] = ends.map((value) => (Number.isFinite(value) ? pvmap.format(quantity, value) : ""));
      const span = low && high ? `${low} – ${high}` : low ? `≥ ${low}` : `≤ ${high}`;
      lines.push(pvmap.text("colon", { a: pvmap.variables.get(key).title(), b: span }));
    }
    return lines;
  };

  /** Filters of a kind as [variable, table]: for each code whether it passes. Code 0, no value, is the dataset's to judge. */
  pvmap.filters = (kind) => {
    const found = [];
    for (const variable of pvmap.variables.values()) {
      const own = variable.of(kind), off = state.off[own.list], range = state.ranges[own.key];
      if (off) found.push([own, own.classOf.map((number) => (number >= 0 && !off.has(number) ? 1 : 0))]);
      if (range) found.push([own, own.within(range)]);
    }
    return found;
  };
})();
