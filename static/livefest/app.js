// The site as an app: its service worker, what is said of pages that were kept, and the way onto a home screen.
// Pages work without it.
(() => {
  "use strict";

  const page = document.documentElement;
  const path = document.currentScript.dataset.worker;
  const worker = window.isSecureContext ? navigator.serviceWorker : undefined;
  const MOVED = 60_000;  // milliseconds after which a board that moves is kept anew when one looks away
  const LONGEST = 120_000;  // between two looks whether the site is back
  const SHOWN = 12;  // pages that the offline page lists
  // As site.js writes moments: the page's language as where the viewer lives, Arabic with the digits that the page has.
  const known = navigator.languages.find((one) => one.split("-")[0] === page.lang.split("-")[0]) || page.lang;
  const language = page.lang === "ar" ? `${known}-u-nu-latn` : known;
  const clock = { hour: "2-digit", minute: "2-digit" };
  const day = { weekday: "short", day: "numeric", month: "short", ...clock };

  // "14:32" of today, else with its day.
  function moment(milliseconds) {
    const then = new Date(milliseconds);
    const form = then.toDateString() === new Date().toDateString() ? clock : day;
    return new Intl.DateTimeFormat(language, form).format(then);
  }

  // Registered once everything that is seen is there. The page that was opened before is kept too.
  async function register() {
    const opened = !worker.controller;
    const registration = await worker.register(path, { updateViaCache: "none" });
    if (opened) (await worker.ready).active.postMessage({ keep: location.href });
    if (page.dataset.keptAt) await registration.sync?.register("refresh");
    const may = await navigator.permissions?.query({ name: "periodic-background-sync" }).catch(() => null);
    if (may?.state === "granted") await registration.periodicSync?.register("refresh", { minInterval: 6 * 3600_000 });
  }
  if (worker && path) {
    const soon = window.requestIdleCallback || setTimeout;
    // Not possible in a private window of some browsers, or while the site can't be reached: then without it.
    addEventListener("load", () => soon(() => register().catch(() => {})));
  }
  const tell = (what) => worker?.controller?.postMessage(what);

  // A board that moved is kept as it was when one looked away, not as it was when it was opened.
  let keptAt = Date.now();
  addEventListener("visibilitychange", () => {
    if (!document.hidden || !navigator.onLine || !document.querySelector("[data-moves]")) return;
    if (Date.now() - keptAt < MOVED) return;
    keptAt = Date.now();
    tell({ keep: location.href });
  });

  // Of when a page is that couldn't be had from the site, or that was open when the connection went.
  const kept = document.getElementById("kept");
  const since = Number(page.dataset.keptAt) || 0;
  const again = since || document.querySelector("[data-retry]");
  let asOf = Date.now();
  function say() {
    if (!kept) return;
    const at = since || (navigator.onLine || again ? 0 : asOf);
    kept.hidden = !at;
    const texts = kept.dataset;
    kept.firstElementChild.textContent = at
      ? [since && navigator.onLine ? texts.away : "", texts.asOf.replace("%s", moment(at))].join(" ").trim()
      : "";
  }
  addEventListener("offline", say);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.elt.hasAttribute("data-moves")) asOf = Date.now();
  });

  // Such a page, and one that says to come back, is opened anew as soon as the site answers in time. All who wait don't
  // come at once; and nothing is taken from who is writing.
  const writes = () => [...document.querySelectorAll("input, textarea")].some(
    (field) => field === document.activeElement || field.value !== field.defaultValue);
  let wait = 5000;
  let next = 0;
  async function look() {
    clearTimeout(next);
    if (!document.hidden && navigator.onLine && !writes()) {
      try {
        const answer = await fetch(location.href, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(3000) });
        if (answer.status < 500) return location.reload();
      } catch { /* not yet */ }
      wait = Math.min(2 * wait, LONGEST);
    }
    next = setTimeout(look, wait * (0.75 + Math.random() / 2));
    return undefined;
  }
  if (again) next = setTimeout(look, wait * (0.75 + Math.random() / 2));
  addEventListener("online", () => {
    say();
    if (again) {
      clearTimeout(next);
      wait = 5000;
      next = setTimeout(look, 1000 * Math.random());
    }
    if (!("SyncManager" in window)) tell({ refresh: true });
  });
  say();

  // The offline page lists what was seen and can be read, the last first.
  async function list(seen) {
    const name = (await caches.keys()).find((one) => one.startsWith("pages-"));
    if (!name) return;
    const pages = await caches.open(name);
    const here = (await pages.keys()).filter((key) => new URL(key.url).pathname.startsWith(`/${page.lang}/`));
    for (const key of here.reverse().slice(0, SHOWN)) {
      const response = await pages.match(key);
      const title = new DOMParser().parseFromString(await response.text(), "text/html").title.trim();
      const row = seen.querySelector("template").content.cloneNode(true);
      row.querySelector("a").href = key.url;
      row.querySelector("a").textContent = title;
      row.querySelector("time").textContent = moment(Number(response.headers.get("X-Kept-At")));
      seen.querySelector("ul").append(row);
    }
    seen.hidden = !here.length;
  }
  const seen = document.getElementById("seen");
  if (seen && window.caches) list(seen).catch(() => {});

  // Shown only where the browser offers to put the site on the home screen.
  const install = document.getElementById("install");
  let offer = null;
  addEventListener("beforeinstallprompt", (event) => {
    if (!install) return;
    event.preventDefault();
    offer = event;
    install.hidden = false;
  });
  install?.addEventListener("click", async () => {
    install.hidden = true;
    await offer?.prompt();
    offer = null;
  });
  addEventListener("appinstalled", () => { if (install) install.hidden = true; });
})();
