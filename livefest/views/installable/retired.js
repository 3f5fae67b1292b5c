// In place of the service worker while SERVICE_WORKER is off: what any before it kept is deleted, and it goes itself.
"use strict";

addEventListener("install", (event) => event.waitUntil(skipWaiting()));

addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) await caches.delete(name);
  await registration.unregister();
})()));
