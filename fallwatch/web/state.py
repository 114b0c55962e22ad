"""State of the page: rooms, alarms and events as values that can be sent, in words."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.plain_evidence import in_plain_words
from fallwatch.alarms.priority import is_technical, urgency_key
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState, Posture, Priority
from fallwatch.events.query import EventQuery
from fallwatch.events.times import utc_now, utc_text
from fallwatch.pipeline.health.status import MonitorState
from fallwatch.pipeline.health.uptime import UptimeRecord, paused_by, visited_by
from fallwatch.pipeline.health.uptime_file import UPTIME_FILE, UptimeFile
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.views.live_views import LiveView, PausedRoom
from fallwatch.runtime.views.state_look import StateLook, look_of_view, visited
from fallwatch.web.translations import Say, say_in
from fallwatch.web.wording import headline_of, is_over_by_itself, room_of

#: A value that can be sent.
Sent = dict[str, Any]

#: Events in one answer.
MAX_EVENTS = 100

# The day's figures are read from their file this often at most, in seconds.
_UPTIME_EVERY_S = 30.0


class PageState:
    """Looks at a running watch for the page. Any thread.

    Args:
        services: Of the window or the headless watcher.
        data_dir: Where the day's figures lie.
    """

    def __init__(self, services: AlarmServices, data_dir: Path) -> None:
        self._services = services
        self._uptime_file = UptimeFile(data_dir / UPTIME_FILE)
        self._lock = threading.Lock()
        self._uptime: dict[str, UptimeRecord] = {}
        self._uptime_read_s = float("-inf")

    def now(self, language: str) -> Sent:
        """Rooms and open alarms at this moment; see the page's ``js/`` for who reads what."""
        say = say_in(language)
        alarms = sorted(self._services.dispatcher.open_alarms, key=urgency_key)
        paused = self._services.live_views.paused()
        names = {pause.room for pause in paused}
        views = [view for view in self._services.live_views.now() if view.room not in names]
        uptime = self._uptimes()
        return {
            "now_utc": utc_text(utc_now()),
            "computer": socket.gethostname(),
            "rooms": [
                *(self._room(view, alarms, uptime.get(view.room), say) for view in views),
                *(_paused_room(pause, alarms, uptime.get(pause.room), say) for pause in paused),
            ],
            "alarms": [self._alarm(alarm, say) for alarm in alarms],
        }

    def events(self, language: str, days: int, until_utc: str | None) -> list[Sent]:
        """Events of the last days, newest first, `MAX_EVENTS` at most.

        Args:
            language: See `translations.LANGUAGES`.
            days: How far back.
            until_utc: Only those that began before.

        Raises:
            fallwatch.events.store.StoreError: The record cannot be read.
        """
        since = utc_text(utc_now() - timedelta(days=days))
        query = EventQuery(since_utc=since, until_utc=until_utc, limit=MAX_EVENTS)
        say = say_in(language)
        return [self._alarm(alarm, say) for alarm in self._services.store.find(query)]

    def _room(
        self,
        view: LiveView,
        alarms: Iterable[Alarm],
        uptime: UptimeRecord | None,
        say: Say,
    ) -> Sent:
        look = look_of_view(view, self._services.live_views.monotonic())
        visit = self._services.visits.get(view.room)
        if visit is not None:
            look = visited(look, visit.by)
        snoozed_s = self._services.snooze.left_s(view.room)
        return {
            "id": view.room,
            "name": view.room,
            "state": _state_name(view, look, alarms),
            "is_urgent": _is_in_alarm(view.room, filter(_is_urgent, alarms)),
            "mood": look.mood,
            "state_text": say(look.title),
            "detail": say(look.detail),
            "monitoring": look.monitoring,
            "privacy": view.privacy,
            "has_picture": view.analysis is not None,
            "snoozed_until_utc": _in_seconds(snoozed_s) if snoozed_s > 0 else None,
            "visit_until_utc": _at(visit.until_unix_s) if visit else None,
            "paused_until_utc": None,
            "watched_share": _watched_share(uptime),
        }

    def _alarm(self, alarm: Alarm, say: Say) -> Sent:
        media = self._services.media
        return {
            "id": alarm.event_id,
            "room": say(room_of(alarm)),
            "kind": alarm.kind,
            "headline": say(headline_of(alarm)),
            "reasons": [say(line) for line in in_plain_words(alarm.evidence)],
            "since_utc": alarm.started_utc,
            "needs_answer": is_unacknowledged(alarm),
            "is_open": alarm.state is not AlarmState.CLOSED,
            "is_fault": is_technical(alarm.kind),
            "is_urgent": _is_urgent(alarm),
            "from_clip": alarm.from_clip,
            "acknowledged_by": alarm.acknowledged_by,
            "over_by_itself": is_over_by_itself(alarm),
            "acknowledged_utc": alarm.acknowledged_utc,
            "outcome": alarm.outcome,
            "has_picture": _is_there(media.snapshot, alarm.event_id),
            "has_clip": _is_there(media.clip, alarm.event_id),
        }

    def _uptimes(self) -> Mapping[str, UptimeRecord]:
        with self._lock:
            now_s = time.monotonic()
            if now_s - self._uptime_read_s >= _UPTIME_EVERY_S:
                self._uptime_read_s = now_s
                self._uptime = self._uptime_file.read(datetime.now().astimezone().date())
            return self._uptime


