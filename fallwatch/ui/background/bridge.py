"""The one object that crosses from worker threads into Qt."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal

from fallwatch.core.types import Alarm, Analysis
from fallwatch.pipeline.monitor import MonitorStatus


class Bridge(QObject):
    """Takes what worker threads post and emits it on the thread the bridge lives on.

    Analyses: the newest of each run replaces one not yet shown, and so do the open alarms, which
    come before all else. Everything else is kept, in order. However much is posted, at most one
    wake-up waits in Qt's event queue: a signal for every frame would pile up there, and the
    picture would fall seconds behind.

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

    def new_run(self) -> int:
        """A number for one start of one monitor; Qt's thread only."""
        self._runs += 1
        return self._runs

    def post_analysis(self, run: int, analysis: Analysis) -> None:
        """Offer a picture with its verdict; any thread. A newer one replaces it if not shown."""
        with self._lock:
            if not self._closed:
                self._newest[run] = analysis
                self._wake_up()

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
            newest, self._newest = self._newest, {}
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
        for run, analysis in newest.items():
            self.analysed.emit(run, analysis)
