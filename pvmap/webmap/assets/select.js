/* Draw a polygon or a circle: what lies inside is summed, listed and downloaded. Draw a line: its length, and its area. */
"use strict";
(() => {
  const { el, text } = pvmap;
  const A = 6378137, E2 = 0.00669437999014; // WGS84
  const CIRCLE = 180; // corners
  let points = [], shape = null, mode = null;
  pvmap.selection = null;
  pvmap.drawing = null;

  /** Metres of a degree east and north at a latitude, on the ellipsoid. */
  function metres(latitude) {
    const phi = (latitude * Math.PI) / 180, w = 1 - E2 * Math.sin(phi) ** 2;
    return [((A / Math.sqrt(w)) * Math.cos(phi) * Math.PI) / 180, ((A * (1 - E2)) / Math.pow(w, 1.5)) * (Math.PI / 180)];
  }

  /** Places as metres from the first. */
  function flat(places) {
    const [east, north] = metres(places.reduce((sum, one) => sum + one.lat, 0) / places.length);
    return places.map(({ lat, lng }) => [(lng - places[0].lng) * east, (lat - places[0].lat) * north]);
  }

  /** Whether two sides of a ring cross. */
  function crossesItself(xy) {
    const side = ([ax, ay], [bx, by], [cx, cy]) => Math.sign((bx - ax) * (cy - ay) - (by - ay) * (cx - ax));
    return xy.some((a, i) =>
      xy.some((c, j) => {
        const b = xy[(i + 1) % xy.length], d = xy[(j + 1) % xy.length];
        return j > i && side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
      }),
    );
  }

  /** Length of a line of places, or of a ring all around [m], and area inside of it [m2]; null of a ring that crosses itself. */
  pvmap.measured = (places, closed = false) => {
    const xy = flat(places);
    let length = 0, twice = 0;
    xy.forEach(([x, y], i) => {
      const [nx, ny] = xy[(i + 1) % xy.length];
      if (closed || i < xy.length - 1) length += Math.hypot(nx - x, ny - y);
      twice += x * ny - nx * y;
    });
    return { length, area: crossesItself(xy) ? null : Math.abs(twice) / 2 };
  };

  function circle(centre, edge) {
    const [east, north] = metres((centre.lat + edge.lat) / 2), radius = Math.hypot((edge.lng - centre.lng) * east, (edge.lat - centre.lat) * north);
    return Array.from({ length: CIRCLE }, (_, i) => {
      const angle = (2 * Math.PI * i) / CIRCLE;
      return L.latLng(centre.lat + (radius * Math.sin(angle)) / north, centre.lng + (radius * Math.cos(angle)) / east);
    });
  }

  /** Visit the usable sites of a dataset whose point lies within a ring of places. */
  function inside(ring) {
    return (dataset, visit) => {
      const corners = ring.map((at) => L.CRS.EPSG3857.latLngToPoint(at, dataset.zoom).divideBy(256)).map(({ x, y }) => [y, x]);
      const xs = corners.map(([, x]) => x), ys = corners.map(([y]) => y);
      const window = { west: Math.min(...xs), east: Math.max(...xs), north: Math.min(...ys), south: Math.max(...ys) };
      dataset.each(window, (number) => {
        const run = dataset.ownerOf(number);
        const at = { lat: run.y + (dataset.y[number] + 0.5) / 65536, lng: run.x + (dataset.x[number] + 0.5) / 65536 };
        if (pvmap.inRings([corners], at)) visit(number);
      });
    };
  }

  /** Select what lies within a ring of places; null clears. */
  pvmap.select = (ring) => {
    pvmap.selection = ring && { ring, each: inside(ring), ...pvmap.measured(ring, true) };
    if (!ring && shape) shape.remove();
    if (ring) draw(ring, true);
    pvmap.emit("selection");
  };

  function draw(places, closed) {
    if (shape) shape.remove();
    const look = { renderer: pvmap.renderers.highlight, interactive: false, color: "#111827", weight: 2, dashArray: "6 4", fill: closed, fillColor: "#0b5cad", fillOpacity: 0.08, className: "pvmap-drawn" };
    shape = (closed ? L.polygon : L.polyline)(places, look).addTo(pvmap.state.map);
  }

  function begin(which) {
    pvmap.select(null);
    stop();
    mode = pvmap.drawing = which;
    pvmap.state.map.closePopup();
    pvmap.clearHover();
    pvmap.state.map.getContainer().classList.add("pvmap-drawing");
    pvmap.state.map.doubleClickZoom.disable();
    pvmap.say(text(`draw.${which}`));
    pvmap.emit("selection");
  }

  function stop() {
    points = [];
    mode = pvmap.drawing = null;
    pvmap.state.map.getContainer().classList.remove("pvmap-drawing");
    pvmap.state.map.doubleClickZoom.enable();
    pvmap.say("");
  }

  function add(latlng) {
    points.push(latlng);
    if (mode === "circle" && points.length === 2) return finish();
    draw(points, mode === "polygon" && points.length > 2);
    pvmap.emit("selection");
  }

  function finish() {
    const done = points, which = mode;
    if (done.length < (which === "polygon" ? 3 : 2)) return;
    stop();
    if (which === "measure") {
      draw(done, false);
      pvmap.selection = { ring: null, line: done, ...pvmap.measured(done), closed: done.length > 2 };
      pvmap.emit("selection");
    } else pvmap.select(which === "circle" ? circle(...done) : done);
  }

  function cancel() {
    if (!mode && !pvmap.selection) return false;
    stop();
    if (shape) shape.remove();
    shape = pvmap.selection = null;
    pvmap.emit("selection");
    return true;
  }

  const enclosed = (area) => area === null ? text("area_crossed") : text(pvmap.meta.mu ? "area_inside" : "area_inside_ha", { area: pvmap.format("area", area), mu: pvmap.format("mu", area) });
  const size = ({ length, area, ring }) => el("p", {}, text(ring ? "perimeter" : "length", { length: pvmap.format("distance", length) }), el("br"), enclosed(area));

  function render(body) {
    const section = document.getElementById("pvmap-selection"), one = pvmap.selection;
    section.hidden = !mode && !one;
    if (mode) {
      body.append(el("p", { text: text(`draw.${mode}`) }));
      if (points.length > 1) body.append(size(pvmap.measured(points)), el("button", { type: "button", text: text("draw_finish"), onclick: finish }));
      body.append(el("button", { type: "button", text: text("cancel"), onclick: cancel }));
      return;
    }
    if (!one) return;
    section.open = true;
    body.append(size(one));
    if (one.each) {
      const status = el("span", { role: "status" });
      body.append(el("article", { class: "pvmap-site pvmap-card" }, ...pvmap.sumsCard(one.each)), ...curve(one.each));
      const list = () => new pvmap.SiteList(one.each);
      body.append(el("button", { type: "button", id: "pvmap-selection-csv", text: text("download_csv"), onclick: () => pvmap.downloadCsv(list().slice(0, Infinity), status) }), status);
      body.append(el("button", { type: "button", text: text("table"), onclick: pvmap.listSelection }));
    }
    body.append(el("button", { type: "button", text: text("clear_selection"), onclick: cancel }));
  }

  function curve(each) {
    return pvmap.variables.has("lcoe_cny_per_kwh") && pvmap.case().cost ? [pvmap.supplyCurve(pvmap.supplyOf(each))].filter(Boolean) : [];
  }

  pvmap.sections.select = () => {
    const { map } = pvmap.state;
    pvmap.section("selection", render, ["selection", "filter", "layers"]);
    for (const which of ["polygon", "circle", "measure"]) pvmap.tool(which, () => begin(which));
    map.on("click", (event) => mode && add(event.latlng));
    map.on("dblclick", () => mode && mode !== "circle" && (points.pop(), finish())); // both clicks of it were added
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.key === "Enter" && mode && event.target === map.getContainer()) add(map.getCenter());
    });
    pvmap.onEscape(cancel);
  };
})();
