/* Tiles arrive as calls pvmapTile(layer, key, raw deflate as text): from this page, or from script files beside it. */
"use strict";
(() => {
  const payloads = new Map();
  const waiting = new Map();
  let arrived = false; // the whole page is here: what has not come will not come

  window.pvmapTile = (layer, key, payload, page) => {
    if (page !== window.pvmapTile.page) return; // left here by another map
    const name = `${layer}/${key}`;
    payloads.set(name, payload);
    for (const done of waiting.get(name) || []) done(payload);
    waiting.delete(name);
    // The text of the call is not needed twice.
    if (document.currentScript) document.currentScript.remove();
  };

  function loadScript(file) {
    return new Promise((done) => {
      const script = document.createElement("script");
      script.src = `${pvmap.meta.folder}${file}`;
      script.onload = script.onerror = () => {
        script.remove();
        done();
      };
      document.head.append(script);
    });
  }

  const files = new Map(); // script files on their way, so that none is asked for twice

  function take(name) {
    const found = payloads.get(name) ?? null;
    payloads.delete(name);
    files.delete(name);
    return found;
  }

  /** Text of a block, or null where there is none. In the folder layout it comes from a file and is not kept. */
  async function payload(layer, key) {
    const name = `${layer}/${key}`;
    if (payloads.has(name)) return payloads.get(name);
    if (pvmap.meta.folder) {
      await complete; // small layers come with the page
      if (payloads.has(name)) return payloads.get(name);
      if (!files.has(name)) files.set(name, loadScript(`${name}.js`).then(() => take(name)));
      return files.get(name);
    }
    if (arrived) return null;
    return new Promise((done) => waiting.set(name, [...(waiting.get(name) || []), done]));
  }

  const complete = new Promise((done) => document.addEventListener("DOMContentLoaded", done));
  complete.then(() => {
    arrived = true;
    for (const done of [...waiting.values()].flat()) done(null);
    waiting.clear();
  });

  const DIGITS = new Uint8Array(128); // of the 91 signs: all of ASCII that is printed but the blank, ", < and \
  for (let code = 33, digit = 0; code < 127; code++) if (!'"<\\'.includes(String.fromCharCode(code))) DIGITS[code] = digit++;

  /** Bytes of a text in which two signs hold 13 bits, the lowest first; a single one at the end holds 6. */
  function fromText(text) {
    const signs = new TextEncoder().encode(text), pairs = signs.length >> 1, single = signs.length & 1;
    const bytes = new Uint8Array((13 * pairs + 6 * single) >> 3);
    let bits = 0, many = 0, at = 0;
    for (let i = 0; i < 2 * pairs; i += 2) {
      bits |= (DIGITS[signs[i]] + 91 * DIGITS[signs[i + 1]]) << many;
      for (many += 13; many >= 8; many -= 8, bits >>>= 8) bytes[at++] = bits;
    }
    if (single) bytes[at] = bits | (DIGITS[signs[2 * pairs]] << many);
    return bytes;
  }

  async function inflate(text) {
    const { writable, readable } = new DecompressionStream("deflate-raw"), writer = writable.getWriter();
    const written = writer.write(fromText(text)).then(() => writer.close()); // a page of the table takes a hundred blocks: a Blob each would be felt
    const [inflated] = await Promise.all([new Response(readable).arrayBuffer(), written]);
    return new Uint8Array(inflated);
  }

  /** Bytes of a block, inflated; null where there is none, which the reader is told unless the map may lack it. */
  async function block(layer, key) {
    try {
      const found = await payload(layer, key);
      if (found !== null) return await inflate(found);
    } catch {
      // cut short, or no data: as good as lost
    }
    if (layer !== "beneath") lost();
    return null;
  }

  /** Say that data are missing: sums would else pass for those of the whole city. */
  function lost() {
    if (document.getElementById("pvmap-lost")) return;
    const key = pvmap.meta.folder ? "lost_beside" : "lost_within";
    const told = { id: "pvmap-lost", class: "pvmap-alert error", role: "alert", "data-text": key, text: pvmap.text(key) };
    document.getElementById("pvmap-panel").prepend(pvmap.el("p", told));
  }

  /** A block of JSON; null where there is none. */
  async function json(layer, key) {
    const bytes = await block(layer, key);
    return bytes && JSON.parse(new TextDecoder().decode(bytes));
  }

  /** Forget a block that is decoded for good. */
  const forget = (layer, key) => payloads.delete(`${layer}/${key}`);

  /** Split a block into its JSON header and the place where its bytes begin. */
  function header(bytes) {
    const length = new DataView(bytes.buffer).getUint32(0, true);
    return [JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length))), 4 + length];
  }

  /** Unsigned numbers of two or four bytes, from byte planes. */
  function unsigned(bytes, at, n, width) {
    const values = width === 2 ? new Uint16Array(n) : new Uint32Array(n);
    if (width === 2) for (let i = 0; i < n; i++) values[i] = bytes[at + i] | (bytes[at + n + i] << 8);
    else for (let i = 0; i < n; i++) values[i] = bytes[at + i] | (bytes[at + n + i] << 8) | (bytes[at + 2 * n + i] << 16) | (bytes[at + 3 * n + i] << 24);
    return values;
  }

  /** 16-bit values from zigzag differences; the sums wrap. */
  function running(bytes, at, n) {
    const values = new Uint16Array(n);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const step = bytes[at + i] | (bytes[at + n + i] << 8);
      sum += (step >>> 1) ^ -(step & 1);
      values[i] = sum;
    }
    return values;
  }

  /** A column of some sites: whole numbers in byte planes that begin `at` a place, read where they are asked for. */
  class Column {
    constructor(bytes, at, rows, name, [width, base, missing]) {
      const [scale, per] = pvmap.meta.steps[pvmap.meta.columns.indexOf(name)];
      Object.assign(this, { bytes, at, rows, width, base, missing, scale, per });
    }

    /** Value of a row, of the column it is a ratio of where it is one; null where the table holds none. */
    value(row) {
      let whole = 0;
      for (let k = this.width - 1; k >= 0; k--) whole = whole * 256 + this.bytes[this.at + k * this.rows + row];
      return this.missing && whole === 0 ? null : (whole + this.base) * this.scale;
    }

    /** What `value` gives of every row, NaN for none. */
    values() {
      const { bytes, at, rows, width, base, missing, scale } = this, values = new Float64Array(rows);
      for (let k = width - 1; k >= 0; k--) for (let row = 0, from = at + k * rows; row < rows; row++) values[row] = values[row] * 256 + bytes[from + row];
      for (let row = 0; row < rows; row++) values[row] = missing && values[row] === 0 ? NaN : (values[row] + base) * scale;
      return values;
    }
  }

  /** A column of all sites of a layer; null where none has a value. */
  async function wholeColumn(layer, name) {
    const bytes = await block(layer, `whole_${name}`);
    if (!bytes) return null;
    forget(layer, `whole_${name}`);
    const [head, at] = header(bytes);
    return head.column && new Column(bytes, at, head.n, name, head.column);
  }

  /** One tile: geometry unpacked, columns read where they are asked for; the dataset holds those that stand apart from tiles. */
  class Tile {
    constructor(bytes, dataset) {
      const [head, begin] = header(bytes);
      this.dataset = dataset;
      Object.assign(this, head);
      this.rows = this.owned + this.borrowed;
      let at = begin;
      this.extra = unsigned(bytes, at, this.borrowed, 4);
      at += 4 * this.borrowed;
      this.row = unsigned(bytes, at, this.shapes, 4);
      at += 4 * this.shapes;
      const perShape = unsigned(bytes, at, this.shapes, 4);
      at += 4 * this.shapes;
      const perRing = unsigned(bytes, at, this.rings, 4);
      at += 4 * this.rings;
      this.shape = starts(perShape);
      this.ring = starts(perRing);
      this.xs = coordinates(running(bytes, at, this.points));
      at += 2 * this.points;
      this.ys = coordinates(running(bytes, at, this.points));
      at += 2 * this.points;
      this.fields = new Map();
      for (const [column, ...about] of this.columns) {
        const name = pvmap.meta.columns[column];
        this.fields.set(name, new Column(bytes, at, this.rows, name, about));
        at += about[0] * this.rows;
      }
      this.box = this.boxes();
    }

    number(row) {
      return row < this.owned ? this.first + row : this.extra[row - this.owned];
    }

    rowOf(number) {
      const own = number - this.first;
      if (own >= 0 && own < this.owned) return own;
      const at = this.extra.indexOf(number);
      return at < 0 ? -1 : this.owned + at;
    }

    /** Value of a column in a row; null where the table holds none. */
    value(name, row) {
      if (this.dataset.held.has(name)) return this.dataset.value(name, this.number(row));
      const column = this.fields.get(name), value = column ? column.value(row) : null;
      if (value === null || !column.per) return value;
      const other = this.value(column.per, row);
      return other === null ? null : value * other;
    }

    boxes() {
      const box = new Int32Array(4 * this.shapes);
      for (let s = 0; s < this.shapes; s++) {
        let west = 1e9, north = 1e9, east = -1e9, south = -1e9;
        for (let p = this.ring[this.shape[s]]; p < this.ring[this.shape[s + 1]]; p++) {
          if (this.xs[p] < west) west = this.xs[p];
          if (this.xs[p] > east) east = this.xs[p];
          if (this.ys[p] < north) north = this.ys[p];
          if (this.ys[p] > south) south = this.ys[p];
        }
        box.set([west, north, east, south], 4 * s);
      }
      return box;
    }
  }

  function starts(counts) {
    const start = new Uint32Array(counts.length + 1);
    for (let i = 0; i < counts.length; i++) start[i + 1] = start[i] + counts[i];
    return start;
  }

  /** A polygon may reach 1.2 tiles beyond the tile: 16 bits stand for -1.5 to 2.5 tiles. */
  function coordinates(wrapped) {
    const values = new Int32Array(wrapped.length);
    for (let i = 0; i < wrapped.length; i++) values[i] = wrapped[i] >= 40960 ? wrapped[i] - 65536 : wrapped[i];
    return values;
  }

  Object.assign(pvmap, { block, fromText, json, forget, header, unsigned, running, wholeColumn, Tile });
})();
