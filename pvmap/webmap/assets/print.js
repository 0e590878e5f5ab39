/* Print to A4 or A3 landscape: the map takes the paper's size and is drawn before the paper is; unverified assumptions and the largest sites on a second page. */
"use strict";
(() => {
  const { el, svg, text } = pvmap;
  const LARGEST = 25;
  let before = null, page = null;

  /** The view as it is printed: the whole city fills the frame where it was seen whole. */
  function begin(paper = "A4") {
    if (before) return;
    const map = pvmap.state.map, city = L.latLngBounds(pvmap.meta.bounds);
    before = map.getBounds();
    page = el("style", { text: `@page { size: ${paper} landscape; margin: 9mm; }` });
    document.head.append(page);
    document.body.classList.add("pvmap-printing", `pvmap-${paper}`);
    const { date } = pvmap.meta.banner, source = pvmap.credit(), printed = text("printed", { date: pvmap.today(), paper });
    const filters = pvmap.filterWords(), told = filters.length && text("printed_filter", { filter: filters.join(text("comma")) });
    const lines = [told, date && text("data_date", { date }), source && text("data_source", { source }), printed];
    document.getElementById("pvmap-printed").replaceChildren(...lines.filter(Boolean).map((line) => el("span", { dir: "auto", text: line })));
    map.options.zoomSnap = 0.25;
    map.invalidateSize({ animate: false });
    map.fitBounds(before.contains(city) ? city : before, { animate: false, padding: [8, 8] });
    // at a zoom between two whole ones the sites' tiles may be those of the next, of which nothing is said on paper
    document.body.classList.toggle("pvmap-zones-only", map.getZoom() < pvmap.meta.dots_from);
  }

  function end() {
    if (!before) return;
    const map = pvmap.state.map, bounds = before;
    before = null;
    page.remove();
    document.getElementById("pvmap-scroll").style.zoom = "";
    document.body.classList.remove("pvmap-printing", "pvmap-A4", "pvmap-A3", "pvmap-zones-only");
    document.getElementById("pvmap-sheet").replaceChildren();
    map.options.zoomSnap = 1;
    map.invalidateSize({ animate: false });
    map.fitBounds(bounds, { animate: false });
  }

  /** The second page: what the numbers rest on and nobody verified, and the largest sites of the first. */
  async function sheet() {
    const list = new pvmap.SiteList(pvmap.sums.inView), page = document.getElementById("pvmap-sheet");
    page.replaceChildren(...pvmap.moving());
    if (!list.length) return;
    await list.sort("capacity_kwp", true);
    const records = await list.page(0, Math.min(LARGEST, list.length));
    const title = text("largest_sites", { n: records.length, all: pvmap.format.count(list.length), name: pvmap.caseTitle() });
    page.append(el("h2", { text: title }), pvmap.tableOf(records, pvmap.plainHead));
  }

  /** Lay the page out for paper; resolves when every layer has drawn. */
  async function prepare(paper) {
    begin(paper);
    await sheet();
    await pvmap.idle();
    pvmap.emit("view"); // totals of what is on the paper
    await pvmap.idle();
    fit();
    return true;
  }

  /** Make the panel small enough to be on the paper whole: a long banner must not push sums off it. */
  function fit() {
    const panel = document.getElementById("pvmap-scroll");
    for (let size = 1; size > 0.5 && panel.scrollHeight > panel.clientHeight; size -= 0.02) panel.style.zoom = size;
  }

  function ask() {
    const dialog = el("dialog", { class: "pvmap-dialog", "aria-label": text("print") }, el("h2", { text: text("print_on") }));
    const close = () => {
      dialog.close();
      dialog.remove();
    };
    for (const paper of ["A4", "A3"])
      dialog.append(
        el("button", {
          type: "button",
          text: paper,
          onclick: async () => {
            close();
            await prepare(paper);
            window.print();
          },
        }),
      );
    dialog.append(el("button", { type: "button", text: text("cancel"), onclick: close }));
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }

  pvmap.sections.print = () => {
    pvmap.tool("print", ask);
    window.addEventListener("beforeprint", () => begin());
    window.addEventListener("afterprint", end);
    const arrow = svg("svg", { viewBox: "0 0 24 40", class: "pvmap-north", "aria-hidden": "true" });
    arrow.append(svg("path", { d: "M12 2L20 26L12 21L4 26Z" }), svg("text", { x: 12, y: 38, "text-anchor": "middle", "data-text": "north" }, text("north")));
    pvmap.state.map.getContainer().append(arrow);
  };
  Object.assign(pvmap, { preparePrint: prepare, endPrint: end });
})();
