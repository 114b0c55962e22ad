// Events of the last days, with their snapshots and clips, fetched when they are opened.

import { element } from "./elements.js";
import { ask } from "./server.js";
import { clock, language, text } from "./texts.js";

const DAYS = 7;
const PAGE = 100;
let oldestUtc = null;
let lastDay = null;

function outcome(event) {
  if (event.outcome === "false alarm") return text("outcomeFalse");
  if (event.outcome === "real") return text("outcomeReal");
  if (event.over_by_itself) return text("overByItself");
  return event.acknowledged_by ? text("acknowledgedBy", event.acknowledged_by) : "";
}

function row(event) {
  const summary = element(
    "summary",
    {},
    element("span", { class: "when" }, clock(event.since_utc)),
    element("span", { class: "what" }, `${event.headline} – ${event.room}`),
    element("span", {}, outcome(event)),
  );
  const node = element("details", { class: "event", id: `event-${event.id}` }, summary);
  node.addEventListener("toggle", () => {
    if (!node.open || node.childElementCount > 1) return;
    for (const reason of event.reasons) node.append(element("p", {}, reason));
    const path = `/api/events/${event.id}`;
    if (event.has_clip) {
      node.append(element("video", { src: `${path}/clip`, controls: true, playsinline: true, preload: "metadata" }));
    } else if (event.has_picture) {
      node.append(element("img", { src: `${path}/snapshot`, alt: text("snapshotOf", event.room) }));
    }
  });
  return node;
}

/** Opens one of the newest events, such as an alarm that is over. */
export async function showEvent(id) {
  if (!document.getElementById(`event-${id}`)) {
    oldestUtc = null;
    await load().catch(() => {});
  }
  const node = document.getElementById(`event-${id}`);
  if (!node) return;
  node.open = true;
  node.scrollIntoView({ block: "center" });
  node.querySelector("summary").focus({ preventScroll: true });
}

async function load() {
  const before = oldestUtc === null ? "" : `&before=${encodeURIComponent(oldestUtc)}`;
  const { events } = await ask(`/api/events?days=${DAYS}&language=${language}${before}`);
  const list = document.getElementById("event-list");
  if (oldestUtc === null) {
    list.replaceChildren();
    lastDay = null;
    if (!events.length) list.append(element("p", {}, text("noEvents")));
  }
  for (const event of events) {
    const day = new Date(event.since_utc).toLocaleDateString(language, {
      weekday: "long", day: "numeric", month: "long",
    });
    if (day !== lastDay) list.append(element("p", { class: "day" }, day));
    lastDay = day;
    list.append(row(event));
  }
  oldestUtc = events.at(-1)?.since_utc ?? oldestUtc;
  document.getElementById("more").hidden = events.length < PAGE;
}

/** Shows the newest events again. */
export function showEvents() {
  if (document.querySelector(".event[open]")) return;
  oldestUtc = null;
  load().catch(() => {});
}

document.getElementById("more").addEventListener("click", () => load().catch(() => {}));
