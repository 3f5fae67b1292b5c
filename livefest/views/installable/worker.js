// Lets pages that were seen be read without a connection. worker.py puts APP in front of it: the release, the offline
// page of each language, files that only stylesheets name, and where static files are.
//
// A page is asked for from the site first; what is kept is shown where no answer comes, or none in time. Kept are only
// pages that are the same for everyone, with the files that they name: in caches of this release, which the next one
// replaces as a whole, so that no page meets files that are not its own.
"use strict";

const PAGES = `pages-${APP.release}`;
const FILES = `files-${APP.release}`;
const MOST_PAGES = 60;
const MOST_DAYS = 7;
const ANEW = 6; // of the pages seen last: as many are asked for again by a new release, and when one is back online
const PATIENCE = 4000; // milliseconds
const AWAY = new Set([502, 503, 504]); // the site says so itself, or who stands before it
const KEPT_AT = "X-Kept-At"; // milliseconds since 1970, by the device's clock

const LANGUAGES = Object.keys(APP.offline);
const HASHED = /\.[0-9a-f]{12}\.\w+$/; // named by its content, and so for ever
const NAMED = new RegExp(`(?:href|src)="(${APP.static}[^"]+)"`, "g");
// Pages below a language; none of those who are signed in, and nothing that somebody looked for.
const PUBLIC = new RegExp(`^/(?:${LANGUAGES.join("|")})/(?:.*/)?$`);
const NEVER = /\/(?:me|find|search)\//;

addEventListener("install", (event) => {
  // Browsers that know of it send elsewhere, without waking this script, what it has nothing to do with: what pages ask
  // for themselves (boards that move do so every five seconds), and what is sent.
  event.addRoutes?.([
    { condition: { requestDestination: "" }, source: "network" },
    { condition: { requestMethod: "POST" }, source: "network" },
  ])?.catch(() => {});
  event.waitUntil(install());
});

async function install() {
  const files = await caches.open(FILES);
  await files.addAll(APP.files);
  await caches.open(PAGES);
  for (const address of Object.values(APP.offline)) {
    const response = await fetch(address, { credentials: "omit", cache: "no-cache" });
    if (!response.ok) throw new TypeError(`${address}: ${response.status}`);
    const text = await response.text();
    await keepFiles(text);
    await files.put(address, plain(response, text));
  }
  const former = (await caches.keys()).filter((name) => name.startsWith("pages-") && name !== PAGES);
  for (const name of former) await askAnew(await caches.open(name)).catch(() => {});
  await skipWaiting();
}

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (/^(pages|files)-/.test(name) && ![PAGES, FILES].includes(name)) await caches.delete(name);
  }
  await registration.navigationPreload?.enable();
  await clients.claim();
})()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.destination === "document") event.respondWith(page(event, url));
  else if (url.pathname.startsWith(APP.static)) event.respondWith(file(request));
});

