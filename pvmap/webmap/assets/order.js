/* Orders of a million numbers, by their bits: parted once, and put in order no further than somebody looks. */
"use strict";
(() => {
  const MOST = 16384; // buckets: so few that places which are written to in turn stay at hand
  const NO_VALUE = 0xffffffff; // key of NaN, above those of all numbers
  const FEW = 32; // rows that are put in order one by one
  const UPPER = 1, LOWER = 0; // halves of a number; little-endian, as browsers are

  /** Rows in the order of their numbers (Float64Array), stable; NaN, no value, comes last. */
  class Order {
    constructor(numbers, descending) {
      const n = numbers.length;
      Object.assign(this, { numbers, sign: descending ? -1 : 1, length: n });
      this.halves = new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * n);
      this.rows = new Uint32Array(n);
      for (let row = 0; row < n; row++) this.rows[row] = row;
      this.starts = this.part(this.rows, UPPER) || Uint32Array.of(0, n);
      this.settled = new Uint8Array(this.starts.length);
    }

    /** Rows at some places of the order. */
    subarray(from, to) {
      const { rows, starts, settled } = this;
      for (let i = 0; i < starts.length - 1; i++) {
        if (settled[i] || starts[i + 1] <= from || starts[i] >= to) continue;
        this.settle(rows.subarray(starts[i], starts[i + 1]));
        settled[i] = 1;
      }
      return rows.subarray(from, to);
    }

    /** Halves of the numbers of some rows as bits that rise along the order, the lower ones where the upper ones agree. */
    keys(rows, which) {
      const { numbers, halves } = this, keys = new Uint32Array(rows.length), flipped = this.sign < 0 ? 0xffffffff : 0, positive = which && 0x80000000;
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i], number = numbers[row], half = halves[2 * row + which];
        // Negative ones stand first, and their bits fall as they rise; zero is of either sign.
        keys[i] = number !== number ? NO_VALUE : (number === 0 ? positive : number < 0 ? ~half : half ^ positive) ^ flipped;
      }
      return keys;
    }

    /** Bring rows into buckets that stand in order, as they came within each: where the buckets begin. Null where all keys are alike. */
    part(rows, which) {
      const keys = this.keys(rows, which), n = rows.length;
      let low = NO_VALUE, high = 0, without = 0;
      for (let i = 0; i < n; i++) {
        const key = keys[i];
        if (key < low) low = key;
        if (key === NO_VALUE) without++;
        else if (key > high) high = key;
      }
      if (low >= high && (!without || without === n)) return null;
      let shift = 0;
      while ((high - low) >>> shift >= Math.min(MOST, n)) shift++;
      const last = ((high - low) >>> shift) + 1, starts = new Uint32Array(last + 2); // the last bucket is for those without a value
      for (let i = 0; i < n; i++) starts[keys[i] === NO_VALUE ? last + 1 : ((keys[i] - low) >>> shift) + 1]++;
      for (let i = 0; i <= last; i++) starts[i + 1] += starts[i];
      const next = starts.slice(), parted = new Uint32Array(n);
      for (let i = 0; i < n; i++) parted[next[keys[i] === NO_VALUE ? last : (keys[i] - low) >>> shift]++] = rows[i];
      rows.set(parted);
      return starts;
    }

    /** Put rows in order. */
    settle(rows) {
      const { numbers, sign } = this;
      if (rows.length <= FEW)
        for (let i = 1; i < rows.length; i++) {
          const row = rows[i];
          let at = i;
          for (; at && sign * (numbers[rows[at - 1]] - numbers[row]) > 0; at--) rows[at] = rows[at - 1];
          rows[at] = row;
        }
      else if (!rows.every((row) => numbers[row] === numbers[rows[0]])) {
        const starts = this.part(rows, UPPER) || this.part(rows, LOWER);
        if (starts) for (let i = 0; i < starts.length - 1; i++) this.settle(rows.subarray(starts[i], starts[i + 1]));
      }
    }
  }

  pvmap.ordered = (numbers, descending) => new Order(numbers, descending);
})();
