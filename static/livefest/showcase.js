// Following creators without an account, the keys of the search, and sharing. What follows is kept in this browser
// alone; the pages work without any of it.
(() => {
  "use strict";

  const MOST = 100;
  const LONGEST = 6000;  // of an address, which servers on the way may cut

  const follows = document.getElementById("follows");
  const followed = document.getElementById("followed");
  const key = follows && `following:${follows.dataset.fest}`;

  // Handles, the newest last; null where this browser keeps nothing.
  function kept() {
    try {
      const found = JSON.parse(localStorage.getItem(key) || "[]");
      return Array.isArray(found) ? found.filter((one) => typeof one === "string" && one) : [];
    } catch (error) {
      return error instanceof SyntaxError ? [] : null;
    }
  }
  function keep(handles) {
    try {
      if (handles.length) localStorage.setItem(key, JSON.stringify(handles));
      else localStorage.removeItem(key);
      return true;
    } catch {
      return false;  // full, or not allowed
    }
  }

  function show() {
    const handles = kept();
    if (!handles) return;
    for (const button of document.querySelectorAll("[data-follow]")) {
      button.hidden = false;
      button.setAttribute("aria-pressed", String(handles.includes(button.dataset.follow)));
    }
    for (const button of document.querySelectorAll("[data-forget]")) button.hidden = !handles.length;
    const nobody = document.getElementById("nobody-followed");
    if (nobody) nobody.hidden = handles.length > 0 || Boolean(followed.firstElementChild);
  }

  function toggle(handle) {
    const handles = kept() || [];
    const without = handles.filter((one) => one !== handle);
    if (without.length === handles.length && handles.length >= MOST) {
      follows.className = "wrong";
      follows.textContent = follows.dataset.full;
      follows.scrollIntoView({ block: "nearest" });
      return;
    }
    keep(without.length === handles.length ? [...handles, handle] : without);
    follows.className = "visually-hidden";
    follows.textContent = "";
    show();
  }

  // The page of those who are followed. One address for the same people, so that it is cached as one.
  function address(handles) {
    let url = followed.dataset.cards;
    for (const handle of [...new Set(handles)].sort().slice(0, MOST)) {
      const longer = `${url}${url.includes("?") ? "&" : "?"}h=${encodeURIComponent(handle)}`;
      if (longer.length > LONGEST) break;
      url = longer;
    }
    return url;
  }
  function fill() {
    const handles = kept() || [];
    if (handles.length) htmx.ajax("GET", address(handles), { target: followed, swap: "innerHTML" });
    else followed.replaceChildren();
    show();
  }

  if (follows) {
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-follow], [data-forget]");
      if (!button) return;
      if ("follow" in button.dataset) return toggle(button.dataset.follow);
      keep([]);
      fill();
      const title = document.getElementById("nobody-title");
      title.tabIndex = -1;
      title.focus();
    });
    // Before the site's own script looks for the button that had the focus, which must be shown by then.
    document.addEventListener("htmx:afterSwap", (event) => {
      if (event.detail.target === followed && !followed.querySelector("[data-follow]")) {
        keep([]);  // nobody of them takes part any more
        followed.replaceChildren();
      }
      show();
    }, true);
    addEventListener("storage", (event) => { if (event.key === key) show(); });
    if (followed && kept()) {
      document.getElementById("needs-script").hidden = true;
      const retry = (event) => {
        if (event.detail.elt !== followed && event.detail.target !== followed) return;
        if (!followed.firstElementChild) followed.textContent = followed.dataset.away;
        setTimeout(fill, 10000);
      };
      document.addEventListener("htmx:sendError", retry);
      document.addEventListener("htmx:responseError", retry);
      fill();
    } else {
      show();
    }
  }

  // Search: arrows go through what was found, Escape back to the field. Too many searches are told, not dropped.
  const field = document.getElementById("q");
  if (field && document.getElementById("hits")) {
    document.addEventListener("htmx:beforeSwap", (event) => {
      if (event.detail.xhr.status === 429) event.detail.shouldSwap = true;
    });
    document.addEventListener("keydown", (event) => {
      const hits = [...document.querySelectorAll("[data-hit]")];
      const at = hits.indexOf(document.activeElement);
      if (at < 0 && document.activeElement !== field) return;
      if (event.key === "Escape" && at >= 0) return field.focus();
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      if (next === -2) return;
      event.preventDefault();
      (hits[next] || (next < 0 ? field : hits[at]))?.focus();
    });
  }

  // Sharing: what the device offers, else the address is copied.
  const share = document.querySelector("[data-share]");
  if (share && (navigator.share || navigator.clipboard)) {
    share.hidden = false;
    share.addEventListener("click", async () => {
      const url = location.origin + location.pathname;
      try {
        if (navigator.share) await navigator.share({ title: share.dataset.share, url });
        else {
          await navigator.clipboard.writeText(url);
          document.getElementById("shared").textContent = share.dataset.copied;
        }
      } catch {
        // called off
      }
    });
  }
})();
