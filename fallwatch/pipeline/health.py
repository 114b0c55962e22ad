"""When a silent camera becomes an alarm, and what was watched today. Pure: the time is given."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from fallwatch.pipeline.status import MonitorState, MonitorStatus, Trouble
from fallwatch.pipeline.troubles import (
    ANALYSIS_FAILED,
    ANALYSIS_SLOW,
    CAMERA_LOST,
    KINDS,
)

#: Nothing may be analysed for this long before it is told. Network cameras often recover within
#: it; with the two seconds until the state says so, and its looks, the alarm comes within ten.
LOST_AFTER_S = 5.0

#: Kinds that mean that nothing is analysed. Others have been waited for already.
_BLIND_KINDS = frozenset((CAMERA_LOST, ANALYSIS_SLOW, ANALYSIS_FAILED))

_BLIND_STATES = (MonitorState.STALLED, MonitorState.FAULTED)


class HealthChange(str, Enum):
    """What to do about a technical alarm."""

    RAISE = "raise"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class HealthNews:
    """One technical alarm that begins or ends.

    Attributes:
        change: Which of the two.
        kind: See `fallwatch.pipeline.troubles`.
        message: What happened and what to do; empty for one that ends.
    """

    change: HealthChange
    kind: str
    message: str = ""


class CameraHealth:
    """Follows one live camera. Feed it every status, at least once a second.

    Starting does not end the wait: a camera that is lost, tried again and lost again has been
    without pictures all the time. Only pictures that are analysed clear an alarm. The first of
    them also clears what a run that was killed has left open.
    """

    def __init__(self, lost_after_s: float = LOST_AFTER_S) -> None:
        self._lost_after_s = lost_after_s
        self._since_s: dict[str, float] = {}
        self._told: set[str] = set()
        self._of_earlier_run = set(KINDS)

    def update(self, status: MonitorStatus, now_s: float) -> list[HealthNews]:
        """Take the newest status in.

        Args:
            status: Of the camera.
            now_s: A clock that never runs backwards, in seconds.

        Returns:
            What to do now, mostly nothing.
        """
        troubles = {trouble.kind: trouble for trouble in _troubles_of(status)}
        news: list[HealthNews] = []
        if _is_seeing(status, troubles):
            self._since_s = {k: since for k, since in self._since_s.items() if k in troubles}
            news += self._clear([kind for kind in KINDS if kind not in troubles])
        for kind, trouble in troubles.items():
            since_s = self._since_s.setdefault(kind, now_s)
            wait_s = self._lost_after_s if kind in _BLIND_KINDS else 0.0
            if kind not in self._told and now_s - since_s >= wait_s:
                self._told.add(kind)
                news.append(HealthNews(HealthChange.RAISE, kind, trouble.message))
        return news

    def stopped(self) -> list[HealthNews]:
        """Somebody stopped watching: the camera is no longer expected to send pictures."""
        self._since_s.clear()
        return self._clear(tuple(self._told))

    def _clear(self, kinds: Iterable[str]) -> list[HealthNews]:
        over = [kind for kind in kinds if kind in self._told | self._of_earlier_run]
        self._told.difference_update(over)
        self._of_earlier_run.difference_update(over)
        return [HealthNews(HealthChange.CLEAR, kind) for kind in over]


def _troubles_of(status: MonitorStatus) -> tuple[Trouble, ...]:
    """What is wrong. A state in which nothing is seen is a lost camera if nothing else is said."""
    if status.troubles or status.state not in _BLIND_STATES:
        return status.troubles
    return (Trouble(CAMERA_LOST, status.message),)


def _is_seeing(status: MonitorStatus, troubles: Container[str]) -> bool:
    """Whether pictures are analysed, be they good or bad."""
    if status.state is MonitorState.STALLED:
        return not any(kind in troubles for kind in _BLIND_KINDS)
    return status.state is MonitorState.RUNNING


#: Why nobody looked for a while.
SLEPT = "The computer slept or was too busy."
NOT_RUNNING = "fallwatch was not running."


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


@dataclass(frozen=True, slots=True)
class WatchRecord:
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


class WatchLog:
    """How long one room has been watched today, and every gap with its reason.

    A day begins at midnight. Between two looks that lie further apart than `LONGEST_LOOK_S`
    nobody watched either: the computer slept, or was too busy for anything.

    Args:
        record: What an earlier run of the same day has left; the time between counts as a gap.
    """

    #: Looks come every second; some may be late.
    LONGEST_LOOK_S = 5.0

    def __init__(self, record: WatchRecord | None = None) -> None:
        self._watched_s = 0.0 if record is None else record.watched_s
        self._gaps: list[Gap] = [] if record is None else list(record.gaps)
        self._last = None if record is None else record.last
        self._since = None if record is None else record.since
        self._away_because = SLEPT if record is None else NOT_RUNNING

    @property
    def record(self) -> WatchRecord | None:
        """What a later run needs to go on; None before the first look."""
        if self._since is None or self._last is None:
            return None
        return WatchRecord(self._since, self._last, self._watched_s, tuple(self._gaps))

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
