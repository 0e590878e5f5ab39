/* Orders of a million numbers, by their bits. */
"use strict";
(() => {
  const DIGITS = 65536; // numbers in a digit
  const FEW = 32; // rows that are put in order one by one

  /** Rows in the order of their numbers (Float64Array), stable; NaN, no value, comes last. */
  pvmap.ordered = (numbers, descending) => {
    const n = numbers.length, halves = new Uint32Array(numbers.slice().buffer), rows = new Uint32Array(n);
    const high = new Uint32Array(n), low = new Uint32Array(n); // bits that rise with the number; little-endian, as browsers are
    for (let row = 0; row < n; row++) {
      const nan = numbers[row] !== numbers[row], negative = numbers[row] < 0; // its bits fall as it rises
      const zero = numbers[row] === 0; // of either sign
      const flip = negative !== descending ? 0xffffffff : 0;
      high[row] = nan ? 0xffffffff : (zero ? 0 : halves[2 * row + 1]) ^ (negative ? 0 : 0x80000000) ^ flip; // negative ones stand first
      low[row] = nan ? 0xffffffff : halves[2 * row] ^ flip;
      rows[row] = row;
    }
    const order = byDigit(byDigit(rows, high, 0), high, 16);
    for (let from = 0, to; from < n; from = to) {
      let alike = true;
      for (to = from + 1; to < n && high[order[to]] === high[order[from]]; to++) alike &&= low[order[to]] === low[order[from]];
      if (!alike) mend(order.subarray(from, to), low);
    }
    return order;
  };

  /** One pass of a radix sort, by 16 bits of the keys. */
  function byDigit(order, keys, shift) {
    const starts = new Uint32Array(DIGITS + 1), next = new Uint32Array(order.length);
    for (const key of keys) starts[((key >>> shift) & 0xffff) + 1]++;
    if (starts.includes(order.length)) return order; // all alike
    for (let i = 0; i < DIGITS; i++) starts[i + 1] += starts[i];
    for (const row of order) next[starts[(keys[row] >>> shift) & 0xffff]++] = row;
    return next;
  }

  /** Put rows that differ in the lower half of their bits only in its order. */
  function mend(rows, low) {
    if (rows.length > FEW) rows.sort((a, b) => low[a] - low[b] || a - b);
    else
      for (let i = 1; i < rows.length; i++) {
        const row = rows[i];
        let at = i;
        for (; at && low[rows[at - 1]] > low[row]; at--) rows[at] = rows[at - 1];
        rows[at] = row;
      }
  }
})();
