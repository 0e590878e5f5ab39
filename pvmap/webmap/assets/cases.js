/* The case on top: what "capacity" means in every number, colour, curve, table and file of the page. */
"use strict";
(() => {
  const { text, state, meta } = pvmap;
  state.case = meta.cases[0].key;

  pvmap.case = () => meta.cases.find((one) => one.key === state.case);

  /** Name of a case; a scenario's own name is the planner's. */
  pvmap.caseName = (one) => (one.name ? text("case.scenario", { name: pvmap.either(one.title) }) : text(`case.${one.key}`));
  /** What the capacity of the case is called on either side: never just "capacity". */
  const titleOf = (one, side) => (one.name ? text(`${side}_side`, { name: pvmap.caseName(one) }) : text(`case_title${side === "ac" ? "_ac" : ""}.${one.key}`));
  pvmap.caseTitle = () => titleOf(pvmap.case(), "dc");
  /** Title of a column of amounts: those of the case bear its name. */
  pvmap.columnTitle = (key, column) => (column === "capacity_kwp" ? pvmap.caseTitle() : column === "capacity_kwac" ? titleOf(pvmap.case(), "ac") : text(key));

  /** Whether a number of sums is one of the case: cost and parity are of a site's technical potential. */
  pvmap.ofCase = (column) => ({ lcoe_cny_per_kwh: pvmap.case().cost, parity_share: pvmap.case().parity && pvmap.variables.has("at_grid_parity") })[column] ?? true;

  pvmap.setCase = (key) => {
    if (key === state.case || !meta.cases.some((one) => one.key === key)) return;
    state.case = key;
    for (const dataset of Object.values(pvmap.datasets)) dataset.count();
    pvmap.emit("filter");
  };

  pvmap.sections.cases = () => {
    const box = document.getElementById("pvmap-case");
    if (meta.cases.length < 2) return;
    const select = pvmap.el("select", { id: "pvmap-case-choice" });
    const label = pvmap.el("label", { class: "pvmap-select" }, pvmap.el("span", { "data-text": "case", text: text("case") }), select);
    const about = pvmap.el("p", { class: "pvmap-note" });
    const fill = () => {
      select.replaceChildren(...meta.cases.map((one) => pvmap.el("option", { value: one.key, text: pvmap.caseName(one) })));
      select.value = state.case;
      about.textContent = text(`case_about.${pvmap.case().name ? "scenario" : state.case}`);
    };
    select.addEventListener("change", () => pvmap.setCase(select.value));
    for (const event of ["language", "filter"]) pvmap.on(event, fill);
    box.append(label, about);
    fill();
  };
})();
