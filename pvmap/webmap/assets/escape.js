/* Escape closes whatever is open, the last thing opened first. */
"use strict";
(() => {
  const closers = [];

  /** Have `close` asked on Escape; it says whether it closed anything. */
  pvmap.onEscape = (close) => closers.push(close);

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return; // a dialog closes itself
    const { openPopup, state } = pvmap;
    if (openPopup && openPopup.isOpen()) {
      state.map.closePopup();
      state.map.getContainer().focus();
      return;
    }
    for (const close of closers) if (close()) return;
  });
})();
