/* One dispatcher for hover and click: the topmost layer that has something at a place answers, and it alone. */
"use strict";
(() => {
  const WIDEST = 350, FRAME = 30, TAIL = 13; // pixels: content of a popup, what stands around it, and from its foot to where it points
  let highlight = null, tooltip = null, shown = null, frame = 0, last = null;
  let asked = 0, opened = 0; // a late answer never replaces that to a later question

  /** What lies on top at a place; a square that stands for a masked site lies under everything. */
  async function topmost(latlng) {
    const layers = [...pvmap.stack].filter((layer) => layer._map).sort((a, b) => b.rank - a.rank);
    let under = null;
    for (const layer of layers) {
      const hit = await layer.hit(latlng);
      if (hit && !hit.under) return hit;
      under = under || hit;
    }
    return under;
  }

  const nameOf = (hit) => (hit ? (hit.dataset ? `${hit.dataset.kind}/${hit.number}` : `${hit.level}/${hit.zone}`) : null);

  async function outline(hit, map) {
    const look = { renderer: pvmap.renderers.highlight, interactive: false, fill: false, color: "#111827", weight: 2.5, className: "pvmap-outline" };
    if (!hit.dataset) return L.polygon(hit.rings, look);
    const small = map.getZoom() < pvmap.polygonsFrom(hit.dataset.kind);
    return small ? L.circleMarker(hit.dataset.latLng(hit.number), { ...look, radius: 6 }) : L.polygon(await hit.dataset.rings(hit.number), look);
  }

  function clear() {
    asked++;
    if (highlight) highlight.remove();
    if (tooltip) tooltip.remove();
    highlight = tooltip = shown = null;
    if (pvmap.state.map) pvmap.state.map.getContainer().classList.remove("pvmap-pointing");
  }

  async function hover(map) {
    frame = 0;
    if (pvmap.drawing) return;
    const mine = ++asked;
    const hit = await topmost(last), name = nameOf(hit);
    if (mine !== asked) return;
    if (name === shown) {
      if (tooltip) tooltip.setLatLng(last);
      return;
    }
    clear();
    if (!hit) return;
    shown = name;
    map.getContainer().classList.add("pvmap-pointing");
    const line = await outline(hit, map), content = hit.dataset ? pvmap.tip(await hit.dataset.record(hit.number)) : pvmap.zoneTip(hit);
    if (shown !== name) return;
    highlight = line.addTo(map);
    tooltip = L.tooltip({ direction: "top", offset: [0, -8], className: "pvmap-tip" }).setLatLng(last).setContent(content).addTo(map);
  }

  let mark = null;

  /** Open the popup of what was hit; null where a later one was asked for meanwhile. That of a zone may stand `beside` it,
   * and does where the map has no room to point at it: in the other half, so that the view and its sums stay as they are. */
  async function open(hit, latlng, beside = !hit.dataset && !roomy()) {
    const map = pvmap.state.map, mine = ++opened;
    clear();
    cancelAnimationFrame(frame); // a finger has no pointer that would rest beside the popup
    frame = 0;
    const content = hit.dataset ? () => hit.dataset.record(hit.number).then(pvmap.sitePopup) : () => pvmap.zonePopup(hit);
    const [line, first] = await Promise.all([outline(hit, map), content()]);
    if (mine !== opened) return null;
    if (mark) mark.remove();
    mark = line.addTo(map);
    const size = map.getSize(), wide = Math.min(WIDEST, size.x - 90), covered = pvmap.covered(), high = size.y - covered;
    const popup = L.popup({
      className: beside ? "pvmap-popup pvmap-beside" : "pvmap-popup",
      minWidth: Math.min(300, wide),
      maxWidth: wide,
      maxHeight: Math.max(160, Math.min(high - 90, (size.x * high) / 2 / (wide + FRAME) - FRAME)), // half of the map at most
      autoPan: !beside,
      autoPanPaddingTopLeft: [8, 8],
      autoPanPaddingBottomRight: [52, 8 + covered], // the zoom buttons stand there
    });
    popup.setLatLng(latlng || hit.dataset.latLng(hit.number)).setContent(first);
    popup.refresh = async () => popup.setContent(await content());
    popup.on("remove", () => line.remove());
    pvmap.openPopup = popup;
    popup.openOn(map);
    if (beside) standBeside(popup, map.latLngToContainerPoint(latlng), high);
    const close = popup.getElement().querySelector(".leaflet-popup-close-button");
    if (close) close.setAttribute("aria-label", pvmap.text("close"));
    popup.getElement().querySelector(".leaflet-popup-content").tabIndex = 0;
    return popup;
  }

  /** Whether a popup and what it tells of have room side by side. */
  const roomy = () => pvmap.state.map.getSize().x >= 2.5 * (WIDEST + FRAME);

  /** Put a popup at the left edge, below a place that lies in the upper half of the free part of the map, else above it. */
  function standBeside(popup, { y }, high) {
    const { offsetHeight, offsetWidth } = popup.getElement(), foot = y < high / 2 ? high - 40 : offsetHeight + 8 + TAIL;
    popup.setLatLng(pvmap.state.map.containerPointToLatLng([8 + offsetWidth / 2, foot]));
  }

  /** Go to a site and open its popup. */
  pvmap.show = async (dataset, number) => {
    const map = pvmap.state.map, at = dataset.latLng(number);
    map.setView(at, Math.max(map.getZoom(), 17), { animate: false });
    await open({ dataset, number }, at);
  };

  /** Ask what lies at a place, and open it. */
  async function ask(latlng) {
    const mine = ++opened, hit = await topmost(latlng);
    if (hit && mine === opened) await open(hit, latlng);
  }

  pvmap.watchPointer = (map) => {
    map.on("mousemove", (event) => {
      last = event.latlng;
      frame = frame || requestAnimationFrame(() => hover(map));
    });
    map.on("mouseout zoomstart movestart", clear);
    map.on("click", (event) => pvmap.drawing || ask(event.latlng));
    // A click brings the focus to the map too, as if by a key: only one who uses keys is shown where the focus is.
    for (const [event, by] of [["keydown", true], ["pointerdown", false]]) document.addEventListener(event, () => document.body.classList.toggle("pvmap-by-keys", by), true);
    // Without a mouse: Enter asks what lies at the centre of the map, where the cross stands while it has the focus.
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === map.getContainer() && !pvmap.drawing) ask(map.getCenter());
    });
    pvmap.on("language", () => pvmap.openPopup && pvmap.openPopup.isOpen() && pvmap.openPopup.refresh());
    pvmap.on("filter", () => pvmap.openPopup && pvmap.openPopup.isOpen() && pvmap.openPopup.refresh());
  };
  pvmap.polygonsFrom = (kind) => [...pvmap.stack].find((layer) => layer.dataset?.kind === kind)?.options.polygonsFrom ?? 15;
  Object.assign(pvmap, { topmost, open, roomy, clearHover: clear, widestPopup: WIDEST + FRAME });
})();
