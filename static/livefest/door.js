// The door at a phone. With a connection the server decides; without one this page does, by its list of good tickets and
// by what it let in itself, and tells the server later. The list and what waits are kept on the phone.
(() => {
  "use strict";

  const door = document.getElementById("door");
  if (!door) return;
  const texts = door.dataset;
  const key = `door-${texts.event}`;
  const form = document.getElementById("door-form");
  const input = document.getElementById("door-code");
  const verdict = document.getElementById("door-verdict");
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const PATIENCE = 4000;  // milliseconds that somebody at the door waits for an answer

  const read = (name, empty) => {
    try {
      return JSON.parse(localStorage.getItem(`${key}-${name}`)) ?? empty;
    } catch {
      return empty;
    }
  };
  const write = (name, value) => {
    try {
      localStorage.setItem(`${key}-${name}`, JSON.stringify(value));
    } catch { /* full or forbidden: what is in memory holds as long as the page is open */ }
  };
  const random = () => Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16)).join("");
  const device = read("device", "") || random();
  write("device", device);
  let list = read("list", null);
  let etag = read("etag", "");
  let queue = read("queue", []);
  let conflicts = read("conflicts", []);
  let own = read("own", {});  // hash of a ticket: when this phone let it in
  let answered = 0;  // how often the server decided since the page was opened
  let sending = null;  // the run that tells the server what waits, while it is on

  const bytesOf = (text) => {
    const letters = text.replace(/\s/g, "").toUpperCase();
    if (!/^[A-Z2-7]{136}$/.test(letters)) return null;
    const bytes = new Uint8Array(85);
    let bits = 0, value = 0, at = 0;
    for (const letter of letters) {
      value = ((value << 5) | LETTERS.indexOf(letter)) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes[at++] = (value >> bits) & 0xff;
      }
    }
    return bytes;
  };
  const hashOf = async (bytes) => {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  // true, false, or null where this browser can't tell.
  const isGenuine = async (bytes) => {
    try {
      for (const text of list.keys) {
        const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
        const known = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
        if (await crypto.subtle.verify("Ed25519", known, bytes.slice(21), bytes.slice(0, 21))) return true;
      }
      return false;
    } catch {
      return null;
    }
  };
  const clockTime = (moment) => new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

  const show = (result, text, name) => {
    verdict.dataset.result = result;
    const strong = document.createElement("strong");
    strong.textContent = text;
    const span = document.createElement("span");
    span.textContent = name || "";
    verdict.replaceChildren(strong, span);
    if (navigator.vibrate) navigator.vibrate(result === "admitted" ? 80 : [120, 80, 120]);
  };
  const count = (answer) => {
    if (list) [list.inside, list.expected] = [answer.inside, answer.expected];
    document.getElementById("door-inside").textContent = answer.inside + queue.length;
    document.getElementById("door-expected").textContent = answer.expected;
  };
  const connected = (is) => {
    document.getElementById("door-connection").textContent = is ? texts.online : texts.offline;
  };
  const showWaiting = () => {
    const waiting = document.getElementById("door-waiting");
    waiting.hidden = !queue.length;
    waiting.textContent = texts.waiting.replace("{count}", queue.length);
    const section = document.getElementById("door-conflicts");
    section.hidden = !conflicts.length;
    section.querySelector("ul").replaceChildren(...conflicts.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  };

  // The server's answer; null where there is no connection, or none worth waiting for.
  const ask = async (sent) => {
    let response;
    try {
      response = await fetch(texts.admit, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: JSON.stringify(sent),
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch {
      return null;
    }
    answered += 1;
    if (response.type === "opaqueredirect" || response.status === 403) return { signedOut: true };
    if (response.status >= 500) return null;
    try {
      return await response.json();
    } catch {
      return null;
    }
  };

  const decide = async (sent) => {
    const bytes = bytesOf(sent.code);
    if (!bytes || bytes[0] !== 1) return show("altered", texts.altered);
    if (!list || !crypto.subtle) return show("unsure", texts.unsure);
    const genuine = await isGenuine(bytes);
    if (genuine === false) return show("altered", texts.altered);
    if (new DataView(bytes.buffer).getUint32(1) !== Number(texts.event)) return show("other_event", texts.otherEvent);
    const hash = await hashOf(bytes.slice(5, 21));
    if (own[hash]) return show("again", texts.againAt.replace("{time}", clockTime(own[hash])));
    if (!(hash in list.tickets)) return show("unsure", texts.unsure);
    if (list.tickets[hash]) return show("again", texts.againAt.replace("{time}", list.tickets[hash]));
    own[hash] = sent.at;
    write("own", own);
    queue.push(sent);
    write("queue", queue);
    count(list);
    showWaiting();
    return show("confirm", texts.admitted, texts.confirm);
  };

  const remember = async (sent) => {
    const bytes = bytesOf(sent.code);
    if (!bytes || !crypto.subtle) return;
    own[await hashOf(bytes.slice(5, 21))] = sent.at;
    write("own", own);
  };

  const take = async (code) => {
    const sent = { code, at: new Date().toISOString(), device };
    // What waits is told first: the server is not to hear of this ticket's second time before its first.
    if (queue.length) await sendQueue();
    const answer = queue.length ? null : await ask(sent);
    connected(Boolean(answer));
    if (!answer) return decide(sent);
    if (answer.signedOut) {
      await decide(sent);
      document.getElementById("door-connection").textContent = texts.signIn;
      return undefined;
    }
    if (answer.problem) return show("unsure", answer.problem);
    if (answer.result === "admitted") await remember(sent);
    count(answer);
    return show(answer.result, answer.text, answer.name);
  };

  // Who asks while a run is on waits for its end.
  const sendQueue = () => {
    sending ??= drain().finally(() => {
      sending = null;
    });
    return sending;
  };

  const drain = async () => {
    try {
      while (queue.length) {
        const answer = await ask(queue[0]);
        if (!answer) break;
        if (answer.signedOut) {
          document.getElementById("door-connection").textContent = texts.signIn;
          break;
        }
        const sent = queue.shift();
        write("queue", queue);
        if (answer.result !== "admitted") {
          const text = `${answer.name || ""} ${answer.text || answer.problem}`.trim();
          conflicts.push(texts.conflict.replace("{here}", clockTime(sent.at)).replace("{text}", text));
          write("conflicts", conflicts);
        }
        if (answer.expected !== undefined) count(answer);
        connected(true);
      }
    } finally {
      showWaiting();
    }
  };

  const fetchList = async () => {
    const before = answered;
    try {
      const response = await fetch(texts.list, {
        headers: list && etag ? { "If-None-Match": etag } : {},
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE * 2),
      });
      if (response.ok) {
        const found = await response.json();
        if (answered !== before) return fetchList();  // somebody came in meanwhile: it may not know of them
        list = found;
        etag = response.headers.get("ETag") || "";
        write("list", list);
        write("etag", etag);
        count(list);
      }
      connected(response.ok || response.status === 304);
    } catch {
      connected(false);
    }
    return undefined;
  };
  const refresh = async () => {
    await sendQueue();
    await fetchList();
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = input.value.trim();
    input.value = "";
    input.focus();
    if (code) take(code);
  });
  document.getElementById("door-seen").addEventListener("click", () => {
    conflicts = [];
    write("conflicts", conflicts);
    showWaiting();
  });
  addEventListener("online", refresh);
  addEventListener("offline", () => connected(false));
  setInterval(refresh, 15000);
  showWaiting();
  refresh();

  // The camera, where the browser reads codes by itself. The same code is taken once in five seconds.
  if ("BarcodeDetector" in window && navigator.mediaDevices) {
    const button = document.getElementById("door-scan");
    const video = document.getElementById("door-camera");
    button.hidden = false;
    button.addEventListener("click", async () => {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      try {
        video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      } catch {
        return;  // it isn't allowed, or not there: codes are typed
      }
      video.hidden = false;
      button.hidden = true;
      await video.play();
      let last = "", at = 0;
      const look = async () => {
        const [found] = await detector.detect(video).catch(() => []);
        if (found && (found.rawValue !== last || Date.now() - at > 5000)) {
          last = found.rawValue;
          await take(last);
          at = Date.now();
        }
        setTimeout(look, 200);
      };
      look();
    });
  }
})();
