/* One site as popup, table and download read it. */
"use strict";
(() => {
  /** One site, values read from its tile; without one those that stand apart. `words` are those of the tile that `run` tells of. */
  pvmap.Record = class {
    constructor(dataset, number, words, run, tile = null) {
      Object.assign(this, { dataset, number, tile, kind: dataset.kind });
      this.row = number - run.first;
      this.id = words.ids[this.row] ?? ""; // lost with its block
      this.name = words.names[this.row] ?? "";
    }

    get(name) {
      if (name === "specific_yield_kwh_per_kwp") {
        const energy = this.get("energy_kwh"), capacity = this.get("capacity_kwp");
        return energy === null || !capacity ? null : energy / capacity;
      }
      return this.tile ? this.tile.value(name, this.row) : this.dataset.value(name, this.number);
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
  };
})();
