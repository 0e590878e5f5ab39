/* The common ground of all scripts: what the page knows, what the reader chose, who is told when it changes. */
"use strict";
window.pvmap = (() => {
  const meta = JSON.parse(document.getElementById("pvmap-meta").textContent);
  Object.setPrototypeOf(meta.texts, null); // a link may ask for "constructor"
  const listeners = {};

  const state = {
    language: "zh",
    variable: meta.variables[0].key,
    off: {}, // list of classes -> Set of the numbers that the reader unticked
    case: null, // key of the case, see cases.js
    map: null,
  };

  /** Call `listener` whenever `event` happens: language, variable, filter, view, layers, data. */
  function on(event, listener) {
    (listeners[event] = listeners[event] || []).push(listener);
  }

  function emit(event) {
    for (const listener of listeners[event] || []) listener();
  }

  /** Text of a key in the reader's language, with {names} filled in. */
  function text(key, values = {}) {
    const pair = meta.texts[key];
    const found = pair ? pair[state.language === "zh" ? 0 : 1] : key;
    return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  }

  /** The Chinese or the English one of a pair, as the reader's language is. */
  const either = ([chinese, english]) => (state.language === "zh" ? chinese : english);

  /** A new element. Content is set as text, never as markup: names come from other people's files. */
  function el(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "text") node.textContent = value;
      else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  }

  /** Words side by side, each in a box of its own: a mark that turns the direction of one does not reach the next. */
  function beside(words, between = " · ") {
    return words.flatMap((word, i) => [i ? between : "", el("span", { class: "pvmap-word", dir: "auto", text: word })]);
  }

  /** Markup that shows a text as it is, for the one place where Leaflet takes nothing but markup. */
  function markup(plain) {
    const shown = plain.replace(/[&<>"'\r]/g, (c) => `&#${c.charCodeAt(0)};`).replace(/\0/g, "␀"); // no markup holds a NUL
    return `<span class="pvmap-word" dir="auto">${shown}</span>`;
  }

  function svg(tag, attributes = {}, ...children) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  /** A token for everything that `soon` was asked for and has not ended; before that the page is not at rest. */
  const awaited = new Set();

  /** Run `work` once, soon, however often it is asked for; what is not `seen` on the page is not waited for. */
  function soon(work, wait = 60, seen = true) {
    let timer = 0, asked = null;
    const cancel = () => {
      clearTimeout(timer);
      awaited.delete(asked);
    };
    const later = () => {
      cancel();
      const token = (asked = {});
      if (seen) awaited.add(token);
      timer = setTimeout(async () => {
        asked = null;
        try {
          await work();
        } finally {
          awaited.delete(token);
        }
      }, wait);
    };
    return Object.assign(later, { cancel });
  }

  /** Fill in the text of every element below `root` that names one. */
  function translate(root = document) {
    for (const node of root.querySelectorAll("[data-text]")) node.textContent = text(node.dataset.text);
    for (const node of root.querySelectorAll("[data-label]")) {
      node.setAttribute("aria-label", text(node.dataset.label));
      if (node.title) node.title = text(node.dataset.label);
    }
    for (const node of root.querySelectorAll("[data-placeholder]")) node.placeholder = text(node.dataset.placeholder);
  }

  function setLanguage(language) {
    state.language = language;
    document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
    document.title = language === "zh" ? meta.title[0] : meta.title[1];
    remember("language", language);
    translate();
    emit("language");
  }

  /** What this browser keeps for the page; nothing where storage is switched off. */
  function remembered(name) {
    try {
      return localStorage.getItem(`pvmap ${name}`);
    } catch {
      return null;
    }
  }
  function remember(name, value) {
    try {
      localStorage.setItem(`pvmap ${name}`, value);
    } catch {
      /* it lasts as long as the page */
    }
  }

  return { remembered, remember, meta, state, on, emit, text, either, el, beside, markup, svg, soon, awaited, translate, setLanguage, sections: {} };
})();
