"""Uptime of rooms watched without a window: counted every second, and written for the page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from fallwatch.pipeline.health.uptime import STOPPED, UptimeLog
from fallwatch.pipeline.health.uptime_file import UptimeFile
from fallwatch.pipeline.worker import Worker
from fallwatch.runtime.views.live_views import LiveViews
from fallwatch.runtime.views.state_look import look_of_view, visited

_log = logging.getLogger(__name__)

_LOOK_S = 1.0

#: Looks from one writing to the next, as the window has it.
_WRITE_EVERY = 30


def _local_now() -> datetime:
    return datetime.now().astimezone()


class UptimeCounter:
    """Counts on a thread of its own how long each room is watched today.

    Args:
        views: The rooms that are watched.
        file: Where the figures are kept; an earlier run of the same day goes on.
        now: Local time, with time zone.
        visitor: Who is in a room for a care visit, which counts as a pause; empty for nobody.
    """

    def __init__(
        self,
        views: LiveViews,
        file: UptimeFile,
        now: Callable[[], datetime] = _local_now,
        visitor: Callable[[str], str] = lambda room: "",
    ) -> None:
        self._views, self._file, self._now, self._visitor = views, file, now, visitor
        self._logs: dict[str, UptimeLog] = {}
        self._worker = Worker("uptime", self._run, self._on_failure)

    def start(self) -> None:
        """Begin to count; once only."""
        self._worker.start()

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """End the thread, and write the figures a last time.

        Returns:
            Name of the thread if it did not end in time.
        """
        return self._worker.end_with(self.write, timeout_s)

    def look(self) -> None:
        """Look at all rooms now."""
        now, now_s = self._now(), self._views.monotonic()
        views = {view.room: view for view in self._views.now()}
        for room in views.keys() - self._logs.keys():
            # What an earlier run, or the window, has counted of this room today.
            self._logs[room] = UptimeLog(self._file.read(now.date()).get(room))
        for room, log in self._logs.items():
            view = views.get(room)
            if view is None:
                log.look(False, STOPPED, now)
                continue
            look = look_of_view(view, now_s)
            by = self._visitor(room)
            if by:
                look = visited(look, by)
            reason = look.gap or (look.title if look.live else look.detail or look.title)
            log.look(look.monitoring, reason, now)

    def write(self) -> None:
        """Write what was counted, if anything was."""
        records = {room: log.record for room, log in self._logs.items()}
        known = {room: record for room, record in records.items() if record is not None}
        if known:
            self._file.write(known)

    def _run(self) -> None:
        looks = 0
        while not self._worker.stopping.wait(_LOOK_S):
            self.look()
            looks += 1
            if looks % _WRITE_EVERY == 0:
                self.write()

    def _on_failure(self, error: Exception) -> bool:
        _log.error("Today's figures cannot be counted: %s", error)
        return True
