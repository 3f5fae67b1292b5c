// What pages do beyond HTML: moments in the viewer's zone, and boards that move without jumping.
// Everything works without it. No inline code, no eval (the site's Content-Security-Policy forbids both).
(() => {
  "use strict";

  // The page's language, as it is written where the viewer lives: with 24 hours or with 12.
  const page = document.documentElement.lang;
  // Arabic with the digits that the page has.
  const known = navigator.languages.find((one) => one.split("-")[0] === page.split("-")[0]) || page;
  const language = page === "ar" ? `${known}-u-nu-latn` : known;
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  const local = new Intl.DateTimeFormat(language, { weekday: "short", hour: "2-digit", minute: "2-digit" });
  const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

  // "in 3 hours", "12 seconds ago": of the largest unit that fits.
  function fromNow(seconds) {
    const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) || UNITS[3];
    return relative.format(Math.trunc(seconds / size), unit);
  }

  const zone = document.body.dataset.zone;
  const theirs = zone && new Intl.DateTimeFormat(language, { weekday: "short", hour: "2-digit", minute: "2-digit", timeZone: zone });

  // A moment that counts (data-count), and one with the viewer's own time beside the fest's (data-local).
  function tick() {
    for (const element of document.querySelectorAll("time[data-count]")) {
      const text = fromNow((Date.parse(element.dateTime) - Date.now()) / 1000);
      if (element.textContent !== text) element.textContent = text;
    }
    for (const element of document.querySelectorAll("time[data-local]")) {
      element.removeAttribute("data-local");
      const text = local.format(new Date(element.dateTime));
      if (theirs && theirs.format(new Date(element.dateTime)) === text) continue;  // the same clock
      const own = document.createElement("span");
      own.className = "quiet small";
      own.textContent = ` (${element.dataset.yours || ""} ${text})`;
      element.after(own);
    }
  }
  tick();
  setInterval(tick, 1000);

  // On a phone the menu goes sideways: where one is must be seen.
  const menu = document.querySelector(".menu");
  const here = menu?.querySelector("[aria-current]");
  if (here) {
    const [around, within] = [menu.getBoundingClientRect(), here.getBoundingClientRect()];
    menu.scrollLeft += within.left + within.width / 2 - (around.left + around.width / 2);
  }

  // The parts that move are asked for again by htmx; not in a hidden tab and not offline.
  const seen = new Map();
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt.hasAttribute("data-moves") && (document.hidden || !navigator.onLine)) event.preventDefault();
  });

  // What didn't change is left alone: no focus is lost and no screen reader interrupted.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const target = event.detail.target;
    if (!target.hasAttribute("data-moves")) return;
    const etag = event.detail.xhr.getResponseHeader("ETag");
    const before = seen.get(target.id) || target.dataset.etag;
    seen.set(target.id, etag);
    if (etag && etag === before) {
      event.detail.shouldSwap = false;
      return;
    }
    remember(target);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.hasAttribute("data-moves")) glide(event.detail.target);
    tick();
  });

  // Rows glide from where they were (First, Last, Invert, Play). Focus stays on the link that had it.
  let places = new Map();
  let focused = null;
  let scrolled = [];  // how far the lists that go sideways had been moved
  function rows(target) {
    return target.querySelectorAll("[data-row]");
  }
  function reels(target) {
    return [...target.querySelectorAll(".reel")];
  }
  function remember(target) {
    scrolled = reels(target).map((reel) => reel.scrollLeft);
    places = new Map([...rows(target)].map((row) => [row.dataset.row, row.getBoundingClientRect().top]));
    const active = document.activeElement;
    focused = target.contains(active) && active.id ? active.id : null;
  }
  function glide(target) {
    reels(target).forEach((reel, index) => { reel.scrollLeft = scrolled[index] || 0; });
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    if (calm.matches) return;
    for (const row of rows(target)) {
      const before = places.get(row.dataset.row);
      const shift = before === undefined ? 0 : before - row.getBoundingClientRect().top;
      if (!shift) continue;
      row.animate([{ transform: `translateY(${shift}px)` }, { transform: "none" }], { duration: 600, easing: "ease-out" });
    }
  }

  // Where one stands oneself: asked for only by who is signed in, which a cookie without any secret says.
  const you = document.getElementById("you");
  if (you && window.htmx && document.cookie.split("; ").includes("signed_in=1")) {
    htmx.ajax("GET", you.dataset.ownRank, { target: you, swap: "innerHTML" }).then(() => {
      you.hidden = !you.firstElementChild;
    });
  }

  // Offline: say so, and say when it is over by being silent again.
  const connection = document.getElementById("connection");
  function connected() {
    if (!connection) return;
    connection.hidden = navigator.onLine;
    connection.textContent = navigator.onLine ? "" : connection.dataset.offline;
  }
  addEventListener("online", connected);
  addEventListener("offline", connected);
  connected();

  // A chooser goes where it says as soon as something is chosen; its button is for who has no script.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-chooser]");
    if (form) form.requestSubmit();
  });
})();
