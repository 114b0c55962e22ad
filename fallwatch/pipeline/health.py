"""When a silent camera becomes an alarm, and what was watched today. Pure: the time is given."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from fallwatch.pipeline.monitor import MonitorState

#: A live camera may be without pictures this long; network cameras often recover within it.
LOST_AFTER_S = 10.0

#: The kind of the technical alarm.
CAMERA_LOST = "camera_lost"

_BLIND = (MonitorState.STALLED, MonitorState.FAULTED)


class HealthChange(str, Enum):
    """What to do about the technical alarm."""

    RAISE = "raise"
    CLEAR = "clear"


class CameraHealth:
    """Follows one live camera. Feed it every status, at least once a second.

    Starting does not end the wait: a camera that is lost, tried again and lost again has been
    without pictures all the time. Only running clears the alarm.
    """

    def __init__(self, lost_after_s: float = LOST_AFTER_S) -> None:
        self._lost_after_s = lost_after_s
        self._blind_since_s: float | None = None
        self._raised = False

    def update(self, state: MonitorState, now_s: float) -> HealthChange | None:
        """Take the newest state in.

        Args:
            state: The camera's state.
            now_s: A clock that never runs backwards, in seconds.

        Returns:
            What to do now; None if nothing.
        """
        if state is MonitorState.RUNNING:
            return self._seeing()
        if state in _BLIND and self._blind_since_s is None:
            self._blind_since_s = now_s
        if self._raised or self._blind_since_s is None:
            return None
        if now_s - self._blind_since_s > self._lost_after_s:
            self._raised = True
            return HealthChange.RAISE
        return None

    def stopped(self) -> HealthChange | None:
        """Somebody stopped watching: the camera is no longer expected to send pictures."""
        return self._seeing()

    def _seeing(self) -> HealthChange | None:
        was_raised, self._raised = self._raised, False
        self._blind_since_s = None
        return HealthChange.CLEAR if was_raised else None


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
    reason: str


class WatchLog:
    """How long one room has been watched today, and every gap with its reason.

    A day begins at midnight. Between two looks that lie further apart than `LONGEST_LOOK_S`
    nobody watched either: the computer slept, or was too busy for anything.
    """

    #: Looks come every second; some may be late.
    LONGEST_LOOK_S = 5.0

    def __init__(self) -> None:
        self._watched_s = 0.0
        self._gaps: list[Gap] = []
        self._last: datetime | None = None
        self._since: datetime | None = None

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

    def look(self, watching: bool, reason: str, now: datetime) -> None:
        """Take in how it is now.

        Args:
            watching: Whether fresh pictures are being analysed.
            reason: If not, why.
            now: Local time, with time zone.
        """
        if self._last is None or now.date() != self._last.date():
            self._begin_day(now)
        last = self._last or now
        elapsed_s = (now - last).total_seconds()
        if elapsed_s > self.LONGEST_LOOK_S:
            self._end_gap(last)
            self._gaps.append(Gap(last, now, "The computer slept or was too busy."))
        elif watching and not self._in_gap:
            self._watched_s += max(0.0, elapsed_s)
        if watching:
            self._end_gap(now)
        elif not self._in_gap or self._gaps[-1].reason != reason:
            self._end_gap(now)
            self._gaps.append(Gap(now, None, reason))
        self._last = now

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
