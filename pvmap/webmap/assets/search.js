/* Search by district, township, kind, name, identifier or coordinates. Names are read from the tiles when first needed. */
"use strict";
(() => {
  const { el, text } = pvmap;
  const MOST = 20;
  const HAN = /[\u3400-\u9fff]/; // one is a word already
  const AT_ONCE = 8, BREATH = 30; // tiles that are looked through together, milliseconds at a stretch
  const BETWEEN = "\x1e"; // what stands before and after each identifier and name
  const words = new Map(); // kind/key -> bytes as they are compared: a million names as strings would weigh too much
  let latest = 0;

  /** What was typed as it is compared: full width becomes half, blanks one and between Chinese characters none, letters small. */
  const plain = (query) => query.normalize("NFKC").replace(/\s+/g, " ").replace(/([\u3400-\u9fff]) (?=[\u3400-\u9fff])/g, "$1").trim().toLowerCase();

  /** Identifiers and names of a tile as they are compared; null where there are none. */
  async function bytesOf(dataset, run) {
    const name = `${dataset.kind}/${run.key}`;
    if (!words.has(name)) {
      const bytes = await dataset.wordBytes(run.key), all = bytes && new TextDecoder().decode(bytes).replace("\x1d", BETWEEN);
      words.set(name, bytes && new TextEncoder().encode(`${BETWEEN}${plain(all).replace(/ ?\x1e ?/g, BETWEEN)}${BETWEEN}`));
    }
    return words.get(name);
  }

  /** Sites whose name or identifier holds the needle; all are looked through, so that the one named exactly is found. */
  async function sites(needle, stillWanted) {
    const decoder = new TextDecoder(), exact = [], parts = [];
    let since = performance.now();
    for (const dataset of Object.values(pvmap.datasets).reverse()) {
      await dataset.ready;
      for (let from = 0; from < (dataset.owners || []).length; from += AT_ONCE) {
        if (performance.now() - since > BREATH) {
          await new Promise((done) => setTimeout(done)); // the page does what the reader asks for meanwhile
          since = performance.now();
        }
        if (!stillWanted()) return null;
        const some = dataset.owners.slice(from, from + AT_ONCE), blocks = await Promise.all(some.map((run) => bytesOf(dataset, run)));
        for (const [i, run] of some.entries()) {
          const wanted = parts.length < MOST ? needle : `${BETWEEN}${needle}${BETWEEN}`; // enough that hold it: only those that are it
          if (!blocks[i] || !decoder.decode(blocks[i]).includes(wanted)) continue;
          for (const one of matches(dataset, run, await dataset.words(run.key), needle)) (one.exact ? exact : parts).push(one);
          if (exact.length >= MOST) return exact.slice(0, MOST);
        }
      }
    }
    return [...exact, ...parts].slice(0, MOST);
  }

  function matches(dataset, run, { ids, names }, needle) {
    const found = [];
    for (let i = 0; i < run.owned; i++) {
      const id = plain(ids[i]), name = plain(names[i]);
      if (id.includes(needle) || name.includes(needle)) found.push({ dataset, number: run.first + i, id: ids[i], name: names[i], exact: id === needle || name === needle });
    }
    return found;
  }

  /** Zones whose name holds the needle, whole names first: districts, townships, areas of the planner's own. */
  async function zones(needle) {
    const found = [];
    for (const [level, name] of pvmap.meta.levels.entries()) {
      if (name === "grid") continue;
      const data = await pvmap.outlinesOf(level);
      data.ids.forEach((_, index) => {
        const label = pvmap.zoneName(data, index);
        if (data.rings[index].length && plain(label).includes(needle)) found.push({ label, note: pvmap.levelName(name), exact: plain(label) === needle, go: () => pvmap.goZone(data, level, index) });
      });
    }
    return found.sort((a, b) => b.exact - a.exact).slice(0, MOST);
  }

  /** Kinds of site by name in either language: their layer alone. */
  function kinds(needle) {
    const named = pvmap.meta.kinds.filter((kind) => pvmap.meta.texts[`kind.${kind}`].some((name) => plain(name).includes(needle)));
    return named.map((kind) => ({ label: text(`kind.${kind}`), note: text("only_kind"), exact: false, go: () => pvmap.onlyKind(kind) }));
  }

  function goPlace(at) {
    const map = pvmap.state.map, latlng = L.latLng(at);
    map.setView(latlng, Math.max(map.getZoom(), 16), { animate: false });
    const outside = pvmap.reaches(at) ? [] : [el("p", { text: text("outside_map") })];
    const told = el("article", { class: "pvmap-site" }, el("h3", { text: placeLabel(at) }), ...outside, ...pvmap.sheetsAt(latlng));
    L.popup({ className: "pvmap-popup" }).setLatLng(latlng).setContent(told).openOn(map);
  }
  const placeLabel = ([lat, lng]) => text("go_to", { lat: lat.toFixed(5), lng: lng.toFixed(5) });

  /** Everything a query may mean, the best first: { label, note, go }; null where a later query came. */
  async function find(query, stillWanted) {
    const needle = plain(query), at = pvmap.coordinates(query);
    const place = at ? [{ label: placeLabel(at), note: pvmap.reaches(at) ? "" : text("outside_map"), exact: true, go: () => goPlace(at) }] : [];
    const areas = [...(await zones(needle)), ...kinds(needle)];
    const found = pvmap.meta.sheets ? [] : await sites(needle, stillWanted); // cells of an overview have no names
    if (!found) return null;
    const rows = found.map((one) => ({ label: one.name || one.id, note: `${text(`kind.${one.dataset.kind}`)} ${one.name ? one.id : ""}`, title: one.id, exact: one.exact, go: () => pvmap.show(one.dataset, one.number) }));
    return [...place, ...areas, ...rows].sort((a, b) => b.exact - a.exact).slice(0, MOST);
  }

  async function run(query, list, status) {
    const mine = ++latest, stillWanted = () => mine === latest;
    list.replaceChildren();
    status.textContent = "";
    const needle = plain(query);
    if (needle.length < 2 && !HAN.test(needle)) {
      status.textContent = needle && text("search_short");
      return null;
    }
    status.textContent = text("searching");
    const found = await find(query, stillWanted);
    if (!stillWanted()) return null;
    for (const one of found) {
      const label = el("span", { class: "pvmap-word", text: one.label, dir: "auto" });
      list.append(el("li", {}, el("button", { type: "button", title: one.title, onclick: one.go }, label, el("small", { text: one.note }))));
    }
    status.textContent = found.length ? text("found", { n: found.length === MOST ? `${MOST}+` : found.length }) : text("found_none");
    return found[0] || null;
  }

  pvmap.sections.search = () => {
    const box = document.getElementById("pvmap-search");
    const hint = pvmap.meta.sheets ? "search_hint_overview" : "search_hint";
    const input = el("input", { type: "search", id: "pvmap-query", "data-placeholder": hint, "data-label": hint, autocomplete: "off", spellcheck: "false" });
    const list = el("ul", { id: "pvmap-found" }), status = el("p", { class: "pvmap-note", role: "status" });
    const again = pvmap.soon(() => run(input.value, list, status), 200);
    input.addEventListener("input", again);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return; // Enter ends a word of Chinese that is being spelled
      if (event.key === "Enter") {
        again.cancel();
        run(input.value, list, status).then((best) => best && best.go());
      }
      if (event.key === "Escape") {
        input.value = "";
        run("", list, status);
      }
    });
    box.append(input, status, list);
  };
})();
