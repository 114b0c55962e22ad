// The rooms: one tile each, which stays in place while its state changes.

import { element } from "./elements.js";
import { LiveImage } from "./pictures.js";
import { post } from "./server.js";
import { clock, text } from "./texts.js";

const SNOOZES_MIN = [15, 60];
const NOTICE_MS = 10000;

class RoomTile {
  constructor(room) {
    this.image = element("img", { alt: text("imageOf", room.name), hidden: true });
    this.stale = element("span", { class: "stale" });
    this.chip = element("span", { class: "chip" });
    this.detail = element("p");
    this.watched = element("p");
    this.controls = element("div", { class: "controls" });
    this.visit = element("div", { class: "controls visit" });
    const larger = element(
      "button",
      {
        type: "button",
        "aria-label": text("larger", room.name),
        click: () => this.node.classList.toggle("large"),
      },
      this.image,
    );
    const picture = element("div", { class: "picture" }, larger, this.stale);
    const head = element("div", { class: "head" }, element("h3", {}, room.name), this.chip);
    const foot = element("div", { class: "foot" }, this.detail, this.watched, this.visit, this.controls);
    this.node = element("article", { class: "room", "aria-label": room.name }, head, picture, foot);
    this.live = new LiveImage(room.id, this.image, this.stale);
  }

  show(room, mayAnswer) {
    const alarmChip = room.is_urgent ? "alarm-chip" : "alarm-chip notice";
    this.chip.className = `chip ${room.state === "alarm" ? alarmChip : room.mood}`;
    setText(this.chip, room.state === "alarm" ? text("alarm") : room.state_text);
    const pause = room.paused_until_utc;
    setText(this.detail, pause === null ? room.detail : `${text("pausedUntil", clock(pause))} ${room.detail}`);
    const share = room.watched_share;
    setText(
      this.watched,
      share === null
        ? ""
        : text("watched", share.toLocaleString(undefined, { style: "percent", maximumFractionDigits: 1 })),
    );
    const mayAct = mayAnswer && pause === null;
    const key = `${mayAct} ${room.snoozed_until_utc === null} ${room.visit_until_utc === null}`;
    if (this.key !== key) {
      this.key = key;
      this.controls.replaceChildren(...(mayAct ? this.snoozing(room) : []));
      this.visit.replaceChildren(...this.visiting(room, mayAct));
    }
    const until = this.controls.querySelector(".until");
    if (until) setText(until, text("snoozedUntil", clock(room.snoozed_until_utc)));
    const visit = this.visit.querySelector(".until");
    if (visit) setText(visit, text("visitUntil", clock(room.visit_until_utc)));
  }

  visiting(room, mayAnswer) {
    const tell = (here) => () => post("/api/visit", { room: room.id, here }).catch(say);
    const isVisited = room.visit_until_utc !== null;
    const words = text(isVisited ? "visitOver" : "visit");
    const button = element("button", { type: "button", click: tell(!isVisited) }, words);
    return [
      ...(isVisited ? [element("span", { class: "until" })] : []),
      ...(mayAnswer ? [button] : []),
    ];
  }

  snoozing(room) {
    const silence = (minutes) => () => post("/api/snooze", { room: room.id, minutes }).catch(say);
    if (room.snoozed_until_utc !== null) {
      const again = element("button", { type: "button", click: silence(0) }, text("soundAgain"));
      return [element("span", { class: "until" }), again];
    }
    return [
      element("span", {}, text("snooze")),
      ...SNOOZES_MIN.map((minutes) =>
        element("button", { type: "button", click: silence(minutes) }, text("snoozeFor", minutes)),
      ),
    ];
  }

  close() {
    this.live.close();
    this.node.remove();
  }
}

const tiles = new Map();

/** Shows all rooms. */
export function showRooms(rooms, role) {
  const grid = document.getElementById("grid");
  const names = new Set(rooms.map((room) => room.id));
  for (const [id, tile] of tiles) {
    if (names.has(id)) continue;
    tile.close();
    tiles.delete(id);
  }
  for (const room of rooms) {
    if (!tiles.has(room.id)) {
      tiles.set(room.id, new RoomTile(room));
      grid.append(tiles.get(room.id).node);
    }
    tiles.get(room.id).show(room, role !== "look");
  }
  document.getElementById("no-rooms").hidden = rooms.length > 0;
  const watched = rooms.filter((room) => room.monitoring).length;
  const all = watched === rooms.length && rooms.length > 0;
  setText(
    document.getElementById("whole"),
    all ? text("allCalm") : text("someNot", watched, rooms.length),
  );
}

/** Changes a text only where it differs, so that it is not read out again. */
export function setText(node, words) {
  if (node.textContent !== words) node.textContent = words;
}

let hiding;

/** Tells that something did not work; no dialog, which would stop all that watches over the page. */
export function say(error) {
  const notice = document.getElementById("notice");
  notice.textContent = text("failed", error.message);
  notice.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    notice.hidden = true;
  }, NOTICE_MS);
}
