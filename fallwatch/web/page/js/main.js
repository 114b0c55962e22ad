// Joins the parts of the page; nothing is decided here.

import { showAlarm, showAlarms } from "./alarms.js";
import { showDevices } from "./devices.js";
import { showEvents } from "./events.js";
import { begin, switchOff } from "./push.js";
import { say, setText, showRooms } from "./rooms.js";
import { follow, post } from "./server.js";
import { clock, fillIn, setClock, text } from "./texts.js";

fillIn();
let known = "";

function onState(state) {
  setClock(state.now_utc);
  showAlarms(state.alarms, state.role);
  showRooms(state.rooms, state.role);
  showDevices(state.role);
  setText(document.getElementById("device"), text("signedInAs", state.device));
  const changed = JSON.stringify(state.alarms.map((alarm) => [alarm.id, alarm.needs_answer]));
  if (changed !== known) showEvents();
  known = changed;
}

function onLost(sinceUtc) {
  const lost = document.getElementById("lost");
  lost.textContent = text("lostSince", clock(sinceUtc));
  lost.hidden = false;
  document.body.classList.add("is-lost");
}

function onFound() {
  document.getElementById("lost").hidden = true;
  document.body.classList.remove("is-lost");
}

follow(onState, onLost, onFound);

document.getElementById("sign-out").addEventListener("click", () => {
  post("/api/sign-out")
    .then(() => switchOff().catch(() => {}))
    .then(() => location.replace("/pair"))
    .catch(say);
});

// A notification was pressed: here or, before the page was open, by its address.
navigator.serviceWorker?.addEventListener("message", ({ data }) => showAlarm(data.alarm));
if (location.hash.startsWith("#alarm-")) showAlarm(decodeURIComponent(location.hash.slice(7)));

begin().catch(say);
