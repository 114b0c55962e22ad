"""Fault alarms of all rooms: from a monitor's status straight to the alarm dispatcher."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from fallwatch.core.protocols import AlarmDispatch
from fallwatch.pipeline.health.fault_alarms import FaultAction, FaultAlarm, FaultAlarms
from fallwatch.pipeline.health.status import MonitorStatus
from fallwatch.pipeline.worker import FailureLog, Worker

_log = logging.getLogger(__name__)


class RoomFaults:
    """Follows the faults of every live room, and raises and ends the alarms about them.

    Statuses come from the monitors' watchdogs, which must wait neither for a disk nor for a
    window: what is to be done is decided at once and done on a thread of its own, in order.
    The faults of a room outlive its monitor: one that is restarted has been blind all the time.

    Args:
        alarms: Raises and ends the alarms.
        monotonic: Clock in seconds.
    """

    def __init__(
        self, alarms: AlarmDispatch, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._alarms, self._monotonic = alarms, monotonic
        self._lock = threading.Lock()
        self._rooms: dict[str, FaultAlarms] = {}
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] = queue.SimpleQueue()
        self._failures = FailureLog(_log)
        self._worker = Worker("fault alarms", self._run, self._on_failure)

    def start(self) -> None:
        """Begin to raise alarms; once only. Those of statuses before it are not lost."""
        self._worker.start()

    def update(self, status: MonitorStatus) -> None:
        """Take in the newest status of a live room, at least once a second. Never waits."""
        with self._lock:
            faults = self._rooms.setdefault(status.camera, FaultAlarms())
            self._put(status.camera, faults.update(status, self._monotonic()))

    def stopped(self, camera: str) -> None:
        """Somebody stopped watching a room: its fault alarms end. Never waits."""
        with self._lock:
            faults = self._rooms.pop(camera, None)
            if faults is not None:
                self._put(camera, faults.stopped())

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """Do what is still to be done and end the thread; open alarms stay open.

        Returns:
            Name of the thread if it did not end in time.
        """
        self._jobs.put(None)
        return self._worker.left_after(timeout_s)

    def _put(self, camera: str, changes: Sequence[FaultAlarm]) -> None:
        for each in changes:
            if each.action is FaultAction.RAISE:
                raise_alarm = self._alarms.raise_technical
                self._jobs.put(partial(raise_alarm, camera, each.kind, each.message))
            else:
                self._jobs.put(partial(self._alarms.clear_technical, camera, each.kind))

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()

    def _on_failure(self, error: Exception) -> bool:
        words = f"A fault alarm could not be raised or ended: {error}"
        self._failures.write(words, error, expected=False)
        return True
