/* Base layers: nothing, or an online map that asks for nothing until the reader ticks it. */
"use strict";
(() => {
  const A = 6378245.0, E2 = 0.00669342162296594; // Krasovsky 1940, on which GCJ-02 is defined

  /** GCJ-02 position of a WGS84 one: the public formula of the shift of Chinese web maps, identity outside China. */
  function toGcj02(lat, lng) {
    if (lng < 72.004 || lng > 137.8347 || lat < 0.8293 || lat > 55.8271) return [lat, lng];
    const x = lng - 105, y = lat - 35, root = Math.sqrt(Math.abs(x)), { PI, sin } = Math;
    const common = ((20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2) / 3;
    let north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common;
    north += ((20 * sin(y * PI) + 40 * sin((y / 3) * PI)) * 2) / 3;
    north += ((160 * sin((y / 12) * PI) + 320 * sin((y * PI) / 30)) * 2) / 3;
    let east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common;
    east += ((20 * sin(x * PI) + 40 * sin((x / 3) * PI)) * 2) / 3;
    east += ((150 * sin((x / 12) * PI) + 300 * sin((x / 30) * PI)) * 2) / 3;
    const angle = (lat / 180) * PI, magic = 1 - E2 * sin(angle) * sin(angle), sqrt = Math.sqrt(magic);
    const dLat = (north * 180) / (((A * (1 - E2)) / (magic * sqrt)) * PI);
    const dLng = (east * 180) / ((A / sqrt) * Math.cos(angle) * PI);
    return [lat + dLat, lng + dLng];
  }

  /** A tile layer published in GCJ-02: the shift hardly varies over a screen, so the view's centre decides it. */
  const ShiftedTiles = L.TileLayer.extend({
    _getTiledPixelBounds(center) {
      return L.TileLayer.prototype._getTiledPixelBounds.call(this, this.shifted(center));
    },
    _setZoomTransform(level, center, zoom) {
      L.TileLayer.prototype._setZoomTransform.call(this, level, this.shifted(center), zoom);
    },
    _update(center) {
      if (this._map) L.TileLayer.prototype._update.call(this, center);
    },
    _getTilePos(coords) {
      return L.TileLayer.prototype._getTilePos.call(this, coords);
    },
    shifted(center) {
      return L.latLng(toGcj02(center.lat, center.lng));
    },
  });

  const keys = new Map(); // of services, where storage is switched off

  /** Host of a tile address without its numbered part: whose key it takes. */
  const serviceOf = (url) => new URL(url.replace(/\{\w+\}/g, ""), location.href).hostname || pvmap.meta.city;

  /** The reader's key of a service; it is kept in this browser and sent to that service alone. */
  pvmap.mapKey = (service) => keys.get(service) ?? pvmap.remembered(`key ${service}`) ?? "";
  pvmap.setMapKey = (service, key) => {
    keys.set(service, key.trim());
    pvmap.remember(`key ${service}`, key.trim());
    pvmap.emit("key");
  };

  /** Base layer `number` of the city file; without a number the one that shows nothing. */
  pvmap.ground = (number) => {
    const group = L.layerGroup(), about = pvmap.meta.base_maps[number];
    if (!about) return group;
    group.about = about;
    const keyed = about.urls.find((url) => url.includes("{key}"));
    group.service = keyed && serviceOf(keyed);
    const Tiles = about.datum === "gcj02" ? ShiftedTiles : L.TileLayer;
    const fill = () => {
      group.clearLayers();
      if (group.service && !pvmap.mapKey(group.service)) return;
      for (const url of about.urls)
        group.addLayer(
          new Tiles(url, {
            pane: "pvmap-base",
            key: group.service ? pvmap.mapKey(group.service) : "",
            subdomains: about.subdomains || "abc",
            maxNativeZoom: about.max_zoom,
            maxZoom: 20,
            attribution: about.attribution && pvmap.markup(about.attribution),
            className: "pvmap-base-tile",
          }),
        );
    };
    group.on("add", () => {
      fill();
      group._map.getContainer().classList.add("pvmap-online");
    });
    group.on("remove", () => document.querySelector(".pvmap-online")?.classList.remove("pvmap-online"));
    pvmap.on("key", () => group._map && fill());
    return group;
  };
  pvmap.toGcj02 = toGcj02;
})();
