"""The one object that crosses from worker threads into Qt."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from fallwatch.core.types import Alarm, Analysis
from fallwatch.pipeline.monitor import MonitorStatus

#: Frames are handed on together, so often at most: cameras do not wait for each other, and each
#: of nine would have the window painted again.
SHOW_EVERY_S = 1 / 30

#: Frames a second that are handed on at most, of all rooms together: 13 of each of nine.
SHOWN_PER_S = 120.0


class Bridge(QObject):
    """Takes what worker threads post and emits it on the thread the bridge lives on.

    Analyses: the newest of each run replaces one not yet shown, and so do the open alarms, which
    come before all else. Everything else is kept, in order. However much is posted, at most one
    wake-up waits in Qt's event queue: a signal for every frame would pile up there, and the
    frame would fall seconds behind. Only analyses ever wait, as `SHOW_EVERY_S` and `SHOWN_PER_S`
    say.

    A run is one start of one monitor; its number tells late words of an old one from the new.

    Signals:
        analysed: Run number and the newest ``Analysis``.
        status_changed: Run number and ``MonitorStatus``.
        alarms_changed: All open alarms, ``tuple[Alarm, ...]``.
    """

    analysed = Signal(int, object)
    status_changed = Signal(int, object)
    alarms_changed = Signal(object)
    _wake = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._newest: dict[int, Analysis] = {}
        self._alarms: tuple[Alarm, ...] | None = None
        self._calls: deque[Callable[[], None]] = deque()
        self._wake_pending = False
        self._closed = False
        self._runs = 0
        self._wake.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._show_next_s = float("-inf")
        self._show_later = QTimer(self)
        self._show_later.setSingleShot(True)
        self._show_later.setTimerType(Qt.TimerType.PreciseTimer)
        self._show_later.timeout.connect(self._show)

    def new_run(self) -> int:
        """A number for one start of one monitor; Qt's thread only."""
        self._runs += 1
        return self._runs

    def post_analysis(self, run: int, analysis: Analysis) -> None:
        """Offer a frame with its verdict; any thread. A newer one replaces it if not shown."""
        with self._lock:
            if not self._closed:
                # What waits already has asked for a turn, which this one shares.
                if not self._newest:
                    self._wake_up()
                self._newest[run] = analysis

    def post_status(self, run: int, status: MonitorStatus) -> None:
        """Tell how a monitor is doing; any thread."""
        self.post(partial(self.status_changed.emit, run, status))

    def post_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        """Tell which alarms are open; any thread. Only the newest is shown of what waits."""
        with self._lock:
            if not self._closed:
                self._alarms = alarms
                self._wake_up()

    def post(self, call: Callable[[], None]) -> None:
        """Have something called on the bridge's thread; any thread."""
        with self._lock:
            if not self._closed:
                self._calls.append(call)
                self._wake_up()

    def close(self) -> None:
        """Drop what waits and all that is posted from now on."""
        with self._lock:
            self._closed = True
            self._calls.clear()
            self._alarms = None
            self._newest.clear()

    def _wake_up(self) -> None:
        """Ask for a drain unless one is on its way. The lock is held."""
        if not self._wake_pending:
            self._wake_pending = True
            self._wake.emit()

    def _drain(self) -> None:
        with self._lock:
            self._wake_pending = False
            calls, self._calls = self._calls, deque()
            alarms, self._alarms = self._alarms, None
        if alarms is not None:
            self.alarms_changed.emit(alarms)
        try:
            while calls:
                calls.popleft()()
        finally:
            # Should a call fail, the ones behind it are not lost with it.
            with self._lock:
                if calls and not self._closed:
                    self._calls.extendleft(reversed(calls))
                    self._wake_up()
            self._show_in_time()

    def _show_in_time(self) -> None:
        """Hand the frames on that wait, now or as soon as it is time for the next."""
        left_s = self._show_next_s - time.monotonic()
        if left_s <= 0:
            self._show()
        elif not self._show_later.isActive():
            self._show_later.start(math.ceil(1000 * left_s))

    def _show(self) -> None:
        with self._lock:
            newest, self._newest = self._newest, {}
        if newest:
            wait_s = max(SHOW_EVERY_S, len(newest) / SHOWN_PER_S)
            self._show_next_s = time.monotonic() + wait_s
        for run, analysis in newest.items():
            self.analysed.emit(run, analysis)
