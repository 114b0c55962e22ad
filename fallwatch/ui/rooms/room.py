"""Watching one room: starts, stops and restarts its monitor without holding up the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from fallwatch.core.message import NO_MESSAGE
from fallwatch.core.types import Analysis
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.runtime.source_choice import SourceChoice
from fallwatch.settings import Settings
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge

#: How often the state is read, so that a silent monitor cannot keep an old "running" on screen.
POLL_MS = 250

#: A monitor that has not stopped by then is left to itself. Short of the two seconds that closing
#: the window may take altogether.
STOP_TIMEOUT_S = 1.2


class MonitorLike(Protocol):
    """The part of ``pipeline.monitor.Monitor`` the window needs."""

    def start(self) -> None: ...
    def rejudge(self, choice: SourceChoice, settings: Settings) -> None: ...
    def stop(self, timeout_s: float = 2.0) -> list[str]: ...
    @property
    def status(self) -> MonitorStatus: ...


MakeMonitor = Callable[
    [SourceChoice, Callable[[Analysis], None], Callable[[MonitorStatus], None]], MonitorLike
]


class Room(QObject):
    """One room and at most one running monitor; every start is a new one.

    Stopping may wait for a camera driver, so it is a background task; what was opened meanwhile
    starts when the old monitor has let go.

    Signals:
        opened: Another ``SourceChoice`` is about to be watched.
        analysed: The newest ``Analysis`` of the present monitor.
        status_changed: ``MonitorStatus``, at least every ``POLL_MS`` while a monitor exists.
        ended: A monitor was stopped in an orderly way: its ``SourceChoice``.
        stuck: Names of threads that did not stop, ``list[str]``.
        idle: Nothing is being watched any more.
    """

    opened = Signal(object)
    analysed = Signal(object)
    status_changed = Signal(object)
    ended = Signal(object)
    stuck = Signal(object)
    idle = Signal()

    def __init__(
        self, make_monitor: MakeMonitor, bridge: Bridge, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._make_monitor = make_monitor
        self._bridge = bridge
        self._tasks = BackgroundTasks(bridge, "fallwatch stopper", self)
        self._monitor: MonitorLike | None = None
        self._watched: SourceChoice | None = None
        self._wanted: SourceChoice | None = None
        self._stopping = False
        self._run = 0
        bridge.analysed.connect(self._on_analysis)
        bridge.status_changed.connect(self._on_status)
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._read_status)

    @property
    def choice(self) -> SourceChoice | None:
        """What is, or was last, watched here."""
        return self._wanted or self._watched

    @property
    def is_active(self) -> bool:
        """True while a monitor exists or is about to."""
        return self._wanted is not None or (self._monitor is not None and not self._stopping)

    @property
    def is_settled(self) -> bool:
        """True if no monitor is left to stop."""
        return self._monitor is None

    def open(self, choice: SourceChoice) -> None:
        """Watch a source instead of whatever was watched before."""
        self._wanted = choice
        if self._monitor is None:
            self._begin()
        else:
            self._end()

    def rejudge(self, choice: SourceChoice, settings: Settings) -> None:
        """Judge the same source with other settings; its camera stays open."""
        if self._wanted is not None:
            self._wanted = choice
        elif self._monitor is not None and not self._stopping:
            self._watched = choice
            self._monitor.rejudge(choice, settings)

    def restart(self) -> None:
        """Watch the same source with a new monitor, if one is being watched."""
        if self.is_active and self.choice is not None:
            self.open(self.choice)

    def stop(self) -> None:
        """Watch nothing; ``choice`` stays for the next start."""
        self._wanted = None
        self._end()

    def shutdown(self) -> None:
        """Stop and wait for it, at most ``STOP_TIMEOUT_S``, when the window is gone."""
        shut_down([self])

    def _let_go(self) -> MonitorLike | None:
        """The first half of `shutdown`: the monitor that has yet to be stopped."""
        self._poll.stop()
        self._wanted = None
        return None if self._stopping else self._monitor

    def _let_go_finished(self, left_running: list[str] | None) -> None:
        self._tasks.close()
        if left_running is not None:
            self._finish(left_running)

    def _begin(self) -> None:
        choice, self._wanted = self._wanted, None
        if choice is None:
            self.idle.emit()
            return
        self._watched = choice
        run = self._run = self._bridge.new_run()
        self._monitor = self._make_monitor(
            choice,
            lambda analysis: self._bridge.post_analysis(run, analysis),
            lambda status: self._bridge.post_status(run, status),
        )
        self.opened.emit(choice)
        self._monitor.start()
        self._poll.start()
        self._read_status()

    def _end(self) -> None:
        monitor = self._monitor
        if monitor is None or self._stopping:
            return
        self._stopping = True
        # From here on, what the old monitor still has to say is late.
        self._run = 0
        self._poll.stop()
        old = monitor.status
        self.status_changed.emit(
            MonitorStatus(
                old.camera, MonitorState.STOPPING, NO_MESSAGE, 0.0, old.last_analysed_age_s
            )
        )
        self._tasks.run(
            lambda: monitor.stop(STOP_TIMEOUT_S), self._finish_and_go_on, self._on_stop_failed
        )

    def _finish_and_go_on(self, left_running: list[str]) -> None:
        self._finish(left_running)
        self._begin()

    def _on_stop_failed(self, error: BaseException) -> None:
        """What was opened meanwhile is watched all the same; the last resort hears of the error."""
        self._finish_and_go_on([])
        raise error

    def _finish(self, left_running: list[str]) -> None:
        monitor, self._monitor = self._monitor, None
        self._stopping = False
        if left_running:
            self.stuck.emit(left_running)
        if monitor is not None and self._watched is not None:
            self.ended.emit(self._watched)

    def _read_status(self) -> None:
        if self._monitor is not None:
            self.status_changed.emit(self._monitor.status)

    def _on_analysis(self, run: int, analysis: Analysis) -> None:
        if run == self._run:
            self.analysed.emit(analysis)

    def _on_status(self, run: int, status: MonitorStatus) -> None:
        if run == self._run:
            self.status_changed.emit(status)


def shut_down(rooms: Sequence[Room]) -> None:
    """Shut several rooms down at the same time, so that it takes no longer than for one."""
    if not rooms:
        return
    monitors = [room._let_go() for room in rooms]
    with ThreadPoolExecutor(len(rooms), thread_name_prefix="fallwatch shutdown") as pool:
        left = list(pool.map(lambda each: each and each.stop(STOP_TIMEOUT_S), monitors))
    for room, names in zip(rooms, left, strict=True):
        room._let_go_finished(names)
