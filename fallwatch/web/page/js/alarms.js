// Open alarms, on top of everything, until somebody acknowledges them.

import { element } from "./elements.js";
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
      { class: "alarm" },
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
    this.node.classList.toggle("notice", alarm.is_fault);
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
  const urgent = alarms.some((alarm) => alarm.needs_answer && !alarm.is_fault);
  document.title = urgent ? `${text("alarmTitle")} – fallwatch` : "fallwatch";
  if (urgent) ring();
  else stopRinging();
}

setInterval(() => {
  for (const card of cards.values()) card.tick();
}, 1000);
