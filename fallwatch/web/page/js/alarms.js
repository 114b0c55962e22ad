// Open alarms, on top of everything, until somebody acknowledges them.

import { element } from "./elements.js";
import { showEvent } from "./events.js";
import { say, setText } from "./rooms.js";
import { post } from "./server.js";
import { clock, serverNow, span, text } from "./texts.js";
import { ring, stopRinging } from "./sound.js";

const SURE_MS = 5000;

class AlarmCard {
  constructor(alarm, mayAnswer) {
    this.alarm = alarm;
    // Counts every second, which nobody wants to have read out.
    this.since = element("p", { "aria-live": "off" });
    this.image = null;
    this.buttons = element("div", { class: "buttons" });
    this.answer = element("p");
    this.headline = element("h3");
    this.reasons = element("ul");
    this.node = element(
      "article",
      { class: "alarm", id: `alarm-${alarm.id}`, tabindex: "-1" },
      this.headline,
      this.since,
      this.answer,
      this.buttons,
      alarm.from_clip ? element("p", {}, text("clip")) : null,
      this.reasons,
    );
    this.show(alarm, mayAnswer);
  }

  show(alarm, mayAnswer) {
    this.alarm = alarm;
    setText(this.headline, `${alarm.headline} – ${alarm.room}`);
    // One that is raised again has other reasons.
    if (this.reasons.textContent !== alarm.reasons.join("")) {
      this.reasons.replaceChildren(...alarm.reasons.map((reason) => element("li", {}, reason)));
    }
    this.node.classList.toggle("notice", !alarm.is_urgent);
    this.node.classList.toggle("answered", !alarm.needs_answer);
    if (alarm.has_picture && !this.image) {
      const alt = text("snapshotOf", alarm.room);
      this.image = element("img", { alt, src: `/api/events/${alarm.id}/snapshot` });
      this.since.after(this.image);
    }
    setText(this.answer, alarm.needs_answer ? "" : text("acknowledgedBy", alarm.acknowledged_by ?? ""));
    const wanted = alarm.needs_answer && mayAnswer;
    if (wanted !== this.buttons.hasChildNodes()) {
      this.buttons.replaceChildren(...(wanted ? this.answers() : []));
    }
    this.tick();
  }

  answers() {
    const send = (falseAlarm) =>
      post(`/api/alarms/${this.alarm.id}/acknowledge`, { false_alarm: falseAlarm }).catch(say);
    const acknowledge = element(
      "button",
      { type: "button", class: "main-button", click: () => send(false) },
      text("acknowledge"),
    );
    let askedMs = 0;
    const wrong = element("button", { type: "button", class: "false" }, text("falseAlarm"));
    wrong.addEventListener("click", () => {
      if (Date.now() - askedMs < SURE_MS) {
        send(true);
        return;
      }
      askedMs = Date.now();
      wrong.textContent = text("sure");
      setTimeout(() => {
        wrong.textContent = text("falseAlarm");
      }, SURE_MS);
    });
    return this.alarm.is_fault ? [acknowledge] : [acknowledge, wrong];
  }

  tick() {
    const ago = span((serverNow() - Date.parse(this.alarm.since_utc)) / 1000);
    setText(this.since, text("since", clock(this.alarm.since_utc), ago));
  }
}

const cards = new Map();

/** Shows all open alarms, most urgent first. */
export function showAlarms(alarms, role) {
  const list = document.getElementById("alarms");
  const ids = new Set(alarms.map((alarm) => alarm.id));
  for (const [id, card] of cards) {
    if (ids.has(id)) continue;
    card.node.remove();
    cards.delete(id);
  }
  for (const alarm of alarms) {
    if (cards.has(alarm.id)) cards.get(alarm.id).show(alarm, role !== "look");
    else cards.set(alarm.id, new AlarmCard(alarm, role !== "look"));
  }
  alarms.forEach((alarm, place) => {
    const { node } = cards.get(alarm.id);
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
  });
  const waiting = alarms.filter((alarm) => alarm.needs_answer);
  const urgent = waiting.some((alarm) => !alarm.is_fault);
  const [first] = waiting;
  const what = first && `${first.headline} – ${first.room}`;
  document.title = first ? `${text(urgent ? "alarmTitle" : "faultTitle")}: ${what}` : "fallwatch";
  const icon = `/static/icons/${urgent ? "alarm" : "fallwatch"}.svg`;
  const shown = document.getElementById("icon");
  if (shown.getAttribute("href") !== icon) shown.setAttribute("href", icon);
  keepInReach(first, what);
  showWanted(ids);
  if (urgent) ring();
  else stopRinging();
}

const bar = document.getElementById("to-alarm");
let inReach = null;
let isSeen = true;

const sight = new IntersectionObserver((entries) => {
  isSeen = entries.at(-1).isIntersecting;
  bar.hidden = inReach === null || isSeen;
});

/** While the most urgent alarm is scrolled away, a bar at the top leads back to it. */
function keepInReach(first, what) {
  const id = first?.id ?? null;
  if (id !== inReach) {
    sight.disconnect();
    inReach = id;
    isSeen = true;
    if (id !== null) sight.observe(cards.get(id).node);
  }
  bar.hidden = inReach === null || isSeen;
  if (!first) return;
  bar.classList.toggle("notice", !first.is_urgent);
  setText(bar, `${what} ↑`);
}

function comeTo(id) {
  const { node } = cards.get(id);
  node.scrollIntoView({ block: "start" });
  node.focus({ preventScroll: true });
}

bar.addEventListener("click", () => comeTo(inReach));

let wanted = null;

/** Brings an alarm into view, as soon as it is known; the newest events if it is over. */
export function showAlarm(id) {
  wanted = id ?? null;
  if (cards.has(wanted)) showWanted(new Set(cards.keys()));
  else if (wanted && known) showWanted(new Set());
}

function showWanted(ids) {
  known = true;
  if (wanted === null) return;
  if (ids.has(wanted)) comeTo(wanted);
  else showEvent(wanted);
  wanted = null;
}

let known = false;

setInterval(() => {
  for (const card of cards.values()) card.tick();
}, 1000);
