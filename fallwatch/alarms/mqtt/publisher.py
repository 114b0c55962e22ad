"""Keeps the broker told of how this computer's rooms are, and takes answers from there."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.mqtt.discovery import PRESSED, discovery
from fallwatch.alarms.mqtt.documents import about_json, alarm_json, answer_from
from fallwatch.alarms.mqtt.identity_watch import IdentityWatch
from fallwatch.alarms.mqtt.link import BrokerLink, Handler
from fallwatch.alarms.mqtt.topics import Topics, is_remote
from fallwatch.alarms.priority import NOTICE_KINDS, is_technical, urgency_key
from fallwatch.core.types import Alarm, AlarmState

#: All is said again this often: a receiver that hears nothing takes the room for not watched.
HEARTBEAT_S = 30.0

#: By then another computer under the same topics has answered; till then nothing is taken back.
SETTLED_AFTER_S = 5.0

#: More alarms than any run has left behind.
_MAX_UNKNOWN = 1000

#: A room that is not seen for so long is a problem; shorter gaps are usual with network cameras.
UNSEEN_AFTER_S = 10.0


@dataclass(frozen=True, slots=True)
class _Room:
    """When a room was last known to be watched, and what is said of it."""

    seen_s: float
    words: str


class Publisher:
    """This station at the broker: its rooms, its open alarms, and the answers to them.

    Args:
        link: The connection to the broker.
        topics: Of this station.
        station: What people call this computer.
        discovery_prefix: Where Home Assistant looks for devices; empty for nowhere.
        acknowledge: Called with an event's id and who answered; None where answers from there
            are not taken.
        clips_too: Whether alarms of recorded clips are published.
        on_shared: Called when another computer is heard under the same topics (True), and when it
            is not any more (False); on the link's thread.
        monotonic: Clock in seconds.
    """

    def __init__(
        self,
        link: BrokerLink,
        topics: Topics,
        station: str,
        *,
        discovery_prefix: str,
        acknowledge: Callable[[str, str], None] | None,
        clips_too: bool,
        on_shared: Callable[[bool], None] = lambda shared: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link, self._topics, self._station = link, topics, station
        self._prefix, self._acknowledge = discovery_prefix, acknowledge
        self._clips_too, self._monotonic = clips_too, monotonic
        self._lock = threading.RLock()
        self._rooms: dict[str, _Room] = {}
        # None until the record was read: before that, nothing is known to be over.
        self._alarms: dict[str, Alarm] | None = None
        self._said: dict[str, str] = {}
        self._told_all_s = float("-inf")
        self._identity, self._on_shared = IdentityWatch(monotonic), on_shared
        self._told_shared = False
        # Alarms at the broker that this run does not know, and since when it listens.
        self._unknown: set[str] = set()
        self._connected_s = monotonic()

    def show_alarms(self, alarms: Iterable[Alarm]) -> None:
        """Tell which alarms are open; any thread. Never waits."""
        with self._lock:
            before = self._alarms or {}
            self._alarms = {
                alarm.event_id: alarm
                for alarm in alarms
                if not is_remote(alarm.event_id) and (self._clips_too or not alarm.from_clip)
            }
            for event_id in before.keys() - self._alarms.keys():
                self._say(self._topics.alarm(event_id), "")
            for alarm in self._alarms.values():
                self._say(self._topics.alarm(alarm.event_id), alarm_json(alarm))
                if not is_technical(alarm.kind):
                    self._know(alarm.camera)
            self._say_rooms()

    def show_camera(self, room: str, *, watched: bool, words: str) -> None:
        """Tell whether a room is watched at this moment; any thread, about once a second."""
        with self._lock:
            known = self._know(room)
            seen_s = self._monotonic() if watched else known.seen_s
            self._rooms[room] = _Room(seen_s, words)
            self._say_rooms()

    def farewell(self) -> None:
        """This station ends in an orderly way: its silence is no reason for alarm."""
        self._link.publish(self._topics.about, self._about(ended=True))

    def subscriptions(self) -> dict[str, Handler]:
        """See `fallwatch.alarms.mqtt.link.Attendant.subscriptions`."""
        found: dict[str, Handler] = {
            self._topics.alarm("+"): self._on_own_alarm,
            self._topics.about: self._on_own_about,
        }
        if self._acknowledge is not None:
            found[self._topics.acknowledge] = self._on_answer
            found[f"{self._topics.base}/{self._topics.station}/rooms/+/acknowledge"] = (
                self._on_button
            )
        return found

    def connected(self) -> None:
        """See `fallwatch.alarms.mqtt.link.Attendant.connected`."""
        with self._lock:
            self._said.clear()
            self._told_all_s = float("-inf")
            self._connected_s = self._monotonic()
        self.tick()

    def tick(self) -> None:
        """See `fallwatch.alarms.mqtt.link.Attendant.tick`."""
        with self._lock:
            if self._monotonic() - self._told_all_s >= HEARTBEAT_S:
                self._told_all_s = self._monotonic()
                self._said.clear()
                self._say(self._topics.about, self._about(ended=False))
                self._say(self._topics.status, "online")
                for room in self._rooms:
                    self._say_discovery(room)
                for alarm in (self._alarms or {}).values():
                    self._say(self._topics.alarm(alarm.event_id), alarm_json(alarm))
            self._say_rooms()
            self._take_back_unknown()
            shared = self._identity.is_shared
            news, self._told_shared = shared != self._told_shared, shared
        if news:
            self._on_shared(shared)

    def _about(self, *, ended: bool) -> str:
        return about_json(self._station, ended=ended, run=self._identity.run)

    def _know(self, room: str) -> _Room:
        if room not in self._rooms:
            self._rooms[room] = _Room(self._monotonic(), "Starting.")
            self._say_discovery(room)
        return self._rooms[room]

    def _say(self, topic: str, payload: str) -> None:
        """Publish what has not been said already on this connection."""
        if self._said.get(topic) != payload and self._link.problem is None:
            self._said[topic] = payload
            self._link.publish(topic, payload)

    def _say_rooms(self) -> None:
        for room in self._rooms:
            self._say(self._topics.state(room), self._state(room))

    def _say_discovery(self, room: str) -> None:
        for topic, payload in self._discovery(room).items():
            self._say(topic, payload)

    def _discovery(self, room: str) -> dict[str, str]:
        if not self._prefix:
            return {}
        answers = self._acknowledge is not None
        return discovery(self._topics, self._prefix, room, self._station, answers=answers)

    def _state(self, room: str) -> str:
        alarms = [each for each in (self._alarms or {}).values() if each.camera == room]
        about_people = [each for each in alarms if not is_technical(each.kind)]
        emergencies = [each for each in about_people if each.kind not in NOTICE_KINDS]
        down = (AlarmState.UNACKNOWLEDGED, AlarmState.ACKNOWLEDGED)
        known = self._rooms[room]
        unseen = self._monotonic() - known.seen_s > UNSEEN_AFTER_S
        waiting = sorted(filter(is_unacknowledged, about_people), key=urgency_key)
        value = {
            "fall": _on_off(any(_is_fall(each) for each in waiting)),
            "on_floor": _on_off(any(each.state in down for each in emergencies)),
            "bed_exit": _on_off(any(each.kind in NOTICE_KINDS for each in waiting)),
            "problem": _on_off(unseen or any(is_technical(each.kind) for each in alarms)),
            "answered": not waiting,
            "event_id": waiting[0].event_id if waiting else None,
            "kind": waiting[0].kind if waiting else None,
            "started_utc": waiting[0].started_utc if waiting else None,
            "camera": known.words,
        }
        return json.dumps(value, ensure_ascii=False)

    def _on_own_alarm(self, topic: str, payload: bytes, retained: bool) -> None:
        """Note an alarm of an earlier run that was perhaps closed without a connection."""
        with self._lock:
            if payload and retained and len(self._unknown) < _MAX_UNKNOWN:
                self._unknown.add(topic.rpartition("/")[2])

    def _take_back_unknown(self) -> None:
        """Take back what an earlier run left, unless it is another computer's: then it is open."""
        settled = self._monotonic() - self._connected_s >= SETTLED_AFTER_S
        if self._alarms is None or not settled or self._identity.is_shared:
            return
        unknown, self._unknown = self._unknown, set()
        for event_id in unknown - self._alarms.keys():
            self._link.publish(self._topics.alarm(event_id), "")

    def _on_own_about(self, topic: str, payload: bytes, retained: bool) -> None:
        with self._lock:
            # What the broker had kept is perhaps of an earlier run of this computer.
            if not retained and self._identity.hear(payload):
                self._link.publish(self._topics.about, self._about(ended=False))

    def _on_answer(self, topic: str, payload: bytes, retained: bool) -> None:
        answer = answer_from(payload, "MQTT")
        # A kept answer is an old one: whoever sent it did not mean this alarm.
        if answer is None or retained or self._acknowledge is None:
            return
        with self._lock:
            alarm = (self._alarms or {}).get(answer.event_id)
        if alarm is not None and is_unacknowledged(alarm):
            self._acknowledge(alarm.event_id, answer.by)

    def _on_button(self, topic: str, payload: bytes, retained: bool) -> None:
        if retained or self._acknowledge is None or payload.strip() != PRESSED.encode():
            return
        with self._lock:
            alarms = [
                alarm
                for alarm in (self._alarms or {}).values()
                if topic == self._topics.room_acknowledge(alarm.camera) and is_unacknowledged(alarm)
            ]
        for alarm in alarms:
            self._acknowledge(alarm.event_id, "Home Assistant")


def _is_fall(alarm: Alarm) -> bool:
    return alarm.kind not in NOTICE_KINDS and alarm.kind != "on_floor"


def _on_off(value: bool) -> str:
    return "ON" if value else "OFF"
