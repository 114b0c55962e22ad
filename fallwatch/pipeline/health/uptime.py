"""Uptime of one room today, and each gap in it with its reason. Pure: the time is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fallwatch.core.message import Message

#: Why nobody looked for a while.
SLEPT = Message("The computer slept or was too busy.")
NOT_RUNNING = Message("fallwatch was not running.")

#: Why nobody looked, because somebody wanted it so.
CHANGED = Message("The settings were changed.")
STARTED = Message("The watch was just started.")
STOPPED = Message("Somebody stopped the watch.")


def paused_by(name: str) -> Message:
    """Why nobody looked: somebody paused the room."""
    return Message("Paused by {0}.", (name,))


def visited_by(name: str) -> Message:
    """Why nobody would have been alarmed: somebody was in the room."""
    return Message("Care visit: {0} was in the room.", (name,))


_WANTED = (
    CHANGED.template,
    STARTED.template,
    STOPPED.template,
    paused_by("").template,
    visited_by("").template,
)


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a room was not watched.

    Attributes:
        began: When, in local time.
        ended: Until when; None if it still lasts.
        reason: Why, in words.
    """

    began: datetime
    ended: datetime | None
    reason: Message

    @property
    def is_wanted(self) -> bool:
        """Whether somebody's own doing made it, and not a fault."""
        return self.reason.template in _WANTED


@dataclass(frozen=True, slots=True)
class UptimeRecord:
    """What a log knows of its day, so that a later run can go on with it.

    Attributes:
        since: From when on it counts.
        last: The last look.
        watched_s: Seconds watched.
        gaps: Oldest first.
    """

    since: datetime
    last: datetime
    watched_s: float
    gaps: tuple[Gap, ...]


class UptimeLog:
    """How long one room has been watched today, and every gap with its reason.

    A day begins at midnight. Between two looks that lie further apart than `LONGEST_LOOK_S`
    nobody watched either: the computer slept, or was too busy for anything.

    Args:
        record: What an earlier run of the same day has left; the time between counts as a gap.
    """

    #: Looks come every second; some may be late.
    LONGEST_LOOK_S = 5.0

    def __init__(self, record: UptimeRecord | None = None) -> None:
        self._watched_s = 0.0 if record is None else record.watched_s
        self._gaps: list[Gap] = [] if record is None else list(record.gaps)
        self._last = None if record is None else record.last
        self._since = None if record is None else record.since
        self._away_because = SLEPT if record is None else NOT_RUNNING

    @property
    def record(self) -> UptimeRecord | None:
        """What a later run needs to go on; None before the first look."""
        if self._since is None or self._last is None:
            return None
        return UptimeRecord(self._since, self._last, self._watched_s, tuple(self._gaps))

    @property
    def watched_s(self) -> float:
        """Seconds watched today."""
        return self._watched_s

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Today's gaps, oldest first."""
        return tuple(self._gaps)

    @property
    def since(self) -> datetime | None:
        """From when on today's figures count; None before the first look."""
        return self._since

    def look(self, watching: bool, reason: Message, now: datetime) -> None:
        """Take in how it is now.

        Args:
            watching: Whether fresh frames are being analysed.
            reason: If not, why.
            now: Local time, with time zone.
        """
        if self._last is None or now.date() != self._last.date():
            self._begin_day(now)
        last = self._last or now
        elapsed_s = (now - last).total_seconds()
        if elapsed_s > self.LONGEST_LOOK_S:
            self._end_gap(last)
            self._gaps.append(Gap(last, now, self._away_because))
        elif watching and not self._in_gap:
            self._watched_s += max(0.0, elapsed_s)
        if watching:
            self._end_gap(now)
        elif not self._in_gap or self._gaps[-1].reason != reason:
            self._end_gap(now)
            self._gaps.append(Gap(now, None, reason))
        self._last = now
        self._away_because = SLEPT

    @property
    def _in_gap(self) -> bool:
        return bool(self._gaps) and self._gaps[-1].ended is None

    def _end_gap(self, now: datetime) -> None:
        if self._in_gap:
            self._gaps[-1] = replace(self._gaps[-1], ended=now)

    def _begin_day(self, now: datetime) -> None:
        # A gap that lasts goes on as a gap of the new day.
        self._gaps = [replace(self._gaps[-1], began=now)] if self._in_gap else []
        self._watched_s = 0.0
        self._since = self._last = now
