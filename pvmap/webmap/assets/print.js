/* Print to A4 landscape: the map takes the paper's size and is drawn before the paper is. */
"use strict";
(() => {
  let before = null;

  function begin() {
    if (before) return;
    const map = pvmap.state.map;
    before = map.getBounds();
    document.body.classList.add("pvmap-printing");
    document.getElementById("pvmap-printed").textContent = pvmap.text("printed", { date: pvmap.today() });
    map.invalidateSize({ animate: false });
    map.fitBounds(before, { animate: false });
  }

  function end() {
    if (!before) return;
    const map = pvmap.state.map, bounds = before;
    before = null;
    document.body.classList.remove("pvmap-printing");
    map.invalidateSize({ animate: false });
    map.fitBounds(bounds, { animate: false });
  }

  /** Lay the page out for paper; resolves when every layer has drawn. */
  async function prepare() {
    begin();
    await pvmap.idle();
    return true;
  }

  pvmap.sections.print = () => {
    pvmap.tool("print", async () => {
      await prepare();
      window.print();
    });
    window.addEventListener("beforeprint", begin);
    window.addEventListener("afterprint", end);
  };
  Object.assign(pvmap, { preparePrint: prepare, endPrint: end });
})();
