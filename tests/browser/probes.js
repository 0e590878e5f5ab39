/* What the browser tests look up inside the page. */
"use strict";
window.probe = {
  /** A site in the middle of the fullest tile. */
  densest() {
    const run = pvmap.datasets.rooftop.owners.slice().sort((a, b) => b.owned - a.owned)[0];
    return run.first + (run.owned >> 1);
  },

  /** Column and text of every number a popup shows, the unit included. */
  cells() {
    return [...document.querySelectorAll(".pvmap-popup [data-column]")].map((cell) => {
      const unit = cell.nextElementSibling?.tagName === "SPAN" ? ` ${cell.nextElementSibling.textContent}` : "";
      return [cell.dataset.column, cell.textContent + unit];
    });
  },

  /** Where a site's point lies in the window. */
  place(number) {
    const map = pvmap.state.map, p = map.latLngToContainerPoint(pvmap.datasets.rooftop.latLng(number));
    const box = map.getContainer().getBoundingClientRect();
    return [p.x + box.left, p.y + box.top];
  },

  /** Numbers of shown, usable sites over all kinds. */
  passing() {
    let n = 0;
    for (const d of Object.values(pvmap.datasets)) d.shown.forEach((s, i) => (n += s && !d.codes.excluded_by[i] ? 1 : 0));
    return n;
  },

  /** Draw the present view afresh and list the identifiers of the sites that were painted, once per painting. */
  async drawn() {
    const ids = [], map = pvmap.state.map;
    for (const layer of [...pvmap.stack].filter((one) => one.dataset && !one.options.excluded)) {
      layer.drawn = new Set();
      layer.redraw();
      await pvmap.idle();
      const { dataset } = layer, window = dataset.windowOf(map);
      for (const number of layer.drawn) {
        if (!(await probe.inView(dataset, number, window))) continue;
        ids.push((await dataset.record(number)).id);
      }
      layer.drawn = undefined;
    }
    return ids;
  },

  /** Canvas tiles reach beyond the view: whether the bounds of a site's polygon touch the view itself. */
  async inView(dataset, number, window) {
    for (const run of dataset.runsIn(window)) {
      const tile = await dataset.tile(run.key), row = tile.rowOf(number);
      for (let s = 0; s < tile.shapes && row >= 0; s++) {
        if (tile.row[s] !== row) continue;
        const [x0, x1] = [0, 2].map((k) => tile.x + tile.box[4 * s + k] / tile.extent);
        const [y0, y1] = [1, 3].map((k) => tile.y + tile.box[4 * s + k] / tile.extent);
        if (x1 >= window.west && x0 <= window.east && y1 >= window.north && y0 <= window.south) return true;
      }
    }
    return false;
  },

  /** Numbers of the sites in view under whose point no pixel is painted. */
  unpainted() {
    const map = pvmap.state.map, dataset = pvmap.datasets.rooftop, blank = [];
    const view = map.getContainer().getBoundingClientRect();
    const canvases = [...document.querySelectorAll(".leaflet-pvmap-sites-pane canvas")];
    const boxes = canvases.map((canvas) => canvas.getBoundingClientRect());
    dataset.each(dataset.windowOf(map), (number) => {
      const [x, y] = probe.place(number);
      if (x < view.left + 2 || y < view.top + 2 || x > view.right - 2 || y > view.bottom - 2) return;
      const painted = canvases.some((canvas, i) => {
        const box = boxes[i];
        if (x < box.left || y < box.top || x >= box.right || y >= box.bottom) return false;
        const px = Math.floor(((x - box.left) * canvas.width) / box.width);
        const py = Math.floor(((y - box.top) * canvas.height) / box.height);
        const around = canvas.getContext("2d").getImageData(Math.max(0, px - 1), Math.max(0, py - 1), 3, 3).data;
        return around.some((value, k) => k % 4 === 3 && value > 0);
      });
      if (!painted) blank.push(number);
    });
    return blank;
  },

  async numbersOf(ids) {
    const dataset = pvmap.datasets.rooftop, found = ids.map(() => -1);
    for (const run of dataset.owners) {
      const words = await dataset.words(run.key);
      ids.forEach((id, i) => {
        const row = words.ids.indexOf(id);
        if (row >= 0 && row < run.owned) found[i] = run.first + row;
      });
    }
    return found;
  },

  /** Distance between where a GCJ-02 tile lies and where it belongs. [px] */
  shiftError(lat, lng) {
    const map = pvmap.state.map;
    map.setView([lat, lng], 16, { animate: false });
    const blank = "data:image/gif;base64,R0lGODlhAQABAAAAACw=#{z}/{x}/{y}";
    const last = pvmap.meta.base_maps.push({ urls: [blank], datum: "gcj02", max_zoom: 18 }) - 1;
    const ground = pvmap.ground(last).addTo(map);
    const tile = Object.values(ground.getLayers()[0]._tiles)[0];
    const size = map.getSize(), at = tile.el.getBoundingClientRect(), view = map.getContainer().getBoundingClientRect();
    const centre = map.project(pvmap.toGcj02(lat, lng), 16);
    const x = tile.coords.x * 256 - centre.x + size.x / 2, y = tile.coords.y * 256 - centre.y + size.y / 2;
    return [at.left - view.left - x, at.top - view.top - y];
  },

  /** Texts whose contrast with their ground is below WCAG AA's 4.5 to 1. */
  faint() {
    const rgb = (text) => text.match(/[\d.]+/g).map(Number);
    const linear = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const ground = (node) => {
      for (; node; node = node.parentElement) {
        const colour = rgb(getComputedStyle(node).backgroundColor);
        if (colour.length < 4 || colour[3] > 0.9) return colour;
      }
      return [255, 255, 255];
    };
    const bad = [];
    for (const node of document.querySelectorAll("#pvmap-panel *, #pvmap-table *, .pvmap-popup *")) {
      const speaks = [...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim());
      if (!speaks || node.disabled || !node.getClientRects().length) continue;
      if (node.namespaceURI.includes("svg") || node.tagName === "OPTION") continue;
      const [a, b] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((p, q) => q - p);
      if ((a + 0.05) / (b + 0.05) < 4.5) bad.push([node.className, node.textContent.slice(0, 20)]);
    }
    return bad;
  },

  /** Texts of the panel that reach beyond it, and words anywhere that no reader should meet. */
  amiss() {
    const panel = document.getElementById("pvmap-scroll"), edge = panel.getBoundingClientRect().left + panel.clientWidth + 1;
    const beyond = [...panel.querySelectorAll("*")].filter((one) => one.checkVisibility() && !one.closest("svg") && one.getBoundingClientRect().right > edge);
    const found = beyond.map((one) => `beyond the panel: ${one.tagName} ${one.textContent.slice(0, 40)}`);
    for (const one of document.querySelectorAll(".pvmap-zone-legend span, option")) if (!one.textContent.trim()) found.push(`nothing said: ${one.outerHTML}`);
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const { textContent: said, parentElement: node } = walk.currentNode;
      if (!["SCRIPT", "STYLE"].includes(node.tagName) && /undefined|NaN|\[object|\bnull\b|Infinity|\{\w+\}/.test(said)) found.push(said.slice(0, 80));
    }
    return found;
  },
};