// The page as the site has it; as it was kept where that can't be had, and what is said instead where it wasn't kept.
async function page(event, url) {
  const coming = ask(event);
  try {
    if (!isPublic(url)) return await coming;
    event.waitUntil(coming.then((response) => navigator.onLine && keep(url, response.clone())).catch(() => {}));
    const response = await Promise.race([coming, new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
    if (response && !AWAY.has(response.status) && !(await isNoNews(url, response))) return response;
    return (await kept(url)) || response || (await coming);
  } catch {
    return (await kept(url)) || (await offline(url));
  }
}

// For half a minute the browser answers by itself, also offline, with what it had: that is no newer than what is kept.
async function isNoNews(url, response) {
  if (navigator.onLine) return false;
  const found = await (await caches.open(PAGES)).match(keyOf(url));
  return Boolean(found) && found.headers.get("ETag") === response.headers.get("ETag");
}

async function ask(event) {
  return (await event.preloadResponse) || fetch(event.request);
}

async function file(request) {
  const files = await caches.open(FILES);
  if (HASHED.test(new URL(request.url).pathname)) return (await files.match(request.url)) || fetch(request);
  const found = await files.match(request.url);
  try {
    const response = await fetch(request);
    if (found && response.ok) await files.put(request.url, response.clone());
    return response;
  } catch (error) {
    if (found) return found;
    throw error;
  }
}

function isPublic(url) {
  return PUBLIC.test(url.pathname) && !NEVER.test(url.pathname);
}

function keyOf(url) {
  return url.origin + url.pathname + url.search;
}

// A kept answer is said as it was, but neither compressed nor by what it varied: the policy for content among it.
function plain(response, text, more = {}) {
  const headers = new Headers(response.headers);
  for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
  for (const [name, value] of Object.entries(more)) headers.set(name, value);
  return new Response(text, { headers });
}

// Keeps a page, with the files that it names, if the site says that it is for everyone.
async function keep(url, response) {
  const said = (name) => response.headers.get(name) || "";
  if (!isPublic(url) || response.status !== 200 || response.redirected) return;
  if (!said("Cache-Control").startsWith("public") || /cookie/i.test(said("Vary"))) return;
  if (!said("Content-Type").startsWith("text/html")) return;
  if (said("ETag").endsWith('-old"')) return; // an old page of the site itself, which says so
  const text = await response.text();
  if (!text.includes("<html ")) return; // a part of a page, opened by itself
  await keepFiles(text);
  if (!(await caches.has(PAGES))) return; // a newer release took over meanwhile
  const pages = await caches.open(PAGES);
  await pages.delete(keyOf(url)); // the order is that of keeping
  await pages.put(keyOf(url), plain(response, text, { [KEPT_AT]: Date.now() }));
  await forget(pages);
}

async function keepFiles(text) {
  const files = await caches.open(FILES);
  const named = new Set([...text.matchAll(NAMED)].map((found) => found[1]));
  for (const address of named) {
    if (!(await files.match(address))) await files.add(address);
  }
}

async function forget(pages) {
  const keys = await pages.keys();
  for (const [index, key] of keys.entries()) {
    if (index >= keys.length - MOST_PAGES && !isOld(await pages.match(key))) break;
    await pages.delete(key);
  }
}

function isOld(response) {
  return Date.now() - Number(response.headers.get(KEPT_AT)) > MOST_DAYS * 86400_000;
}

// The page as it was kept, saying since when; for the way in, the fest that was seen last.
async function kept(url) {
  const pages = await caches.open(PAGES);
  const found = await pages.match(keyOf(url));
  if (found && !isOld(found)) {
    const since = `<html data-kept-at="${found.headers.get(KEPT_AT)}" `;
    return plain(found, (await found.text()).replace("<html ", since));
  }
  const below = LANGUAGES.find((language) => url.pathname === `/${language}/`);
  if (!below && url.pathname !== "/") return undefined;
  const fest = new RegExp(`^/${below || "[^/]+"}/[^/]+/$`);
  const seen = (await pages.keys()).map((key) => new URL(key.url)).filter((one) => fest.test(one.pathname));
  return seen.length ? Response.redirect(seen.at(-1).href) : undefined;
}

// What is said of a page that was never seen, in the language of its address, else in the reader's.
async function offline(url) {
  const wished = navigator.language.toLowerCase();
  const language = LANGUAGES.find((one) => url.pathname.startsWith(`/${one}/`))
    || LANGUAGES.find((one) => wished === one) || LANGUAGES.find((one) => wished.split("-")[0] === one) || "en";
  const found = await (await caches.open(FILES)).match(APP.offline[language]);
  return found || Response.error();
}

// Asks again for the pages seen last, one after the other, as nobody in particular.
async function askAnew(pages) {
  for (const key of (await pages.keys()).slice(-ANEW)) await askFor(key.url);
}

async function askFor(address) {
  await keep(new URL(address), await fetch(address, { credentials: "omit", cache: "no-cache" }));
}

async function refresh() {
  await askAnew(await caches.open(PAGES));
}

addEventListener("sync", (event) => { if (event.tag === "refresh") event.waitUntil(refresh()); });
addEventListener("periodicsync", (event) => { if (event.tag === "refresh") event.waitUntil(refresh()); });

// A page says that it was opened before this script was there, or has moved since, or that one is back online.
addEventListener("message", (event) => {
  const { keep: address, refresh: again } = event.data;
  if (address) event.waitUntil(askFor(address.split("#")[0]));
  if (again) event.waitUntil(refresh());
});
