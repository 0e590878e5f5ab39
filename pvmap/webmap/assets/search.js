/* Search by name, identifier or coordinates. Identifiers and names are read from the tiles' text when first needed. */
"use strict";
(() => {
  const { el, text } = pvmap;
  const MOST = 20;
  const words = new Map(); // kind/key -> inflated bytes: kept as bytes, a million names as strings would weigh too much
  let latest = 0;

  /** Coordinates in a text: two numbers, in either order where only one order lies on the map. */
  function coordinates(query) {
    const match = query.trim().match(/^(-?\d+(?:\.\d+)?)\s*[°]?\s*[NE]?\s*[,，;\s]\s*(-?\d+(?:\.\d+)?)\s*[°]?\s*[NE]?$/i);
    if (!match) return null;
    const [a, b] = [Number(match[1]), Number(match[2])];
    const bounds = L.latLngBounds(pvmap.meta.bounds).pad(0.5);
    const found = [[b, a], [a, b]].find(([lat, lng]) => Math.abs(lat) <= 90 && bounds.contains([lat, lng]));
    if (found) return found;
    return Math.abs(b) <= 90 ? [b, a] : Math.abs(a) <= 90 ? [a, b] : null;
  }

  async function bytesOf(dataset, run) {
    const name = `${dataset.kind}/${run.key}`;
    if (!words.has(name)) words.set(name, await dataset.wordBytes(run.key));
    return words.get(name);
  }

  /** Sites whose name or identifier holds the query, whole identifiers first. */
  async function find(query, stillWanted) {
    const needle = query.trim().toLowerCase(), decoder = new TextDecoder();
    const found = [];
    for (const dataset of Object.values(pvmap.datasets).reverse()) {
      await dataset.ready;
      for (let from = 0; from < (dataset.runs || []).length && found.length < MOST; from += 32) {
        if (!stillWanted()) return null;
        const some = dataset.runs.slice(from, from + 32).filter((run) => run.owned);
        const blocks = await Promise.all(some.map((run) => bytesOf(dataset, run)));
        some.forEach((run, i) => {
          if (blocks[i] && decoder.decode(blocks[i]).toLowerCase().includes(needle)) found.push(...matches(dataset, run, blocks[i], needle));
        });
      }
    }
    const exact = (one) => (one.id.toLowerCase() === needle || one.name.toLowerCase() === needle ? 0 : 1);
    return found.sort((a, b) => exact(a) - exact(b)).slice(0, MOST);
  }

  function matches(dataset, run, bytes, needle) {
    const { ids, names } = pvmap.splitWords(bytes);
    const found = [];
    for (let i = 0; i < run.owned; i++)
      if (ids[i].toLowerCase().includes(needle) || names[i].toLowerCase().includes(needle)) found.push({ dataset, number: run.first + i, id: ids[i], name: names[i] });
    return found;
  }

  function zoneButton(latlng, list, label) {
    const go = () => {
      const map = pvmap.state.map;
      map.setView(latlng, Math.max(map.getZoom(), 15), { animate: false });
      L.popup({ className: "pvmap-popup" }).setLatLng(latlng).setContent(el("p", { text: label })).openOn(map);
    };
    list.append(el("li", {}, el("button", { type: "button", onclick: go, text: label })));
  }

  async function run(query, list, status) {
    const mine = ++latest;
    const stillWanted = () => mine === latest;
    list.replaceChildren();
    status.textContent = "";
    if (query.trim().length < 2) return;
    const at = coordinates(query);
    if (at) {
      zoneButton(L.latLng(at), list, text("go_to", { lat: at[0].toFixed(5), lng: at[1].toFixed(5) }));
      return;
    }
    status.textContent = text("searching");
    const found = await find(query, stillWanted);
    if (!stillWanted()) return;
    for (const one of found) {
      const label = el("span", { class: "pvmap-word", text: one.name || one.id, dir: "auto" });
      const note = el("small", { text: `${text(`kind.${one.dataset.kind}`)} ${one.name ? one.id : ""}` });
      list.append(el("li", {}, el("button", { type: "button", title: one.id, onclick: () => pvmap.show(one.dataset, one.number) }, label, note)));
    }
    status.textContent = found.length ? text("found", { n: found.length === MOST ? `${MOST}+` : found.length }) : text("found_none");
  }

  pvmap.sections.search = () => {
    const box = document.getElementById("pvmap-search");
    const input = el("input", { type: "search", id: "pvmap-query", "data-placeholder": "search_hint", "data-label": "search_hint", autocomplete: "off", spellcheck: "false" });
    const list = el("ul", { id: "pvmap-found" }), status = el("p", { class: "pvmap-note", role: "status" });
    const again = pvmap.soon(() => run(input.value, list, status), 200);
    input.addEventListener("input", again);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") run(input.value, list, status).then(() => list.querySelector("button")?.focus());
      if (event.key === "Escape") {
        input.value = "";
        run("", list, status);
      }
    });
    box.append(input, status, list);
  };
})();
