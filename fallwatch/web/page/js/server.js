// Talks to the computer: what it is asked, and whether it is still there.

import { language } from "./texts.js";

/** Nothing heard for so long: nobody is watching with this page. */
const LOST_AFTER_MS = 4500;

/** Whoever is not let in (any more) is asked for a code. */
function toPairing() {
  location.replace("/pair");
}

/** Asks for JSON; fails with the computer's own sentence. */
export async function ask(path, options = {}) {
  const response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  if (response.status === 401) toPairing();
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(body.error ?? `${response.status}`);
  return body;
}

/** Asks the computer to do something. */
export function post(path, body = {}) {
  return ask(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Fallwatch": "1" },
    body: JSON.stringify(body),
  });
}

/** Follows the state; tells when the computer is lost, and found again. */
export function follow(onState, onLost, onFound) {
  let heard = Date.now();
  let lost = false;
  let source;
  let openedMs = 0;

  const hear = () => {
    heard = Date.now();
    if (lost) onFound();
    lost = false;
  };

  const open = () => {
    source?.close();
    openedMs = Date.now();
    source = new EventSource(`/api/stream?language=${language}`);
    source.addEventListener("state", (event) => {
      hear();
      onState(JSON.parse(event.data));
    });
    source.addEventListener("beat", hear);
    source.addEventListener("out", () => {
      source.close();
      toPairing();
    });
    source.addEventListener("error", () => {
      // Whether the device was put out cannot be told from here.
      ask("/api/state").catch(() => {});
    });
  };

  open();
  setInterval(() => {
    if (Date.now() - heard < LOST_AFTER_MS) return;
    if (!lost) onLost(new Date(heard).toISOString());
    lost = true;
    // Also where it looks open: a connection that died on the way says nothing, for ever.
    if (Date.now() - openedMs >= LOST_AFTER_MS) open();
  }, 500);
}
