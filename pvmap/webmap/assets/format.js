/* Numbers in the reader's units: three significant digits, thousands separated, the unit once. */
"use strict";
(() => {
  // Per quantity and language: from which size on (in the table's unit), divided by what, called what; ¤ is the city's money.
  const UNITS = {
    capacity: { zh: [[1e3, 1e3, "兆瓦峰"], [0, 1, "千瓦峰"]], en: [[1e6, 1e6, "GWp"], [1e3, 1e3, "MWp"], [0, 1, "kWp"]] },
    capacity_ac: { zh: [[1e3, 1e4, "万千瓦"], [0, 1, "千瓦"]], en: [[1e6, 1e6, "GW"], [1e3, 1e3, "MW"], [0, 1, "kW"]] },
    energy: {
      zh: [[1e8, 1e8, "亿千瓦时"], [1e4, 1e4, "万千瓦时"], [0, 1, "千瓦时"]],
      en: [[1e6, 1e6, "GWh"], [1e3, 1e3, "MWh"], [0, 1, "kWh"]],
    },
    area: {
      zh: [[1e8, 1e6, "平方千米"], [1e4, 1e4, "万平方米"], [0, 1, "平方米"]],
      en: [[1e8, 1e6, "km²"], [1e4, 1e4, "ha"], [0, 1, "m²"]],
    },
    mu: { zh: [[0, 2000 / 3, "亩"]], en: [[0, 2000 / 3, "mu"]] },
    money: {
      zh: [[1e8, 1e8, "亿¤"], [1e4, 1e4, "万¤"], [0, 1, "¤"]],
      en: [[1e9, 1e9, "bn ¤"], [1e6, 1e6, "m ¤"], [0, 1, "¤"]],
    },
    mass: { zh: [[1e4, 1e4, "万吨"], [0, 1, "吨"]], en: [[1e3, 1e3, "kt"], [0, 1, "t"]] },
    price: { zh: [[0, 1, "¤/千瓦时"]], en: [[0, 1, "¤/kWh"]] },
    yield: { zh: [[0, 1, "小时"]], en: [[0, 1, "kWh/kWp"]] },
    irradiance: { zh: [[0, 1, "千瓦时/平方米"]], en: [[0, 1, "kWh/m²"]] },
    megajoule: { zh: [[0, 1 / 3.6, "兆焦/平方米"]], en: [[0, 1 / 3.6, "MJ/m²"]] },
    share: { zh: [[0, 0.01, "%"]], en: [[0, 0.01, "%"]] },
    years: { zh: [[0, 1, "年"]], en: [[0, 1, "years"]] },
    distance: { zh: [[1e3, 1e3, "千米"], [0, 1, "米"]], en: [[1e3, 1e3, "km"], [0, 1, "m"]] },
    length: { zh: [[0, 1, "米"]], en: [[0, 1, "m"]] },
    rank: { zh: [[0, 1, ""]], en: [[0, 1, ""]] },
    count: { zh: [[0, 1, "处"]], en: [[0, 1, "sites"]] },
  };
  const digits = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
  const hundredths = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 }); // of a per cent: less means nothing
  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

  function unitOf(quantity, size) {
    const choices = UNITS[quantity][pvmap.state.language];
    const [from, by, name] = choices.find(([least]) => Math.abs(size) >= least) || choices[choices.length - 1];
    return [from, by, name.replace("¤", pvmap.either(pvmap.meta.money))];
  }

  /** [number, unit] of a value in the table's unit. */
  function parts(quantity, value) {
    if (value === null || value === undefined || Number.isNaN(value)) return ["—", ""];
    if (quantity === "count" || quantity === "rank") return [whole.format(value), unitOf(quantity, value)[2]];
    const [, by, name] = unitOf(quantity, value);
    const rule = quantity === "share" && Math.abs(value) < by ? hundredths : digits;
    return [rule.format(value / by), name];
  }

  function format(quantity, value) {
    const [number, unit] = parts(quantity, value);
    return unit === "%" ? number + unit : unit ? `${number} ${unit}` : number;
  }

  /** Number alone, in the unit that suits `size`: for scales and columns that print their unit once. */
  function bare(quantity, value, size) {
    if (value === null) return "—";
    const divisor = unitOf(quantity, size)[1];
    return (quantity === "share" && Math.abs(value) < divisor ? hundredths : digits).format(value / divisor);
  }

  function unitName(quantity, size) {
    return unitOf(quantity, size)[2];
  }

  /** The unit that suits `size`: its name, and the table's units in one of it. */
  function unit(quantity, size) {
    const [, divisor, name] = unitOf(quantity, size);
    return { divisor, name };
  }

  /** Both sides of a capacity in one line: DC, and AC in brackets. */
  function both(kwp, kwac) {
    return kwac === null || kwac === undefined ? format("capacity", kwp) : pvmap.text("both_sides", { dc: format("capacity", kwp), ac: format("capacity_ac", kwac) });
  }

  /** AC side of a DC capacity of a kind: inverters are sized per mounting, so the ratio is the kind's. */
  function alternating(kind, kwp) {
    const ratio = pvmap.meta.dc_per_ac[kind];
    return kwp === null || !ratio ? null : kwp / ratio;
  }

  /** Today as the reader's own clock has it. */
  pvmap.today = () => {
    const now = new Date(), two = (n) => String(n).padStart(2, "0");
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  };

  pvmap.format = Object.assign(format, { parts, bare, unit, unitName, both, alternating, count: (n) => whole.format(n) });
})();