def _paused_room(
    pause: PausedRoom, alarms: Iterable[Alarm], uptime: UptimeRecord | None, say: Say
) -> Sent:
    """Nobody watches it, and somebody wanted that: it is not left out."""
    return {
        "id": pause.room,
        "name": pause.room,
        "state": "alarm" if _is_in_alarm(pause.room, alarms) else "paused",
        "is_urgent": _is_in_alarm(pause.room, filter(_is_urgent, alarms)),
        "mood": "neutral",
        "state_text": say(Message("Paused")),
        "detail": say(paused_by(pause.by)),
        "monitoring": False,
        "privacy": "off",
        "has_picture": False,
        "snoozed_until_utc": None,
        "visit_until_utc": None,
        "paused_until_utc": _at(pause.until_unix_s),
        "watched_share": _watched_share(uptime),
    }


def _state_name(view: LiveView, look: StateLook, alarms: Iterable[Alarm]) -> str:
    """The state in one word of the page's: an alarm beats all, and silence is never calm."""
    if _is_in_alarm(view.room, alarms):
        return "alarm"
    people = () if view.analysis is None else view.analysis.people
    if look.live and any(person.posture is Posture.SUSPECTED for person in people):
        return "suspected"
    if look.monitoring:
        return "monitoring"
    if look.gap.template == visited_by("").template:
        return "care_visit"
    status = view.status
    if status is None or status.state is MonitorState.STARTING:
        return "starting"
    return "fault" if look.live else "not_monitoring"


def _is_in_alarm(room: str, alarms: Iterable[Alarm]) -> bool:
    return any(alarm.camera == room and is_unacknowledged(alarm) for alarm in alarms)


def _is_urgent(alarm: Alarm) -> bool:
    """Whether it is red, as in the window; all others are amber."""
    return alarm.priority is Priority.HIGH


def _watched_share(uptime: UptimeRecord | None) -> float | None:
    """The part of today that the room was watched, 0 to 1; None if nobody has counted."""
    if uptime is None:
        return None
    total_s = (uptime.last - uptime.since).total_seconds()
    return round(min(1.0, uptime.watched_s / total_s), 4) if total_s > 0 else None


def _in_seconds(seconds: float) -> str:
    return utc_text(utc_now() + timedelta(seconds=seconds))


def _at(unix_s: float) -> str:
    return utc_text(datetime.fromtimestamp(unix_s, timezone.utc))


def _is_there(path_of: Any, event_id: str) -> bool:
    try:
        return bool(path_of(event_id).is_file())
    except (OSError, ValueError):
        return False
