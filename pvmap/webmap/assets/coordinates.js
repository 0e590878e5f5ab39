/* Places as people write and paste them: decimal degrees, degrees minutes seconds, 北纬 and 东经, full width, either order. */
"use strict";
(() => {
  const LATITUDE = /^(?:n|s|北纬|南纬|北|南|纬度|lat(?:itude)?|y)$/, LONGITUDE = /^(?:e|w|东经|西经|东|西|经度|lon(?:gitude)?|lng|x)$/, NEGATIVE = /^(?:s|w|南纬|西经|南|西)$/;
  const MARK = "[nsew](?![a-z])|北纬|南纬|东经|西经|纬度|经度|北|南|东|西|lat(?:itude)?|lon(?:gitude)?|lng|[xy](?![a-z])";
  const ANGLE = new RegExp(`(${MARK})?[:=]?\\s*([+-]?\\d+(?:\\.\\d+)?)\\s*(?:[°度º]\\s*(?:(\\d+(?:\\.\\d+)?)\\s*['分]\\s*(?:(\\d+(?:\\.\\d+)?)\\s*(?:"|''|秒)\\s*)?)?)?(${MARK})?`, "gy");

  // What other programs write around or instead of the signs of degrees.
  const FOREIGN = [
    [/^.*#map=[\d.]+\/(-?[\d.]+)\/(-?[\d.]+).*$/, "$1 $2"],
    [/^.*@(-?[\d.]+),(-?[\d.]+)(?:[,/?].*)?$/, "$1 $2"], // the address of an online map
    [/^(?:geo|point|gps|coordinates?|坐标|位置|经纬度)\s*[:=]?\s*/, ""],
    [/^([+-]?\d+),(\d+)\s*[;\s]\s*([+-]?\d+),(\d+)$/, "$1.$2 $3.$4"], // commas as decimal points
    [/^([nsew]?) ?(\d+) (\d+) (\d+(?:\.\d+)?) ?([nsew]?)[\s,;]+([nsew]?) ?(\d+) (\d+) (\d+(?:\.\d+)?) ?([nsew]?)$/, "$1$2°$3'$4\"$5 $6$7°$8'$9\"$10"],
    [/^([nsew]?) ?(\d+) (\d+(?:\.\d+)?) ?([nsew]?)[\s,;]+([nsew]?) ?(\d+) (\d+(?:\.\d+)?) ?([nsew]?)$/, "$1$2°$3'$4 $5$6°$7'$8"],
    [/(\d+)[-d](\d+)[-m](\d+(?:\.\d+)?)s?/g, "$1°$2'$3\""],
  ];
  /** Signs of one meaning become one sign. */
  const tidy = (query) =>
    query
      .replace(/[´`‘’′´＇]/g, "'") // before NFKC, which takes some of them apart
      .replace(/[“”″＂]/g, '"')
      .replace(/[º˚]/g, "°")
      .replace(/緯/g, "纬")
      .replace(/經/g, "经")
      .replace(/東/g, "东")
      .normalize("NFKC")
      .replace(/[−–—]/g, "-")
      .replace(/\s+/g, " ")
      .trim()
      .toLowerCase();

  /** Angles in a text, or null where anything else stands in it. */
  function angles(line) {
    const found = [];
    ANGLE.lastIndex = 0;
    let at = 0, parted = true;
    while (at < line.length) {
      const gap = /^[\s,;、。()[\]{}/|&]+/.exec(line.slice(at));
      if (gap) {
        at += gap[0].length;
        parted = true;
        continue;
      }
      ANGLE.lastIndex = at;
      const match = ANGLE.exec(line);
      if (!match) return null;
      let [whole, before, degrees, minutes, seconds, after] = match;
      // a mark between two angles belongs to the one it was written beside: before it if the first has one before
      if (after && (before || found.some((one) => one.before))) [whole, after] = [whole.slice(0, whole.length - after.length), undefined];
      if (!parted && !before && !found.some((one) => one.mark)) return null; // "1+1" is no place
      parted = false;
      const mark = before || after || "", turned = Number(degrees) < 0 || degrees.startsWith("-") ? -1 : 1;
      if (Number(minutes || 0) >= 60 || Number(seconds || 0) >= 60) return null;
      const size = Math.abs(Number(degrees)) + Number(minutes || 0) / 60 + Number(seconds || 0) / 3600;
      found.push({ value: size * turned * (NEGATIVE.test(mark) ? -1 : 1), mark, before: Boolean(before) });
      at += whole.trimEnd().length || whole.length;
    }
    return found;
  }

  const plain = (query) => FOREIGN.reduce((line, [sign, own]) => line.replace(sign, own), tidy(query));

  /** [latitude, longitude] of a query, or null; unmarked numbers in the order in which they lie on the map. */
  pvmap.coordinates = (query) => {
    const line = plain(query), found = angles(line);
    if (!found || found.length !== 2) return null;
    const [a, b] = found, bounds = L.latLngBounds(pvmap.meta.bounds).pad(0.5);
    const possible = (lat, lng) => Math.abs(lat) <= 90 && Math.abs(lng) <= 180;
    const turned = LONGITUDE.test(a.mark) || LATITUDE.test(b.mark), straight = LATITUDE.test(a.mark) || LONGITUDE.test(b.mark);
    if (turned && straight) return null;
    const orders = turned ? [[b, a]] : straight ? [[a, b]] : [[a, b], [b, a]];
    const places = orders.map(([lat, lng]) => [lat.value, lng.value]).filter(([lat, lng]) => possible(lat, lng));
    return places.find((at) => bounds.contains(at)) || places[0] || null;
  };
})();
