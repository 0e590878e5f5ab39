/* Zooms with polygons: tiles drawn whole, one path per colour, filled "nonzero" so that overlaps do not punch holes. */
"use strict";
(() => {
  /** Tile keys of a dataset that a canvas tile needs. */
  function keysFor(dataset, coords) {
    const keys = [];
    if (coords.z >= dataset.zoom) {
      const by = Math.pow(2, coords.z - dataset.zoom);
      keys.push(`${Math.floor(coords.x / by)}_${Math.floor(coords.y / by)}`);
    } else {
      const by = Math.pow(2, dataset.zoom - coords.z);
      for (let i = 0; i < by; i++) for (let j = 0; j < by; j++) keys.push(`${coords.x * by + i}_${coords.y * by + j}`);
    }
    return keys.filter((key) => dataset.byKey.has(key));
  }

  function drawPolygons(canvas, coords, dataset, tile, look) {
    const size = canvas.width;
    const context = canvas.getContext("2d");
    const zoom = Math.pow(2, coords.z - tile.z);
    const scale = (size * zoom) / tile.extent;
    const ox = (tile.x * zoom - coords.x) * size, oy = (tile.y * zoom - coords.y) * size;
    const west = -ox / scale, east = (size - ox) / scale, north = -oy / scale, south = (size - oy) / scale;
    const box = tile.box, groups = new Map();
    const classOf = look.variable ? dataset.classer(look.variable) : null;

    for (let s = 0; s < tile.shapes; s++) {
      if (box[4 * s + 2] < west || box[4 * s] > east || box[4 * s + 3] < north || box[4 * s + 1] > south) continue;
      const number = tile.number(tile.row[s]);
      if (!dataset.passes(number, look.excluded)) continue;
      const colour = classOf ? look.variable.colours[classOf(number)] || look.missing : look.colour;
      const group = s < tile.lowest ? `under ${colour}` : colour; // squares for masked sites come first and are drawn first
      if (!groups.has(group)) groups.set(group, { colour, under: s < tile.lowest, shapes: [] });
      groups.get(group).shapes.push(s);
      if (look.drawn) look.drawn.add(number);
    }

    context.save();
    if (zoom < 1) {
      // Several tiles share this canvas: each draws its own square only, so that no site is painted twice.
      context.beginPath();
      context.rect(ox, oy, size * zoom, size * zoom);
      context.clip();
    }
    const ratio = size / 256;
    context.lineJoin = "round";
    for (const { colour, under, shapes } of groups.values()) {
      context.beginPath();
      for (const s of shapes) trace(context, tile, s, scale, ox, oy);
      context.fillStyle = colour;
      context.globalAlpha = under ? 0.3 : look.excluded ? 0.45 : 0.85;
      context.fill();
      if (coords.z >= 16) {
        context.globalAlpha = 1;
        context.strokeStyle = look.excluded ? colour : "rgba(255,255,255,0.8)";
        context.lineWidth = ratio * (coords.z >= 18 ? 1 : 0.6);
        context.stroke();
      }
    }
    context.restore();
  }

  function trace(context, tile, s, scale, ox, oy) {
    for (let r = tile.shape[s]; r < tile.shape[s + 1]; r++) {
      const end = tile.ring[r + 1];
      let p = tile.ring[r];
      context.moveTo(tile.xs[p] * scale + ox, tile.ys[p] * scale + oy);
      for (p++; p < end; p++) context.lineTo(tile.xs[p] * scale + ox, tile.ys[p] * scale + oy);
      context.closePath();
    }
  }

  /** Shape of a tile that holds a place given in tile steps; the last one drawn wins. -1 where there is none. */
  function shapeAt(tile, x, y, passes) {
    const box = tile.box;
    for (let s = tile.shapes - 1; s >= 0; s--) {
      if (x < box[4 * s] || x > box[4 * s + 2] || y < box[4 * s + 1] || y > box[4 * s + 3]) continue;
      if (passes(tile.number(tile.row[s])) && inside(tile, s, x, y)) return s;
    }
    return -1;
  }

  function inside(tile, s, x, y) {
    let odd = false;
    for (let r = tile.shape[s]; r < tile.shape[s + 1]; r++) {
      const begin = tile.ring[r], end = tile.ring[r + 1];
      for (let p = begin, q = end - 1; p < end; q = p++) {
        const yp = tile.ys[p], yq = tile.ys[q];
        if (yp > y !== yq > y && x < ((tile.xs[q] - tile.xs[p]) * (y - yp)) / (yq - yp) + tile.xs[p]) odd = !odd;
      }
    }
    return odd;
  }

  /** Rings of all shapes of a row, as latitude and longitude. */
  function ringsOf(tile, row) {
    const rings = [];
    for (let s = 0; s < tile.shapes; s++) {
      if (tile.row[s] !== row) continue;
      for (let r = tile.shape[s]; r < tile.shape[s + 1]; r++) {
        const ring = [];
        for (let p = tile.ring[r]; p < tile.ring[r + 1]; p++) {
          const at = L.point(tile.x + tile.xs[p] / tile.extent, tile.y + tile.ys[p] / tile.extent).multiplyBy(256);
          ring.push(L.CRS.EPSG3857.pointToLatLng(at, tile.z));
        }
        rings.push(ring);
      }
    }
    return rings;
  }

  Object.assign(pvmap, { keysFor, drawPolygons, shapeAt, ringsOf });
})();
