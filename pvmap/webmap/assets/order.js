/* Orders of a million: of numbers by their bits, of names in pieces, so that the page answers meanwhile. */
"use strict";
(() => {
  const DIGITS = 65536, UNITS = 65537; // numbers in a digit; code units and the end of a text
  const PIECE = 4096, BREATH = 12, LONG = 60; // names in a piece, milliseconds at a stretch, code units of an identifier
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

  /** Function that lets the page do what the reader asks for, when the work has gone on for a while. */
  function breathing() {
    let since = performance.now();
    return async () => {
      if (performance.now() - since < BREATH) return;
      await new Promise((done) => setTimeout(done));
      since = performance.now();
    };
  }

  /** Sort piece by piece, then two pieces and two. */
  async function sorted(rows, compare, breath) {
    let pieces = [];
    for (let from = 0; from < rows.length; from += PIECE) {
      pieces.push(rows.slice(from, from + PIECE).sort(compare));
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

  /** Order of texts by their code units: three at a time as one number, the last three first. */
  async function byCodeUnits(texts, breath) {
    const longest = texts.reduce((most, { length }) => Math.max(most, length), 0), numbers = new Float64Array(texts.length);
    const unit = (text, at) => (at < text.length ? text.charCodeAt(at) + 1 : 0);
    let order = Uint32Array.from(texts.keys());
    if (longest > LONG) return sorted([...order], (a, b) => (texts[a] < texts[b] ? -1 : texts[a] > texts[b] ? 1 : 0), breath);
    for (let from = longest - (longest % 3); from >= 0; from -= 3) {
      for (let i = 0; i < numbers.length; i++) {
        const text = texts[order[i]];
        numbers[i] = (unit(text, from) * UNITS + unit(text, from + 1)) * UNITS + unit(text, from + 2);
      }
      if (numbers.some((number) => number !== numbers[0])) order = pvmap.ordered(numbers, false).map((i) => order[i]);
      await breath();
    }
    return order;
  }

  /** Place of every site of the page by name, after them those that have none by identifier; the sites of kinds in turn. */
  async function rank(starts) {
    const named = { texts: [], sites: [] }, bare = { texts: [], sites: [] }, breath = breathing();
    for (const [kind, dataset] of Object.entries(pvmap.datasets))
      for (const run of dataset.owners || []) {
        const { ids, names } = pvmap.splitWords(await dataset.wordBytes(run.key));
        for (let own = 0; own < run.owned; own++) {
          const mine = names[own] ? named : bare;
          mine.texts.push(names[own] || ids[own]);
          mine.sites.push(starts[kind] + run.first + own);
        }
        await breath();
      }
    const ranks = new Uint32Array(named.sites.length + bare.sites.length), compare = new Intl.Collator(["zh", "en"]).compare;
    const byName = (a, b) => compare(named.texts[a], named.texts[b]), inOrder = await sorted([...named.sites.keys()], byName, breath);
    let last = 0; // sites of one name share a place
    inOrder.forEach((row, i) => (ranks[named.sites[row]] = !i || byName(inOrder[i - 1], row) ? ++last : last));
    for (const row of await byCodeUnits(bare.texts, breath)) ranks[bare.sites[row]] = ++last;
    return ranks;
  }

  let ranks = null;
  /** Function that gives, for a dataset, the place of each of its sites among names; ranked once. */
  pvmap.namesInOrder = async () => {
    const starts = {};
    let n = 0;
    for (const [kind, dataset] of Object.entries(pvmap.datasets)) {
      await dataset.ready;
      starts[kind] = n;
      n += dataset.n;
    }
    const found = await (ranks = ranks || rank(starts));
    return ({ kind, n: own }) => found.subarray(starts[kind], starts[kind] + own);
  };
})();
