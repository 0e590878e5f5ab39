/* What lies around the data: hills as light and shade, the city's own water and roads, sunlight at weather points. The same whatever is chosen. */
"use strict";
(() => {
  const STRENGTH = 64; // of 255: of the deepest shadow and the brightest light
  const LOOKS = {
    water: { color: "#9cc3dc", weight: 1, fillColor: "#b9d7e8", fillOpacity: 0.9 },
    road: { color: "#8f99a3", weight: 1.2, fillColor: "#8f99a3", fillOpacity: 0.5 },
  };

  /** A picture of the hills: black where they lie in shadow, white where they face the light, level ground untouched. */
  async function hills(group) {
    const bytes = await pvmap.block("beneath", "hills");
    if (!bytes) return;
    const [{ wide, high, shades, bounds }, begin] = pvmap.header(bytes);
    const canvas = pvmap.el("canvas", { width: wide, height: high }), context = canvas.getContext("2d"), image = context.createImageData(wide, high);
    for (let i = 0; i < wide * high; i++) {
      const light = (bytes[begin + i] - 128) / shades;
      image.data.fill(light > 0 ? 255 : 0, 4 * i, 4 * i + 3);
      image.data[4 * i + 3] = Math.min(255, Math.abs(light) * STRENGTH);
    }
    context.putImageData(image, 0, 0);
    group.addLayer(L.imageOverlay(canvas.toDataURL(), bounds, { pane: "pvmap-hills", alt: "" }));
  }

  /** Corners of a ring, which is stored as steps of 1e-5 degrees from one to the next. */
  function corners(steps) {
    const found = [];
    for (let i = 0, lat = 0, lng = 0; i < steps.length; i += 2) found.push([(lat += steps[i]) / 1e5, (lng += steps[i + 1]) / 1e5]);
    return found;
  }

  let lines = null; // of water and roads, asked for once

  async function outlines(group, what) {
    lines = lines || pvmap.json("beneath", "lines");
    const look = { ...LOOKS[what], renderer: pvmap.renderers[what], interactive: false, smoothFactor: 1.5 };
    for (const { shows, area, rings } of (await lines) || []) {
      if (shows !== what) continue;
      const drawn = rings.map(corners);
      group.addLayer(area ? L.polygon(drawn, look) : L.polyline(drawn, { ...look, fill: false }));
    }
  }

  /** What falls on level ground in a year, at each place whose weather the run used. */
  function sun(group) {
    const fill = () => {
      group.clearLayers();
      for (const { at, ghi_kwh_per_m2: ghi } of pvmap.meta.sun) {
        const icon = L.divIcon({ className: "pvmap-sun", iconSize: null, html: pvmap.el("b", { text: pvmap.format("irradiance", ghi) }) });
        group.addLayer(L.marker(at, { icon, interactive: false, keyboard: false, pane: "pvmap-names", zIndexOffset: 1000 }));
      }
    };
    fill();
    pvmap.on("language", fill);
  }

  pvmap.beneath = (what) => {
    const group = L.layerGroup();
    if (what === "hills") hills(group);
    else if (what === "sun") sun(group);
    else outlines(group, what);
    return group;
  };
})();
