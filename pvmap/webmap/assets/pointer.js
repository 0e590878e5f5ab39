/* One dispatcher for hover and click: the topmost layer that has something at a place answers, and it alone. */
"use strict";
(() => {
  let highlight = null, tooltip = null, shown = null, frame = 0, last = null;

  function topmost(latlng) {
    const layers = [...pvmap.stack].filter((layer) => layer._map).sort((a, b) => b.rank - a.rank);
    for (const layer of layers) {
      const hit = layer.hit(latlng);
      if (hit) return hit;
    }
    return null;
  }

  const nameOf = (hit) => (hit ? (hit.dataset ? `${hit.dataset.kind}/${hit.number}` : `${hit.level}/${hit.zone}`) : null);

  function outline(hit, map) {
    const look = { renderer: pvmap.renderers.highlight, interactive: false, fill: false, color: "#111827", weight: 2.5 };
    if (hit.rings) return L.polygon(hit.rings, look);
    if (hit.tile) return L.polygon(pvmap.ringsOf(hit.tile, hit.row), look);
    return L.circleMarker(hit.dataset.latLng(hit.number), { ...look, radius: 6 });
  }

  function clear() {
    if (highlight) highlight.remove();
    if (tooltip) tooltip.remove();
    highlight = tooltip = shown = null;
    if (pvmap.state.map) pvmap.state.map.getContainer().classList.remove("pvmap-pointing");
  }

  function hover(map) {
    frame = 0;
    const hit = topmost(last);
    const name = nameOf(hit);
    if (name === shown) {
      if (tooltip) tooltip.setLatLng(last);
      return;
    }
    clear();
    if (!hit) return;
    shown = name;
    map.getContainer().classList.add("pvmap-pointing");
    highlight = outline(hit, map).addTo(map);
    tooltip = L.tooltip({ direction: "top", offset: [0, -8], className: "pvmap-tip" }).setLatLng(last);
    const fill = (content) => {
      if (shown === name && tooltip) tooltip.setContent(content).addTo(map);
    };
    if (hit.dataset) hit.dataset.record(hit.number).then((record) => fill(pvmap.tip(record)));
    else fill(pvmap.zoneTip(hit));
  }

  let mark = null;

  /** Open the popup of what was hit. */
  async function open(hit, latlng) {
    const map = pvmap.state.map;
    clear();
    const content = hit.dataset ? () => hit.dataset.record(hit.number).then(pvmap.sitePopup) : async () => pvmap.zonePopup(hit);
    if (mark) mark.remove();
    mark = outline(hit, map).addTo(map);
    const mine = mark;
    const popup = L.popup({
      className: "pvmap-popup",
      minWidth: Math.min(300, map.getSize().x - 90),
      maxWidth: Math.min(350, map.getSize().x - 90),
      maxHeight: Math.max(220, map.getSize().y - 90),
      autoPanPaddingTopLeft: [8, 8],
      autoPanPaddingBottomRight: [52, 8], // the zoom buttons stand there
    });
    popup.setLatLng(latlng || hit.dataset.latLng(hit.number)).setContent(await content());
    popup.refresh = async () => popup.setContent(await content());
    popup.on("remove", () => mine.remove());
    pvmap.openPopup = popup;
    popup.openOn(map);
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) close.setAttribute("aria-label", pvmap.text("close"));
  }

  /** Go to a site and open its popup. */
  pvmap.show = async (dataset, number) => {
    const map = pvmap.state.map, at = dataset.latLng(number);
    map.setView(at, Math.max(map.getZoom(), 17), { animate: false });
    const record = await dataset.record(number);
    await open({ dataset, number, tile: record.tile, row: record.row }, at);
  };

  pvmap.watchPointer = (map) => {
    map.on("mousemove", (event) => {
      last = event.latlng;
      frame = frame || requestAnimationFrame(() => hover(map));
    });
    map.on("mouseout zoomstart movestart", clear);
    map.on("click", (event) => {
      const hit = topmost(event.latlng);
      if (hit) open(hit, event.latlng);
    });
    // Without a mouse: Enter asks what lies at the centre of the map, where the cross stands while it has the focus.
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== map.getContainer()) return;
      const hit = topmost(map.getCenter());
      if (hit) open(hit, map.getCenter());
    });
    pvmap.on("language", () => pvmap.openPopup && pvmap.openPopup.isOpen() && pvmap.openPopup.refresh());
  };
  Object.assign(pvmap, { topmost, open });
})();
