/* Variables: codes become classes, colours and values. */
"use strict";
(() => {
  /** A variable with look-up tables by code, made when first asked for; code 0 means that the table holds no value. */
  class Variable {
    constructor(about) {
      Object.assign(this, about);
      this.starts = this.starts || Array.from({ length: this.classes.length + 1 }, (_, i) => i + 1);
      this.pixels = this.colours.map(pixel);
      this.list = this.key; // name of its list of classes, each of which can be unticked
      const kinds = Object.entries(about.of_kinds).map(([kind, scale]) => [kind, this.scaled(kind, scale)]);
      this.kinds = new Map(kinds);
    }

    /** The same number in classes of another kind's own. */
    scaled(kind, { edges, colours }) {
      const own = { edges, colours, classes: colours.map(() => ""), pixels: colours.map(pixel), list: `${this.key}@${kind}`, whole: this };
      return Object.assign(Object.create(Variable.prototype), this, own);
    }

    /** The variable as sites of a kind are classed by it. */
    of(kind) {
      return this.kinds.get(kind) || this;
    }

    get size() {
      return this.starts[this.starts.length - 1];
    }

    /** Class of each code, -1 for none. */
    get classOf() {
      const table = new Int32Array(this.size).fill(-1), last = this.classes.length - 1;
      const from = (number) => (this.edges.length ? this.starts[this.borders.indexOf(this.edges[number])] : this.starts[number]);
      this.classes.forEach((_, number) => table.fill(number, number ? from(number) : 1, number < last ? from(number + 1) : this.size));
      Object.defineProperty(this, "classOf", { value: table });
      return table;
    }

    /** Value in the middle of each code's step; of a qualitative variable its class. */
    get valueOf() {
      if (this.whole) return this.whole.valueOf; // codes are the same for every kind
      const table = new Float64Array(this.size);
      for (let code = 1; code < this.size; code++) table[code] = this.edges.length ? this.at(code, 0.5) : code - 1;
      Object.defineProperty(this, "valueOf", { value: table });
      return table;
    }

    /** Value at a share of a code's step. */
    at(code, share) {
      let number = 0;
      while (code >= this.starts[number + 1]) number++;
      const [from, to] = [this.starts[number], this.starts[number + 1]];
      const low = this.borders[number], high = this.borders[number + 1], along = (code - from + share) / (to - from);
      return this.log ? low * Math.pow(high / low, along) : low + (high - low) * along;
    }

    /** Class of a value: the sums and means of several sites have no code. */
    classify(value) {
      let number = 0;
      while (number < this.classes.length - 1 && value >= this.edges[number + 1]) number++;
      return number;
    }

    /** For each code whether its step touches the range; a border belongs to it. */
    within([low, high]) {
      const pass = new Uint8Array(this.size);
      for (let code = 1; code < this.size; code++) pass[code] = this.at(code, 1) >= low && this.at(code, 0) <= high ? 1 : 0;
      return pass;
    }

    /** Size by which the unit of the whole scale is chosen. */
    get typical() {
      return this.edges.length > 2 ? this.edges[Math.floor(this.edges.length / 2)] : this.edges[0];
    }

    title() {
      return this.key === "capacity_kwp" ? pvmap.caseTitle() : pvmap.text(this.key);
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
  /** What sites of a kind are coloured by; null for their own colour: mines and ponds have no use. */
  pvmap.colouring = (kind) => (kind !== "rooftop" && pvmap.state.variable === "building_use" ? null : pvmap.current().of(kind));
  /** The variable that a list of classes is of, as a kind has it. */
  pvmap.listed = (list) => {
    const [key, kind] = list.split("@");
    return kind === undefined ? variables.get(key) : variables.get(key)?.kinds.get(kind);
  };
  Object.assign(pvmap, { pixel, className, reason });

  pvmap.setVariable = (key) => {
    pvmap.state.variable = key;
    pvmap.emit("variable");
  };
})();
