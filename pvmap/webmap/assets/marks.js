/* District outlines on a quiet ground, and marks on the sites to begin with. */
"use strict";
(() => {
  pvmap.outlines = () => {
    const group = L.layerGroup();
    pvmap.json("zones", "outlines").then((found) => {
      for (const { name, rings } of found || []) {
        const area = { renderer: pvmap.renderers.ground, interactive: false, stroke: false, fillColor: "#f6f5f1", fillOpacity: 1 };
        const line = { renderer: pvmap.renderers.lines, interactive: false, fill: false, color: "#7b8794", weight: 1.1 };
        group.addLayer(L.polygon(rings, area)).addLayer(L.polygon(rings, line));
        if (name) group.addLayer(placeName(name, pvmap.middleOf(rings, L.polygon(rings).getBounds())));
      }
    });
    return group;
  };

  function placeName(name, latlng) {
    const icon = L.divIcon({ className: "pvmap-place", iconSize: [140, 20], html: pvmap.el("span", { text: name }) });
    return L.marker(latlng, { icon, interactive: false, keyboard: false, pane: "pvmap-names" });
  }

  pvmap.priority = () => {
    const group = L.layerGroup();
    group.rank = 9;
    group.idle = () => true;
    group.on("add", () => pvmap.stack.add(group)).on("remove", () => pvmap.stack.delete(group));
    pvmap.meta.priority.forEach(({ kind, number, lat, lng }) => {
      const look = { renderer: pvmap.renderers.marks, interactive: false, radius: 7, color: "#111827", weight: 2, fillColor: "#FFD400", fillOpacity: 0.9 };
      group.addLayer(Object.assign(L.circleMarker([lat, lng], look), { site: { kind, number } }));
    });
    group.hit = async (latlng) => {
      const at = group._map.latLngToContainerPoint(latlng);
      const near = group.getLayers().find((mark) => group._map.latLngToContainerPoint(mark.getLatLng()).distanceTo(at) < 9);
      return near ? { dataset: pvmap.datasets[near.site.kind], number: near.site.number } : null;
    };
    return group;
  };
})();
