/* What the reader lets pass: classes unticked, ranges of numbers; every change counts the sites anew. */
"use strict";
(() => {
  const { state } = pvmap;
  state.ranges = {}; // variable -> [low, high], either may be infinite

  const changed = () => pvmap.emit("filter");

  /** Tick or untick one class of a variable. */
  pvmap.setClass = (key, number, ticked) => {
    const off = (state.off[key] = state.off[key] || new Set());
    if (ticked) off.delete(number);
    else off.add(number);
    if (!off.size) delete state.off[key];
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

  /** Filters as [variable, table]: for each code whether it passes. Code 0, no value, is the dataset's to judge. */
  pvmap.filters = () => {
    const found = Object.entries(state.off).map(([key, off]) => {
      const variable = pvmap.variables.get(key);
      return [variable, variable.classOf.map((number) => (number >= 0 && !off.has(number) ? 1 : 0))];
    });
    for (const [key, range] of Object.entries(state.ranges)) found.push([pvmap.variables.get(key), pvmap.variables.get(key).within(range)]);
    return found;
  };
})();
