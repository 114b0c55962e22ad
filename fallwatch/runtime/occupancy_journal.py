"""Keeps what each minute was like in each room, for the night review."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from fallwatch.core.types import Analysis, Posture
from fallwatch.pipeline.health.occupancy import DayOccupancy, Minute, OccupancyFiles
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from fallwatch.pipeline.worker import FailureLog, Worker

_log = logging.getLogger(__name__)

#: Name of the folder in ``paths.data_dir()``.
OCCUPANCY_FOLDER = "minutes"

#: What a crash may cost.
_WRITE_EVERY_S = 60.0

_LYING = (Posture.DOWN, Posture.FALLEN)
_BLIND = (MonitorState.STALLED, MonitorState.FAULTED)


class OccupancyJournal:
    """Takes in analyses and states of all rooms; any thread, never waits for the disk.

    Files are kept as long as events are. Without them the review has no bars, and nothing else is
    lost.

    Args:
        folder: Where the files of the days lie.
        keep_days: For how many days they are kept.
        now: Local time.
    """

    def __init__(
        self,
        folder: Path,
        keep_days: Callable[[], int],
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self.files = OccupancyFiles(folder)
        self._keep_days, self._now = keep_days, now
        self._lock = threading.Lock()
        self._days: dict[date, DayOccupancy] = {}
        self._changed: set[date] = set()
        self._failures = FailureLog(_log)
        self._worker = Worker("minutes", self._run, self._on_failure, longest_wait_s=60.0)

    def start(self) -> None:
        """Begin to write; once only."""
        self._worker.start()

    def see_analysis(self, room: str, analysis: Analysis) -> None:
        """Take in who is seen."""
        if analysis.people:
            lies = any(person.posture in _LYING for person in analysis.people)
            self.see(room, Minute.LYING if lies else Minute.PERSON)

    def see_status(self, status: MonitorStatus) -> None:
        """Take in whether the room is watched."""
        if status.state in _BLIND or status.faults:
            self.see(status.camera, Minute.FAULT)
        elif status.state is MonitorState.RUNNING:
            self.see(status.camera, Minute.WATCHED)

    def see(self, room: str, minute: Minute) -> None:
        """Take in what is so now."""
        now = self._now()
        with self._lock:
            day = self._days.setdefault(now.date(), DayOccupancy())
            if day.see(room, minute, now):
                self._changed.add(now.date())

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """Write what is left; names of threads that did not end in time."""
        self._worker.stopping.set()
        return self._worker.left_after(timeout_s)

    def write(self) -> None:
        """Write what has changed, and delete what is too old.

        Raises:
            OSError: It cannot be written; it is tried again with the next call.
        """
        today = self._now().date()
        with self._lock:
            news = {day: self._days[day].rooms for day in self._changed}
            self._changed.clear()
        try:
            for day in list(news):
                self.files.write(day, _joined(self.files.read(day), news[day]))
                del news[day]
        finally:
            with self._lock:
                self._changed |= set(news)
                for day in [each for each in self._days if each < today - timedelta(days=1)]:
                    if day not in self._changed:
                        del self._days[day]
        self.files.forget_before(today - timedelta(days=self._keep_days()))

    def _run(self) -> None:
        while not self._worker.stopping.wait(_WRITE_EVERY_S):
            self.write()
        self.write()

    def _on_failure(self, error: Exception) -> bool:
        self._failures.write("The minutes of the rooms cannot be kept.", error, expected=True)
        return True


def _joined(before: dict[str, str], now: dict[str, str]) -> dict[str, str]:
    """What an earlier run, or another process, has kept of the same day, with what is new."""
    day = DayOccupancy(before)
    midnight = datetime.min
    for room, minutes in now.items():
        for place, letter in enumerate(minutes):
            day.see(room, Minute(letter), midnight + timedelta(minutes=place))
    return day.rooms
