/* Orders of a million numbers, by their bits. */
"use strict";
(() => {
  const DIGITS = 2048; // numbers in a digit: so many places that are written to in turn stay at hand
  const NO_VALUE = 0xffffffff; // key of NaN, above those of all numbers
  const FEW = 32; // rows that are put in order one by one

  /** Rows in the order of their numbers (Float64Array), stable; NaN, no value, comes last. */
  pvmap.ordered = (numbers, descending) => {
    const n = numbers.length, halves = new Uint32Array(numbers.buffer, numbers.byteOffset, 2 * n);
    const high = new Uint32Array(n), rows = new Uint32Array(n); // bits that rise with the number; little-endian, as browsers are
    const flipped = descending ? 0xffffffff : 0;
    for (let row = 0; row < n; row++) {
      const number = numbers[row], negative = number < 0; // its bits fall as it rises
      high[row] = number !== number ? NO_VALUE : (number === 0 ? 0x80000000 : negative ? ~halves[2 * row + 1] : halves[2 * row + 1] ^ 0x80000000) ^ flipped; // negative ones stand first, zero is of either sign
      rows[row] = row;
    }
    const [keys, order] = [0, 11, 22].reduce(byDigit, [high, rows]);
    for (let from = 0, to; from < n; from = to) {
      let alike = true;
      for (to = from + 1; to < n && keys[to] === keys[from]; to++) alike &&= numbers[order[to]] === numbers[order[from]];
      if (!alike && keys[from] !== NO_VALUE) mend(order.subarray(from, to), numbers, descending ? -1 : 1);
    }
    return order;
  };

  /** One pass of a radix sort, by 11 bits of the keys; rows go with their keys. */
  function byDigit([keys, order], shift) {
    const starts = new Uint32Array(DIGITS + 1), n = keys.length;
    for (let i = 0; i < n; i++) starts[((keys[i] >>> shift) & (DIGITS - 1)) + 1]++;
    if (starts.includes(n)) return [keys, order]; // all alike
    for (let i = 0; i < DIGITS; i++) starts[i + 1] += starts[i];
    const sorted = new Uint32Array(n), next = new Uint32Array(n);
    for (let i = 0; i < n; i++) {
      const at = starts[(keys[i] >>> shift) & (DIGITS - 1)]++;
      sorted[at] = keys[i];
      next[at] = order[i];
    }
    return [sorted, next];
  }
  /** Put rows in order whose numbers agree in the upper half of their bits; `sign` is -1 for falling ones. */
  function mend(rows, numbers, sign) {
    if (rows.length > FEW) rows.sort((a, b) => sign * (numbers[a] - numbers[b]) || a - b);
    else
      for (let i = 1; i < rows.length; i++) {
        const row = rows[i];
        let at = i;
        for (; at && sign * (numbers[rows[at - 1]] - numbers[row]) > 0; at--) rows[at] = rows[at - 1];
        rows[at] = row;
      }
  }
})();
