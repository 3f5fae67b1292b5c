// Copies the code of a widget, or the address of an overlay. Without it they are there to be selected.
(() => {
  "use strict";

  function offer() {
    for (const button of document.querySelectorAll("[data-copies]")) button.hidden = !navigator.clipboard;
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copies]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copies);
    source.select();
    await navigator.clipboard.writeText(source.value);
    document.getElementById("copied").textContent = button.dataset.done;
    button.dataset.label = button.dataset.label || button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = button.dataset.label; }, 2000);
  });
  document.addEventListener("htmx:afterSettle", offer);
  offer();
})();
