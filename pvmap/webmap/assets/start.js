/* The beginning and the end of the page's script: panes before the layers, sections after them, then "ready". */
"use strict";
(() => {
  const PANES = [["ground", 140], ["base", 150], ["lines", 190], ["zones", 210], ["hills", 215], ["water", 220], ["road", 222], ["sites", 300], ["marks", 420], ["highlight", 440], ["names", 460]];

  /** Leaflet's scale, its length in the reader's words. */
  const Scale = L.Control.Scale.extend({
    _updateMetric(most) {
      const metres = this._getRoundNum(most);
      this._updateScale(this._mScale, pvmap.format("distance", metres), metres / most);
    },
  });

  /** Called with the folium map before any layer is added. */
  pvmap.begin = (map) => {
    pvmap.state.map = map;
    pvmap.renderers = {};
    for (const [name, height] of PANES) {
      const pane = map.createPane(`pvmap-${name}`);
      pane.style.zIndex = height;
      pane.style.pointerEvents = "none";
      if (["ground", "lines", "zones", "water", "road", "marks", "highlight"].includes(name)) {
        const make = name === "highlight" || name === "lines" ? L.svg : L.canvas;
        pvmap.renderers[name] = make({ pane: `pvmap-${name}`, padding: 0.3 });
      }
    }
    map.attributionControl.setPrefix(false);
    const scale = new Scale({ imperial: false, maxWidth: 160 }).addTo(map);
    pvmap.on("language", () => scale._update());
    map.getContainer().dataset.label = "map_label";
    for (const [way, key] of [["in", "closer"], ["out", "farther"]]) map.getContainer().querySelector(`.leaflet-control-zoom-${way}`).dataset.label = key;
    map.setMaxZoom(20);
    map.setMinZoom(7);
    const { bounds } = pvmap.meta;
    map.invalidateSize({ animate: false });
    map.fitBounds(bounds, { animate: false, padding: [12, 12] });
  };

  /** Called after all layers: sections, events, and the moment the map is ready. */
  pvmap.start = () => {
    const { map } = pvmap.state;
    if (typeof DecompressionStream === "undefined") {
      const plain = pvmap.el("p", { class: "pvmap-alert error", text: pvmap.text("old_browser") });
      document.getElementById("pvmap-panel").prepend(plain);
      return;
    }
    pvmap.watchPointer(map);
    map.on("moveend", () => pvmap.emit("view"));
    map.on("zoomend", () => pvmap.emit("legend"));
    map.on("layeradd layerremove", (event) => pvmap.stack.has(event.layer) && event.layer.dataset && pvmap.emit("layers"));
    new ResizeObserver(pvmap.soon(() => map.invalidateSize({ animate: false }), 50)).observe(map.getContainer());
    pvmap.state.language = pvmap.remembered("language") === "en" ? "en" : "zh";
    pvmap.setLanguage(pvmap.state.language);
    pvmap.followAddress();
    waitReady();
  };

  async function waitReady() {
    await Promise.all(Object.values(pvmap.datasets).map((dataset) => dataset.ready));
    await pvmap.idle();
    pvmap.readyAt = performance.now();
    document.documentElement.dataset.pvmapReady = Math.round(pvmap.readyAt);
  }

  /** Resolves when no layer is drawing any more, sums and lists have followed, and the picture is on the screen. */
  pvmap.idle = async () => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
    await frame();
    while (pvmap.awaited.size || [...pvmap.stack].some((layer) => !layer.idle())) await frame();
    await frame();
  };
})();
