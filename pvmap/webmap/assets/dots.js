/* Zooms without polygons: every site's point goes into the pixel it falls in; nothing is dropped or thinned. */
"use strict";
(() => {
  /** What one canvas tile shows of a dataset: tile units to pixels, and which runs can touch it. */
  function placing(dataset, coords, size) {
    const zoom = Math.pow(2, coords.z - dataset.zoom);
    const window = {
      west: (coords.x - 0.02) / zoom,
      east: (coords.x + 1.02) / zoom,
      north: (coords.y - 0.02) / zoom,
      south: (coords.y + 1.02) / zoom,
    };
    return { scale: zoom * size, left: coords.x * size, top: coords.y * size, runs: dataset.runsIn(window) };
  }

  /**
   * Draw points into a canvas.
   * Ratios take a pixel's mean weighted by capacity, amounts their sum, kinds and uses the last site drawn there.
   */
  function drawDots(canvas, coords, dataset, look) {
    const size = canvas.width;
    const context = canvas.getContext("2d");
    const image = context.createImageData(size, size);
    const pixels = new Uint32Array(image.data.buffer);
    const { scale, left, top, runs } = placing(dataset, coords, size);
    const dot = Math.max(1, Math.round(look.dot(coords.z) * (size / 256)));
    const half = dot >> 1;
    const { shown, capacity } = dataset, wanted = look.excluded ? pvmap.EXCLUDED : pvmap.USABLE;
    const mixed = look.variable && look.variable.combine !== "none";
    const wide = size + 2 * dot, cells = mixed ? wide * wide : 0; // points beside the canvas reach into it
    const sum = new Float64Array(cells), weight = new Float64Array(cells);
    const classOf = look.variable && !mixed ? dataset.classer(look.variable) : null, valueOf = mixed ? dataset.valuer(look.variable) : null;
    const mean = mixed && look.variable.combine === "mean";

    for (const run of runs) {
      const ox = run.x * scale - left, oy = run.y * scale - top;
      const step = scale / 65536;
      for (let i = run.first; i < run.first + run.owned; i++) {
        if (!(shown[i] & wanted)) continue;
        const px = Math.floor(ox + dataset.x[i] * step), py = Math.floor(oy + dataset.y[i] * step);
        if (mixed) {
          const across = px + dot, down = py + dot;
          const value = across >= 0 && down >= 0 && across < wide && down < wide ? valueOf(i) : NaN;
          if (value !== value) continue;
          const share = mean ? capacity[i] : 1, at = down * wide + across;
          sum[at] += value * share;
          weight[at] += share;
          continue;
        }
        const colour = classOf ? look.variable.pixels[classOf(i)] : look.pixel;
        if (colour !== undefined) fill(pixels, size, px - half, py - half, dot, colour);
      }
    }
    if (mixed) {
      for (let at = 0; at < sum.length; at++) {
        if (!weight[at]) continue;
        const colour = look.variable.pixels[look.variable.classify(mean ? sum[at] / weight[at] : sum[at])];
        fill(pixels, size, (at % wide) - dot - half, Math.floor(at / wide) - dot - half, dot, colour);
      }
    }
    context.putImageData(image, 0, 0);
  }

  function fill(pixels, size, x, y, dot, colour) {
    for (let py = Math.max(0, y); py < Math.min(size, y + dot); py++)
      for (let px = Math.max(0, x); px < Math.min(size, x + dot); px++) pixels[py * size + px] = colour;
  }

  /** The shown site whose point is nearest to a place, within some pixels; -1 where there is none. */
  function nearestDot(dataset, map, latlng, reach, excluded) {
    const scale = 256 * Math.pow(2, map.getZoom() - dataset.zoom);
    const at = map.project(latlng).divideBy(scale), radius = reach / scale;
    const window = { west: at.x - radius, east: at.x + radius, north: at.y - radius, south: at.y + radius };
    let best = -1, least = radius * radius;
    dataset.each(
      window,
      (i) => {
        const run = dataset.ownerOf(i);
        const dx = run.x + dataset.x[i] / 65536 - at.x, dy = run.y + dataset.y[i] / 65536 - at.y;
        const distance = dx * dx + dy * dy;
        if (distance <= least) [best, least] = [i, distance];
      },
      excluded,
    );
    return best;
  }

  Object.assign(pvmap, { drawDots, nearestDot });
})();
