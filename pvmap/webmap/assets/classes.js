/* Variables: codes become classes, colours and values. */
"use strict";
(() => {
  /** A variable with look-up tables by code; code 0 means that the table holds no value. */
  class Variable {
    constructor(about) {
      Object.assign(this, about);
      const size = 2 + this.classes.length * this.sub;
      this.classOf = new Int16Array(size).fill(-1);
      this.valueOf = new Float64Array(size);
      for (let code = 1; code < size; code++) {
        const number = Math.min(Math.floor((code - 1) / this.sub), this.classes.length - 1);
        this.classOf[code] = number;
        this.valueOf[code] = this.edges.length ? this.inside(number, ((code - 1) % this.sub) + 0.5) : number;
      }
      this.pixels = this.colours.map(pixel);
    }

    inside(number, step) {
      const low = this.edges[number], high = this.edges[number + 1], share = step / this.sub;
      return this.log ? low * Math.pow(high / low, share) : low + (high - low) * share;
    }

    /** Class of a value: the sums and means of several sites have no code. */
    classify(value) {
      let number = 0;
      while (number < this.classes.length - 1 && value >= this.edges[number + 1]) number++;
      return number;
    }

    /** Size by which the unit of the whole scale is chosen. */
    get typical() {
      return this.edges.length > 2 ? this.edges[Math.floor(this.edges.length / 2)] : this.edges[0];
    }

    title() {
      return pvmap.text(this.key);
    }

    unit() {
      return this.quantity ? pvmap.format.unitName(this.quantity, this.typical) : "";
    }

    titleWithUnit() {
      const unit = this.unit();
      return unit ? pvmap.text("with_unit", { name: this.title(), unit }) : this.title();
    }

    label(number) {
      if (!this.edges.length) return pvmap.className(this.key, this.classes[number]);
      const show = (edge) => pvmap.format.bare(this.quantity, edge, this.typical);
      if (this.classes.length === 1) return `${show(this.edges[0])}–${show(this.edges[1])}`;
      if (number === 0) return `< ${show(this.edges[1])}`;
      if (number === this.classes.length - 1) return `≥ ${show(this.edges[number])}`;
      return `${show(this.edges[number])}–${show(this.edges[number + 1])}`;
    }
  }

  /** Colour as the 32-bit number a canvas stores. */
  function pixel(colour) {
    const n = parseInt(colour.slice(1), 16);
    return ((255 << 24) | ((n & 255) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
  }

  /** Name of a class in the reader's language; names from the data stay as they are. */
  function className(key, name) {
    if (key === "district") return name || pvmap.text("no_district");
    if (key === "excluded_by") return name === "unstated" ? pvmap.text("unstated") : reason(name);
    const known = `${key}.${name}`;
    return pvmap.meta.texts[known] ? pvmap.text(known) : name;
  }

  /** Exclusion reasons are short English identifiers or names of masks; known ones are translated. */
  function reason(name) {
    if (pvmap.meta.texts[`reason.${name}`]) return pvmap.text(`reason.${name}`);
    return Object.hasOwn(pvmap.meta.reasons, name) ? pvmap.either(pvmap.meta.reasons[name]) : name;
  }

  const variables = new Map(pvmap.meta.variables.map((about) => [about.key, new Variable(about)]));
  pvmap.variables = variables;
  pvmap.current = () => variables.get(pvmap.state.variable);
  Object.assign(pvmap, { pixel, className, reason });

  pvmap.setVariable = (key) => {
    pvmap.state.variable = key;
    pvmap.emit("variable");
  };

  /** Tick or untick one class of a variable. */
  pvmap.setClass = (key, number, ticked) => {
    const off = (pvmap.state.off[key] = pvmap.state.off[key] || new Set());
    if (ticked) off.delete(number);
    else off.add(number);
    if (!off.size) delete pvmap.state.off[key];
    pvmap.emit("filter");
  };

  pvmap.clearFilter = () => {
    pvmap.state.off = {};
    pvmap.emit("filter");
  };
})();
