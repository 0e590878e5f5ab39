/* Orders of a million: of numbers by their bits, of names piece by piece, so that the page answers meanwhile. */
"use strict";
(() => {
  const DIGITS = 65536, PIECE = 16384, BREATH = 12; // numbers in a digit, names in a piece, milliseconds at a stretch

  /** Rows in the order of their numbers (Float64Array), stable; NaN, no value, comes last. */
  pvmap.ordered = (numbers, descending) => {
    const n = numbers.length, digits = new Uint16Array(numbers.slice().buffer);
    let order = new Uint32Array(n);
    for (let row = 0; row < n; row++) {
      const at = 4 * row, nan = numbers[row] !== numbers[row], negative = numbers[row] < 0; // its bits fall as it rises
      const flip = negative !== descending ? 0xffff : 0;
      digits[at + 3] ^= negative ? 0 : 0x8000; // positive numbers stand after negative ones
      for (let k = 0; k < 4; k++) digits[at + k] = nan ? 0xffff : digits[at + k] ^ flip;
      order[row] = row;
    }
    for (let k = 0; k < 4; k++) order = byDigit(order, digits, k);
    return order;
  };

  /** One pass of a radix sort, lowest digit first; bytes are little-endian wherever browsers run. */
  function byDigit(order, digits, k) {
    const starts = new Uint32Array(DIGITS + 1), next = new Uint32Array(order.length);
    for (let row = 0; row < order.length; row++) starts[digits[4 * row + k] + 1]++;
    if (starts.includes(order.length)) return order; // all alike
    for (let i = 0; i < DIGITS; i++) starts[i + 1] += starts[i];
    for (const row of order) next[starts[digits[4 * row + k]]++] = row;
    return next;
  }

  /** Sort texts piece by piece, then two pieces and two, with a breath now and then for what the reader does. */
  async function sorted(texts, compare) {
    let since = performance.now();
    const breath = async () => {
      if (performance.now() - since < BREATH) return;
      await new Promise((done) => setTimeout(done));
      since = performance.now();
    };
    let pieces = [];
    for (let from = 0; from < texts.length; from += PIECE) {
      pieces.push(texts.slice(from, from + PIECE).sort(compare));
      await breath();
    }
    while (pieces.length > 1) {
      const longer = [];
      for (let i = 0; i < pieces.length; i += 2) longer.push(i + 1 < pieces.length ? await merged(pieces[i], pieces[i + 1], compare, breath) : pieces[i]);
      pieces = longer;
    }
    return pieces[0] || [];
  }

  async function merged(a, b, compare, breath) {
    const both = new Array(a.length + b.length);
    for (let i = 0, j = 0, k = 0; k < both.length; k++) {
      both[k] = j >= b.length || (i < a.length && compare(a[i], b[j]) <= 0) ? a[i++] : b[j++];
      if (k % PIECE === 0) await breath();
    }
    return both;
  }

  /** Rank of every site of the page by name, after them those that have none by identifier: [kind, ranks] pairs. */
  async function rank() {
    const named = [], bare = [], ranks = new Map();
    for (const [kind, dataset] of Object.entries(pvmap.datasets)) {
      await dataset.ready;
      ranks.set(kind, new Uint32Array(dataset.n));
      for (const run of dataset.owners || []) {
        const { ids, names } = pvmap.splitWords(await dataset.wordBytes(run.key));
        for (let own = 0; own < run.owned; own++) (names[own] ? named : bare).push({ kind, number: run.first + own, text: names[own] || ids[own] });
      }
    }
    const byName = new Intl.Collator(["zh", "en"]).compare;
    const inOrder = [
      [await sorted(named, (a, b) => byName(a.text, b.text)), (a, b) => byName(a.text, b.text) === 0],
      [await sorted(bare, (a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)), () => false],
    ];
    let last = 0;
    for (const [sites, alike] of inOrder)
      sites.forEach((site, i) => {
        if (!i || !alike(sites[i - 1], site)) last++;
        ranks.get(site.kind)[site.number] = last;
      });
    return ranks;
  }

  let ranks = null;
  /** Function that gives, for a dataset, the function from a site's number to its place among names; ranked once. */
  pvmap.namesInOrder = async () => {
    const found = await (ranks = ranks || rank());
    return (dataset) => (number) => found.get(dataset.kind)[number];
  };
})();
