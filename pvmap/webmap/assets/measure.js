/* What zones are coloured by: an amount per km2, a mean, a share of the capacity, or the class that holds most of it. */
"use strict";
(() => {
  const { text } = pvmap;
  const PALE = ["#EAF4FB", "#0B4F8A"], FAINT = "#F3F4F6"; // one hue, light to dark; a label is read on the darkest
  const NOTHING = "#CBD2D9"; // sites, but none with a value
  const FIFTHS = [0.2, 0.4, 0.6, 0.8];
  const NO_BUILDING = "none"; // mines and ponds have no use to be coloured by

  /** Round breaks near the quantiles, five classes at most. */
  function breaksOf(values, digits) {
    const sorted = values.filter((v) => v > 0).sort((a, b) => a - b);
    if (!sorted.length) return [];
    const round = (v) => {
      const unit = Math.pow(10, Math.floor(Math.log10(v)) - digits + 1);
      return Number((Math.round(v / unit) * unit).toPrecision(digits));
    };
    const inner = [0.2, 0.4, 0.6, 0.8].map((share) => round(sorted[Math.floor(share * (sorted.length - 1))]));
    return [...new Set(inner)].filter((v) => v > sorted[0]);
  }

  /** Labels of classes between breaks, the unit left out; of one class what its values are, of none nothing. */
  function spans(breaks, known, quantity, size) {
    const show = (edge) => pvmap.format.bare(quantity, edge, size);
    const last = breaks.length, ends = [Math.min(...known), Math.max(...known)].map(show);
    if (!last) return known.length ? [[...new Set(ends)].join("–")] : [];
    return Array.from({ length: last + 1 }, (_, i) => (i === 0 ? `< ${show(breaks[0])}` : i === last ? `≥ ${show(breaks[last - 1])}` : `${show(breaks[i - 1])}–${show(breaks[i])}`));
  }

  /** A number of each zone in classes of a scale. */
  function scaled({ quantity, title, value, known, figure, breaks, colours, dense }) {
    const size = breaks[Math.floor(breaks.length / 2)] || known[0] || 1, unit = pvmap.format.unitName(quantity, size);
    return {
      title: text("with_unit", { name: title, unit: dense ? text("per_km2", { unit }) : unit }),
      colours,
      labels: spans(breaks, known, quantity, size),
      figure,
      classOf: (total, km2) => {
        const number = value(total, km2);
        return number === null ? -1 : breaks.filter((edge) => number >= edge).length;
      },
    };
  }

  /** Amounts per km2, because a large zone is not a rich one; ratios as they are. */
  function ofNumber(variable, totals, km2) {
    const { key, quantity } = variable, dense = variable.combine === "sum", turning = variable.kind === "diverging";
    const value = (total, area) => (dense ? total[key] / area : total[key]);
    // Areas differ less than sites do: they get breaks of their own, unless the breaks turn around a meaning.
    const known = totals.map((total, i) => value(total, km2[i])).filter((one) => one !== null);
    const breaks = turning ? variable.edges.slice(1, -1) : breaksOf(known, dense ? 2 : 3);
    const colours = turning ? variable.colours : pvmap.rampOf(dense ? PALE : variable.colours, breaks.length + 1);
    return scaled({ quantity, title: variable.title(), value, known, figure: (total) => pvmap.format(quantity, total[key]), breaks, colours, dense });
  }

  /** Share of the capacity whose class is one of the good ones. */
  function ofShare(variable) {
    const { good } = variable, sum = (some) => some.reduce((a, b) => a + b, 0);
    const value = ({ classes }) => (sum(classes) > 0 ? sum(good.map((number) => classes[number])) / sum(classes) : null);
    const colours = pvmap.rampOf([FAINT, variable.colours[good[good.length - 1]]], FIFTHS.length + 1);
    return scaled({ quantity: "share", title: text(`share_of.${variable.key}`), value, known: [], figure: (total) => pvmap.format("share", value(total)), breaks: FIFTHS, colours });
  }

  /** The class that holds most of the capacity, in the colour that its sites have. */
  function ofMost(variable, totals) {
    const most = ({ classes }) => classes.reduce((best, kwp, i) => (kwp > (classes[best] || 0) && variable.classes[i] !== NO_BUILDING ? i : best), -1);
    const there = [...new Set(totals.map(most))].filter((number) => number >= 0).sort((a, b) => a - b);
    return {
      title: text("most_of", { name: variable.title() }),
      colours: there.map((number) => variable.colours[number]),
      labels: there.map((number) => variable.label(number)),
      figure: (total) => (most(total) < 0 ? "—" : variable.label(most(total))),
      classOf: (total) => there.indexOf(most(total)),
    };
  }

  /**
   * How zones with these sums and areas are coloured by the chosen variable: title, colours and labels of the classes,
   * `classOf(total, km2)` with -1 for zones without a value, and the `figure` that stands on a zone.
   */
  pvmap.zoneMeasure = (totals, km2) => {
    const variable = pvmap.current();
    return (variable.edges.length ? ofNumber : variable.good.length ? ofShare : ofMost)(variable, totals, km2);
  };
  pvmap.zoneColour = ({ colours }, number) => (number < 0 ? NOTHING : colours[number]);
  pvmap.NOTHING = NOTHING;
})();
