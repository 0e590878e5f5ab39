/* A range of numbers: a histogram of all sites over the scale, two handles, two fields for exact borders. */
"use strict";
(() => {
  const { el, svg, text } = pvmap;
  const BINS = 40, WIDTH = 288, HEIGHT = 40;

  /** Position 0..1 of a value on the scale, and back. */
  function scaleOf(variable) {
    const [low, high] = [variable.borders[0], variable.borders[variable.borders.length - 1]], { log } = variable;
    return {
      low,
      high,
      position: (value) => (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low)),
      value: (position) => (log ? low * Math.pow(high / low, position) : low + (high - low) * position),
    };
  }

  /** Capacity of the case per bin, whatever the filter. */
  function histogram(variable, scale) {
    const bins = new Float64Array(BINS);
    const binOf = new Uint8Array(variable.size);
    for (let code = 1; code < variable.size; code++) binOf[code] = Math.min(BINS - 1, Math.floor(scale.position(variable.valueOf[code]) * BINS));
    for (const dataset of Object.values(pvmap.datasets)) {
      const codes = dataset.codes[variable.key];
      for (let i = 0; i < dataset.n; i++) if (codes[i]) bins[binOf[codes[i]]] += dataset.capacity[i];
    }
    return bins;
  }

  function bars(bins) {
    const most = Math.max(...bins, 1e-9);
    const chart = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "pvmap-histogram", "aria-hidden": "true" });
    bins.forEach((amount, i) => {
      const tall = amount ? Math.max(1, (amount / most) * HEIGHT) : 0;
      chart.append(svg("rect", { x: (i * WIDTH) / BINS, y: HEIGHT - tall, width: WIDTH / BINS - 1, height: tall }));
    });
    return chart;
  }

  /** The filter of one numeric variable. */
  pvmap.rangeFilter = (variable) => {
    const scale = scaleOf(variable), [low, high] = pvmap.state.ranges[variable.key] || [-Infinity, Infinity];
    const shown = (value) => pvmap.format.bare(variable.quantity, value, variable.typical).replace(/,/g, "");
    const { divisor } = pvmap.format.unit(variable.quantity, variable.typical);
    const ends = [
      ["from", low, 0],
      ["to", high, 1],
    ];
    const box = el("div", { class: "pvmap-range", role: "group", "aria-label": variable.titleWithUnit() }, bars(histogram(variable, scale)));
    const set = (end, value) => {
      const now = pvmap.state.ranges[variable.key] || [-Infinity, Infinity];
      pvmap.setRange(variable.key, end ? now[0] : value, end ? value : now[1]);
    };
    for (const [key, value, end] of ends) {
      const label = text("colon", { a: variable.titleWithUnit(), b: text(`range.${key}`) });
      const at = Number.isFinite(value) ? scale.position(value) : end;
      const slider = el("input", { type: "range", min: 0, max: 1000, value: Math.round(at * 1000), "data-keep": `range/${variable.key}/${key}`, "aria-label": label });
      slider.addEventListener("change", () => {
        const position = Number(slider.value) / 1000;
        set(end, position === end ? (end ? Infinity : -Infinity) : scale.value(position));
      });
      const field = el("input", { type: "text", inputmode: "decimal", "data-keep": `number/${variable.key}/${key}`, "aria-label": label, placeholder: shown(end ? scale.high : scale.low) });
      field.value = Number.isFinite(value) ? shown(value) : "";
      field.addEventListener("change", () => {
        const typed = Number(field.value.trim().normalize("NFKC").replace(/,/g, ""));
        const empty = !field.value.trim() || !Number.isFinite(typed);
        set(end, empty ? (end ? Infinity : -Infinity) : typed * divisor);
      });
      box.append(el("div", { class: "pvmap-range-end" }, el("span", { text: text(`range.${key}`) }), slider, field));
    }
    return box;
  };
})();
