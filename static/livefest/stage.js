// The staff's stage: Space, the right arrow and a presenter's "page down" announce the next rank, the left arrow and
// "page up" take the last one back. The buttons do the same without it.
(() => {
  "use strict";

  const KEYS = { " ": "forward", ArrowRight: "forward", PageDown: "forward", ArrowLeft: "back", PageUp: "back" };

  document.addEventListener("keydown", (event) => {
    const step = KEYS[event.key];
    if (!step || event.repeat || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, summary, a, button")) return;  // theirs to use
    const button = document.querySelector(`button[data-step="${step}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });

  // One press is one step: the server would take a second one for the same.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-stage]");
    if (!form) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "sent";
  });
})();
