/* The address says what is seen: view, case, colours, layers, filters, language stand in its fragment, and Back goes back. */
"use strict";
(() => {
  const { meta, state } = pvmap;
  const AREA = "aggregates.area"; // and the number of a level that the city file names: in links its name, for numbers change
  let following = false; // an address is being followed: it is not to be written again meanwhile
  let written = null;

  const number = (value) => (Number.isFinite(value) ? String(Number(value.toPrecision(9))) : "");

  /** The fragment of what is seen now. */
  function address() {
    const { map } = state, centre = map.getCenter(), parts = new URLSearchParams();
    parts.set("at", [map.getZoom(), centre.lat.toFixed(5), centre.lng.toFixed(5)].join("/"));
    parts.set("case", state.case);
    parts.set("colour", state.variable);
    parts.set("lang", state.language);
    const on = pvmap.layersOn();
    parts.set("layers", on.filter((key) => !key.startsWith(AREA)).join("~"));
    for (const key of on) if (key.startsWith(AREA)) parts.append("area", meta.levels[key.slice(AREA.length)]);
    for (const [key, off] of Object.entries(state.off)) for (const [name, value] of ticks(key, off)) parts.append(name, value);
    for (const [key, [low, high]] of Object.entries(state.ranges)) parts.set(`range.${key}`, `${number(low)}~${number(high)}`);
    return `#${parts}`;
  }

  /** Name of a class by which another run of the city knows it: numbers change with the data. Of a scale its ends. */
  function nameOf({ edges, classes }, at) {
    return edges.length ? [at ? number(edges[at]) : "", at < classes.length - 1 ? number(edges[at + 1]) : ""].join("~") : classes[at];
  }

  /** [name, value] pairs of the link for a list: classes that are unticked, or those that are left where they are fewer. */
  function ticks(list, off) {
    const variable = pvmap.listed(list), names = variable.classes.map((_, at) => nameOf(variable, at)), kept = names.filter((_, at) => !off.has(at));
    const [what, named] = kept.length && kept.length < off.size ? ["only", kept] : ["off", names.filter((_, at) => off.has(at))];
    return named.map((name) => [`${what}.${list}`, name]);
  }

  /** Numbers of the classes that a link unticks of a list; names that this run does not have are added to `unknown`. */
  function unticked(parts, list, unknown) {
    const variable = pvmap.listed(list), names = variable.classes.map((_, at) => nameOf(variable, at));
    const [off, only] = ["off", "only"].map((what) => parts.getAll(`${what}.${list}`));
    for (const name of [...off, ...only]) if (!names.includes(name)) unknown.add(name);
    const left = only.filter((name) => names.includes(name));
    return new Set([...names.keys()].filter((at) => off.includes(names[at]) || (left.length && !left.includes(names[at]))));
  }

  function filtersIn(parts) {
    const off = {}, ranges = {}, unknown = new Set();
    for (const [name, value] of parts) {
      const [what, key] = [name.slice(0, name.indexOf(".")), name.slice(name.indexOf(".") + 1)], variable = pvmap.listed(key);
      if (!variable && ["off", "only", "range"].includes(what)) unknown.add(key);
      if (!variable) continue;
      if (["off", "only"].includes(what) && unticked(parts, key, unknown).size) off[key] = unticked(parts, key, unknown);
      const [low, high] = value.split("~");
      if (what === "range" && pvmap.variables.get(key)?.edges.length) ranges[key] = [low ? Number(low) : -Infinity, high ? Number(high) : Infinity];
      if (ranges[key] && !(ranges[key][0] <= ranges[key][1])) delete ranges[key];
    }
    return [{ off, ranges }, unknown];
  }

  /** Text keys of the layers that a link has on; names of areas that this run does not have are added to `unknown`. */
  function layersIn(parts, unknown) {
    const keys = parts.get("layers").split("~"), wanted = keys.filter((key) => !key.startsWith(AREA));
    for (const key of keys) if (key.startsWith(AREA)) unknown.add(pvmap.text("numbered_areas", { n: key.slice(AREA.length) })); // of a page of long ago
    for (const name of parts.getAll("area")) {
      const level = meta.levels.indexOf(name);
      if (level < 0) unknown.add(name);
      else wanted.push(`${AREA}${level}`);
    }
    return wanted;
  }

  /** Have the layers on that a link names, unless this map has none of them. */
  function followLayers(parts, unknown) {
    const wanted = layersIn(parts, unknown), known = wanted.filter(pvmap.hasLayer);
    for (const key of wanted) if (key && !known.includes(key)) unknown.add(meta.texts[key] ? pvmap.text(key) : key);
    if (known.length || !parts.get("layers")) pvmap.setLayers(known);
  }

  /** Whether a place lies on this map or near it. */
  pvmap.reaches = (at) => L.latLngBounds(meta.bounds).pad(1).contains(at);

  /** Go to the place of a link; true where it lies outside of this map: another city's. */
  function followPlace(at) {
    const [zoom, lat, lng] = at.split("/").map(Number);
    if (![zoom, lat, lng].every(Number.isFinite) || Math.abs(lat) > 90 || Math.abs(lng) > 180) return false;
    if (!pvmap.reaches([lat, lng])) return true;
    state.map.setView([lat, lng], zoom, { animate: false });
    return false;
  }

  /** Show what a fragment says; what it does not name stays, what it names wrongly is passed over. */
  function follow(fragment) {
    const parts = new URLSearchParams(fragment.replace(/^#/, ""));
    if (!parts.size && ![...parts].length) return;
    following = true;
    const [filters, unknown] = filtersIn(parts);
    if (pvmap.variables.get(parts.get("colour"))?.colourable) state.variable = parts.get("colour");
    else if (parts.get("colour")) unknown.add(parts.get("colour"));
    if (meta.cases.some((one) => one.key === parts.get("case"))) {
      state.case = parts.get("case");
      for (const dataset of Object.values(pvmap.datasets)) dataset.count();
    } else if (parts.get("case")) unknown.add(parts.get("case"));
    Object.assign(state, filters);
    if (parts.has("layers")) followLayers(parts, unknown);
    const elsewhere = followPlace(parts.get("at") || "");
    if (["zh", "en"].includes(parts.get("lang"))) state.language = parts.get("lang");
    pvmap.setLanguage(state.language);
    for (const event of ["variable", "filter"]) pvmap.emit(event);
    const said = [];
    if (elsewhere) said.push(pvmap.text("link_elsewhere"));
    if (unknown.size) said.push(pvmap.text("link_unknown", { names: [...unknown].join(pvmap.text("list_comma")) }));
    if (said.length) pvmap.say(said.join(" "));
    following = false;
    written = address();
  }

  /** A new place or choice is a step to go back over; the first address of a page replaces the bare one. */
  function write() {
    if (following) return;
    const now = address();
    if (now === written) return;
    try {
      history[written === null ? "replaceState" : "pushState"](null, "", now);
    } catch {
      return; // Chromium limits how often an address may change
    }
    written = now;
  }

  pvmap.sections.link = () => {
    const later = pvmap.soon(write, 400, false);
    for (const event of ["view", "variable", "filter", "layers", "language"]) pvmap.on(event, later);
    window.addEventListener("popstate", () => follow(location.hash));
    window.addEventListener("hashchange", () => location.hash !== written && follow(location.hash));
    pvmap.tool("home", () => {
      pvmap.clearFilter();
      state.map.closePopup();
      pvmap.fit(meta.bounds);
    });
    pvmap.tool("copy_link", async () => {
      write();
      const field = pvmap.el("input", { value: location.href, readonly: true });
      document.body.append(field);
      field.select();
      const done = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
      if (!done) document.execCommand("copy"); // a page from disk has no clipboard in some browsers
      field.remove();
      pvmap.say(pvmap.text("link_copied"));
    });
  };
  pvmap.followAddress = () => follow(location.hash);
})();
