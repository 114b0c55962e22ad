"""Live views: of each room that is watched, the newest picture that may be seen, and its status."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from fallwatch.core.types import Analysis
from fallwatch.pipeline.health.status import MonitorStatus

#: A status comes about once a second; one that is older says nothing any more.
STALE_STATUS_S = 5.0


@dataclass(frozen=True, slots=True)
class LiveView:
    """One room as it is now.

    Attributes:
        room: Its name.
        privacy: ``off``, ``blur`` or ``skeleton``: what of people is in the picture.
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


class LiveViews:
    """What whoever looks on from outside may see. Any thread; never waits, and nothing is copied.

    Args:
        monotonic: Steady clock, in seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.monotonic = monotonic
        self._lock = threading.Lock()
        self._views: dict[str, LiveView] = {}

    def begin(self, room: str, privacy: str) -> None:
        """A room is watched from now on."""
        with self._lock:
            self._views[room] = LiveView(room, privacy)

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
