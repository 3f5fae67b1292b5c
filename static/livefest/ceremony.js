// The public ceremony: what is announced is said once to screen readers, and comes in once, not with every look.
(() => {
  "use strict";

  const status = document.getElementById("announced");
  const part = () => document.getElementById("moves");

  // All that a viewer sees of what was announced last: the newest rows, and what comes next.
  function told() {
    const rows = [...part().querySelectorAll("[data-latest]")].map((row) => row.textContent.trim().replace(/\s+/g, " "));
    const next = part().querySelector("[data-announce]");
    return [...rows, next ? next.textContent.trim() : ""].filter(Boolean).join(". ");
  }

  let before = told();
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "moves") return;
    const now = told();
    if (now === before) return;
    before = now;
    status.textContent = now;
    for (const row of part().querySelectorAll(".ceremony:not([data-over]) [data-latest]")) row.dataset.fresh = "";
  });
})();
