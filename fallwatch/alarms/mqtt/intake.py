"""Intake of alarms from other computers: bounded, and handed on by turns. Pure.

Each alarm that is handed on is written to the record, which takes the time in which an
acknowledgement here would be written. A station that floods the broker must delay neither that
nor the alarms of the others.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from fallwatch.alarms.priority import urgency_key
from fallwatch.core.types import Alarm

#: More open alarms than any station has rooms and faults for.
MAX_OPEN = 60

#: What is handed on at once, of one station and of all; the rest follows at so many a second.
STATION_BURST, STATION_RATE = 30.0, 2.0
ALL_BURST, ALL_RATE = 60.0, 20.0

#: More messages within the time than a station that works ever has to say.
_BUSY_MESSAGES, _BUSY_WITHIN_S = 200, 10.0

#: So long after the last excess, it is over.
CALM_AFTER_S = 60.0

_MAX_NAMES = 20


@dataclass(slots=True)
class _Bucket:
    """How much may be handed on."""

    burst: float
    rate: float
    level: float
    filled_s: float

    def has_one(self, now_s: float) -> bool:
        self.level = min(self.burst, self.level + (now_s - self.filled_s) * self.rate)
        self.filled_s = now_s
        return self.level >= 1.0


@dataclass(slots=True)
class _Queue:
    """What waits of one station: the newest of each alarm, None where it is closed."""

    bucket: _Bucket
    news: dict[str, Alarm | None] = field(default_factory=dict)
    messages: int = 0
    window_s: float = float("-inf")


class Intake:
    """Takes what comes, and gives it out by turns. Any thread.

    Args:
        monotonic: Clock in seconds.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._queues: dict[str, _Queue] = {}
        self._all = _Bucket(ALL_BURST, ALL_RATE, ALL_BURST, monotonic())
        self._excess_s: dict[str, float] = {}

    def __contains__(self, event_id: str) -> bool:
        """Whether news of an alarm wait."""
        with self._lock:
            return any(event_id in queue.news for queue in self._queues.values())

    def put(self, station: str, event_id: str, news: Alarm | None, open_ids: set[str]) -> None:
        """Take in how an alarm is now; newer news replace what still waits.

        Args:
            station: The computer it is from.
            event_id: Which alarm.
            news: The alarm; None if it is closed.
            open_ids: Alarms of the station that were handed on and are open.
        """
        now_s = self._monotonic()
        with self._lock:
            bucket = _Bucket(STATION_BURST, STATION_RATE, STATION_BURST, now_s)
            queue = self._queues.setdefault(station, _Queue(bucket))
            if now_s - queue.window_s >= _BUSY_WITHIN_S:
                queue.messages, queue.window_s = 0, now_s
            queue.messages += 1
            known = open_ids | queue.news.keys()
            is_new = event_id not in known
            if queue.messages > _BUSY_MESSAGES or (is_new and len(known) >= MAX_OPEN):
                self._note(station, now_s)
            if not is_new or (news is not None and len(known) < MAX_OPEN):
                queue.news[event_id] = news

    def take(self) -> tuple[str, Alarm | None] | None:
        """The next to be handed on, the most urgent of the station whose turn it is; or None."""
        now_s = self._monotonic()
        with self._lock:
            if not self._all.has_one(now_s):
                return None
            for station, queue in self._queues.items():
                if queue.news and queue.bucket.has_one(now_s):
                    event_id = min(queue.news, key=lambda each: _urgency(queue.news[each]))
                    queue.bucket.level -= 1.0
                    self._all.level -= 1.0
                    # The others come first now.
                    self._queues[station] = self._queues.pop(station)
                    return event_id, queue.news.pop(event_id)
        return None

    def forget(self, station: str) -> None:
        """A station is not listened to any more."""
        with self._lock:
            self._queues.pop(station, None)

    def note_excess(self, name: str) -> None:
        """Something was left out, see `excess`."""
        with self._lock:
            self._note(name, self._monotonic())

    def excess(self) -> list[str]:
        """Stations of which something was left out or delayed lately."""
        now_s = self._monotonic()
        with self._lock:
            self._excess_s = {
                name: at_s for name, at_s in self._excess_s.items() if now_s - at_s < CALM_AFTER_S
            }
            return sorted(self._excess_s)

    def _note(self, name: str, now_s: float) -> None:
        if name in self._excess_s or len(self._excess_s) < _MAX_NAMES:
            self._excess_s[name] = now_s


def _urgency(news: Alarm | None) -> tuple[bool, tuple[bool, int]]:
    return (True, (True, 0)) if news is None else (False, urgency_key(news))
