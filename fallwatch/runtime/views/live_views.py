"""Live views: of each room that is watched, the newest image that may be seen, and its status."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from fallwatch.core.types import Analysis
from fallwatch.pipeline.health.status import MonitorStatus

#: A status comes about once a second; one that is older says nothing any more.
STALE_STATUS_S = 5.0

#: A pause is told twice a second; one that is not told any more is of a room that was removed.
_PAUSE_TOLD_S = 30.0


@dataclass(frozen=True, slots=True)
class LiveView:
    """One room as it is now.

    Attributes:
        room: Its name.
        privacy: ``off``, ``blur`` or ``skeleton``: what of people is in the image.
        analysis: The newest; people in it are hidden as the room's privacy wants it.
        analysed_s: When it came, on the steady clock.
        status: The newest.
        status_s: When it came, on the steady clock.
    """

    room: str
    privacy: str = "off"
    analysis: Analysis | None = None
    analysed_s: float = float("-inf")
    status: MonitorStatus | None = None
    status_s: float = float("-inf")


@dataclass(frozen=True, slots=True)
class PausedRoom:
    """A room that somebody has paused.

    Attributes:
        room: Its name.
        by: Who wanted it.
        until_unix_s: Until when, seconds since 1970 UTC.
    """

    room: str
    by: str
    until_unix_s: float


class LiveViews:
    """What whoever looks on from outside may see. Any thread; never waits, and nothing is copied.

    Args:
        monotonic: Steady clock, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._lock = threading.Lock()
        self._views: dict[str, LiveView] = {}
        # With the moment, on the steady clock, at which it was last told.
        self._pauses: dict[str, tuple[PausedRoom, float]] = {}

    def begin(self, room: str, privacy: str) -> None:
        """A room is watched from now on."""
        with self._lock:
            self._views[room] = LiveView(room, privacy)
            self._pauses.pop(room, None)

    def pause(self, room: str, by: str, until_unix_s: float) -> None:
        """A room is paused; to be told again and again while it lasts."""
        with self._lock:
            self._pauses[room] = PausedRoom(room, by, until_unix_s), self.monotonic()

    def see(self, room: str, analysis: Analysis) -> None:
        """The newest analysis of a room, as it may be seen."""
        with self._lock:
            view = self._views.get(room)
            if view is not None:
                self._views[room] = replace(view, analysis=analysis, analysed_s=self.monotonic())

    def on_status(self, status: MonitorStatus) -> None:
        """The newest status of a room."""
        with self._lock:
            view = self._views.get(status.camera)
            if view is not None:
                self._views[status.camera] = replace(view, status=status, status_s=self.monotonic())

    def end(self, room: str) -> None:
        """A room is watched no more."""
        with self._lock:
            self._views.pop(room, None)

    def of(self, room: str) -> LiveView | None:
        """One room; None if it is not watched."""
        with self._lock:
            return self._views.get(room)

    def now(self) -> tuple[LiveView, ...]:
        """All rooms that are watched, in the order in which that began."""
        with self._lock:
            return tuple(self._views.values())

    def paused(self) -> tuple[PausedRoom, ...]:
        """All rooms that are paused, and are watched again by themselves."""
        since_s = self.monotonic() - _PAUSE_TOLD_S
        with self._lock:
            return tuple(pause for pause, told_s in self._pauses.values() if told_s >= since_s)
