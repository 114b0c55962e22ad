// Notifications on this phone: switched on and off, tried, and explained where they cannot work.

import { say, setText } from "./rooms.js";
import { ask, post } from "./server.js";
import { text } from "./texts.js";

const line = document.getElementById("push-state");
const turn = document.getElementById("push-switch");
const test = document.getElementById("push-test");

let registration = null;
let key = null;

function show(words, action) {
  setText(line, words);
  turn.hidden = !action;
  if (action) turn.textContent = text(action);
  turn.dataset.action = action ?? "";
  test.hidden = action !== "pushOff";
}

function bytes(base64url) {
  const raw = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

/** Whether the browser's subscription was made for this computer's key. */
function isOurs(subscription) {
  const known = subscription?.options.applicationServerKey;
  return known && String(new Uint8Array(known)) === String(bytes(key));
}

/** Why this browser cannot be notified; nothing if it can. */
function obstacle() {
  if (!window.isSecureContext) return text("pushNotSecure");
  if (!("serviceWorker" in navigator)) return text("pushNotHere");
  // On an iPhone only a page on the home screen may.
  if (navigator.standalone === false && !("PushManager" in window)) return text("pushHomeScreen");
  if (!("PushManager" in window) || !("Notification" in window)) return text("pushNotHere");
  return "";
}

async function look() {
  const why = obstacle();
  if (why) {
    show(why);
    return;
  }
  const ours = await ask("/api/push");
  key = ours.key;
  const subscription = await registration.pushManager.getSubscription();
  if (Notification.permission === "denied") show(text("pushBlocked"));
  else if (ours.is_on && isOurs(subscription)) show(text("pushIsOn"), "pushOff");
  else if (ours.is_on) show(text("pushStopped"), "pushOn");
  else show(text("pushIsOff"), "pushOn");
}

async function switchOn() {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return;
  const before = await registration.pushManager.getSubscription();
  if (before && !isOurs(before)) await before.unsubscribe();
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(key),
  });
  await post("/api/push", { subscription });
}

/** Ends the notifications of this browser, whatever the computer says. */
export async function switchOff() {
  const subscription = await registration?.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

turn.addEventListener("click", async () => {
  turn.disabled = true;
  try {
    if (turn.dataset.action === "pushOn") {
      await switchOn();
    } else {
      await post("/api/push", { subscription: null });
      await switchOff();
    }
  } catch (error) {
    say(error);
  } finally {
    turn.disabled = false;
    look().catch(say);
  }
});

test.addEventListener("click", async () => {
  test.disabled = true;
  await post("/api/push/test").catch(say);
  test.disabled = false;
});

/** Begins, with the service worker that shows notifications. */
export async function begin() {
  const why = obstacle();
  if (why) {
    show(why);
    return;
  }
  try {
    await navigator.serviceWorker.register("/service-worker.js");
  } catch {
    // The page itself is shown after a warning; a service worker never is.
    show(text(location.protocol === "https:" ? "pushCertificate" : "pushNotHere"));
    return;
  }
  registration = await navigator.serviceWorker.ready;
  look().catch((error) => show(text("failed", error.message)));
}
