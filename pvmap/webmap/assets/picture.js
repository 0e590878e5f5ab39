/* A picture of the map as PNG: what the layers drew, names, scale, title and source. */
"use strict";
(() => {
  const { text, meta } = pvmap;
  const FOOT = 54;

  /** An SVG element as an image; its own styles travel with it as attributes. */
  function imageOf(element) {
    return new Promise((done) => {
      const image = new Image();
      image.onload = () => done(image);
      image.onerror = () => done(null);
      const copy = element.cloneNode(true), { width, height } = element.getBoundingClientRect();
      copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
      copy.setAttribute("width", width);
      copy.setAttribute("height", height);
      copy.removeAttribute("style");
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
    });
  }

  function words(context, element, view) {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = "#ffffff";
    context.fillStyle = style.color;
    const x = box.left + box.width / 2 - view.left, y = box.top + box.height / 2 - view.top;
    context.strokeText(element.textContent, x, y);
    context.fillText(element.textContent, x, y);
  }

  /** Draw the map as it is seen into a canvas. */
  async function picture() {
    pvmap.clearHover();
    await pvmap.idle();
    const container = pvmap.state.map.getContainer(), view = container.getBoundingClientRect(), ratio = Math.min(window.devicePixelRatio || 1, 2);
    const canvas = pvmap.el("canvas", { width: view.width * ratio, height: (view.height + FOOT) * ratio }), context = canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.fillStyle = getComputedStyle(container).backgroundColor;
    context.fillRect(0, 0, view.width, view.height);
    context.save();
    context.beginPath();
    context.rect(0, 0, view.width, view.height);
    context.clip();
    const panes = [...container.querySelectorAll(".leaflet-map-pane > .leaflet-pane")].sort((a, b) => getComputedStyle(a).zIndex - getComputedStyle(b).zIndex);
    for (const pane of panes)
      for (const element of pane.querySelectorAll("canvas, svg, img.leaflet-image-layer")) {
        const box = element.getBoundingClientRect(), source = element.tagName !== "svg" ? element : await imageOf(element);
        if (source && box.width && box.height) context.drawImage(source, box.left - view.left, box.top - view.top, box.width, box.height);
      }
    for (const element of container.querySelectorAll(".leaflet-pvmap-names-pane span, .leaflet-pvmap-names-pane b")) if (element.getClientRects().length) words(context, element, view);
    context.restore();
    foot(context, view);
    return canvas;
  }

  function foot(context, view) {
    const { banner } = meta, scale = document.querySelector(".leaflet-control-scale-line");
    context.fillStyle = "#ffffff";
    context.fillRect(0, view.height, view.width, FOOT);
    context.fillStyle = "#1f2933";
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    context.font = "600 15px sans-serif";
    context.fillText(`${pvmap.either(meta.title)} · ${pvmap.caseTitle()}`, 12, view.height + 21);
    context.font = "12px sans-serif";
    const parts = [banner.synthetic && text("synthetic"), banner.date && text("data_date", { date: banner.date })];
    parts.push(pvmap.credit() && text("data_source", { source: pvmap.credit() }));
    parts.push(banner.review_number && `审图号：${banner.review_number}`, pvmap.today());
    context.fillText(parts.filter(Boolean).join(" · "), 12, view.height + 42);
    if (!scale) return;
    const wide = scale.getBoundingClientRect().width;
    context.fillRect(view.width - wide - 14, view.height + 34, wide, 2);
    context.textAlign = "right";
    context.fillText(scale.textContent, view.width - 14, view.height + 28);
  }

  pvmap.sections.picture = () =>
    pvmap.tool("picture", async () => {
      // a browser gives no picture away that foreign pictures are part of
      if (pvmap.state.map.getContainer().classList.contains("pvmap-online")) return pvmap.say(text("picture_online"));
      const canvas = await picture();
      canvas.toBlob((blob) => pvmap.download(blob, `pvmap-${meta.city}.png`), "image/png");
      return null;
    });
  pvmap.picture = picture;
})();
