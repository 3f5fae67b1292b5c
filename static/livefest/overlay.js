// An overlay that runs for days: it asks again and again, glides and counts to what is new, waits longer while the
// server is away, and goes on by itself. Nothing grows: one timer for each purpose, no list that is added to, and the
// rows that go take all that is theirs along. For Chromium 103 and later.
(() => {
  "use strict";

  const EVERY = 5000, LONGEST = 60000, PATIENCE = 10000, HOUR = 3600000, GLIDES = 900, ARROWS = 8000;
  const overlay = document.getElementById("overlay");
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const numbers = new Intl.NumberFormat(document.documentElement.lang);
  const begun = performance.now();
  let last = "";  // what was answered, to leave alone what didn't change
  let outdated = false;  // another release answers
  let failures = 0;
  let counting = 0, arrows = 0;

  // Longer with each failure, and never all overlays at once.
  function pause() {
    return Math.min(EVERY * 2 ** Math.min(failures, 6), LONGEST) * (0.8 + 0.4 * Math.random());
  }

  async function asked(headers, cache) {
    const abort = new AbortController();
    const patience = setTimeout(() => abort.abort(), PATIENCE);
    try {
      const options = { headers, cache, credentials: "omit", signal: abort.signal };
      const response = await fetch(location.pathname + location.search, options);
      if (!response.ok) throw new Error(response.status);
      return await response.text();
    } finally {
      clearTimeout(patience);
    }
  }

  async function turn() {
    try {
      const text = await asked({ "HX-Request": "true" }, "no-cache");
      failures = 0;
      if (text !== last || (outdated && performance.now() - begun > HOUR)) await take(text);
    } catch {
      failures += 1;
    }
    overlay.dataset.failures = failures;
    setTimeout(turn, pause());
  }

  async function take(text) {
    const parsed = new DOMParser().parseFromString(text, "text/html");
    const fresh = parsed.querySelector("[data-release]");
    if (!fresh) throw new Error("no overlay");  // a proxy's own page, with status 200
    // Another release may need another script: the page is loaded anew, an hour after it was at the earliest, and only
    // once it is known to be there, for nothing would bring it back from a page that says it isn't.
    outdated = fresh.dataset.release !== overlay.firstElementChild.dataset.release;
    if (outdated && performance.now() - begun > HOUR) {
      await asked({}, "reload");
      location.reload();
      return;
    }
    last = text;
    show(document.importNode(fresh, true));
  }

  function rows() {
    return overlay.querySelectorAll("[data-row]");
  }

  function show(fresh) {
    const before = new Map();
    for (const row of rows()) {
      before.set(row.dataset.row, {
        top: row.getBoundingClientRect().top,
        rank: Number(row.dataset.rank),
        score: Number(row.dataset.score),
      });
    }
    fresh.dataset.release = overlay.firstElementChild.dataset.release;  // of the script that runs
    overlay.replaceChildren(fresh);
    const counts = [];
    for (const row of rows()) {
      const was = before.get(row.dataset.row);
      if (was) move(row, was, counts);
      else if (before.size && !calm.matches) row.animate([{ opacity: 0 }, { opacity: 1 }], { duration: GLIDES });
    }
    count(counts);
    clearTimeout(arrows);
    arrows = setTimeout(still, ARROWS);
  }

  function move(row, was, counts) {
    const rank = Number(row.dataset.rank), by = was.rank - rank;
    if (by) {
      row.dataset.moved = by > 0 ? "up" : "down";
      row.querySelector(".moved").textContent = `${by > 0 ? "▲" : "▼"}${numbers.format(Math.abs(by))}`;
    }
    if (calm.matches) return;
    const shift = was.top - row.getBoundingClientRect().top;
    if (shift) {
      const glide = [{ transform: `translateY(${shift}px)` }, { transform: "none" }];
      row.animate(glide, { duration: GLIDES, easing: "ease-in-out" });
    }
    for (const name of ["rank", "score"]) {
      const to = Number(row.dataset[name]);
      if (to === was[name]) continue;
      const element = row.querySelector(`[data-counts="${name}"]`);
      counts.push({ element, from: was[name], to, text: element.textContent });
    }
  }

  // Figures run to what they are; what the server wrote stands there at the end.
  function count(counts) {
    cancelAnimationFrame(counting);
    if (!counts.length) return;
    const since = performance.now();
    function step() {
      const part = Math.min((performance.now() - since) / GLIDES, 1);
      for (const { element, from, to, text } of counts) {
        element.textContent = part < 1 ? numbers.format(Math.round(from + (to - from) * part)) : text;
      }
      if (part < 1) counting = requestAnimationFrame(step);
    }
    step();
  }

  function still() {
    for (const row of rows()) {
      delete row.dataset.moved;
      row.querySelector(".moved").textContent = "";
    }
  }

  setTimeout(turn, pause());
})();
