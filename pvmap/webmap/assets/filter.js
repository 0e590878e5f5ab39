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
