"""One network camera watched as the program does, but for the models, and what was said of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.core.types import Analysis, Frame
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.events.store import EventStore
from fallwatch.pipeline.health.fault_alarms import FaultAction, FaultAlarms
from fallwatch.pipeline.monitor import Monitor, MonitorState, MonitorStatus
from fallwatch.sources.camera_source import RoomSource
from fallwatch.sources.registry import make_source

_LOOK_S = 0.05


class Glance:
    """Sees nobody, at once or after a delay: what is tried here are cameras, not models."""

    def __init__(self, delay_s: Callable[[], float]) -> None:
        self._delay_s = delay_s

    def step(self, frame: Frame) -> Analysis:
        time.sleep(self._delay_s())
        return Analysis(frame)

    def close(self) -> None:
        pass


class BusyRoom(RoomSource):
    """Reads its camera on a computer that has little time for it: each frame after a delay."""

    def __init__(self, name: str, url: str, delay_s: Callable[[], float]) -> None:
        super().__init__(name, lambda: make_source(url))
        self._delay_s = delay_s

    def read_if(self, wanted: Callable[[float], bool]) -> Frame | None:
        time.sleep(self._delay_s())
        return super().read_if(wanted)


class CameraWatch:
    """A monitor, the camera's health, and an alarm dispatcher with a record, as in the program.

    Attributes:
        analysis_delay_s: How long each analysis takes.
        reading_delay_s: How long nobody reads before each frame.
        size_px: Width and height of the newest analysed image.
    """

    def __init__(self, name: str, url: str, folder: Path) -> None:
        self.analysis_delay_s = 0.0
        self.reading_delay_s = 0.0
        self.size_px = (0, 0)
        self._name = name
        self._analysed_s = 0.0
        self._health = FaultAlarms()
        self._store = EventStore(folder / f"{name}.sqlite3")
        self._dispatcher = AlarmDispatcher(
            self._store, (), EscalationPolicy(), on_change=lambda _: None
        )
        self._monitor = Monitor(
            lambda: BusyRoom(name, url, lambda: self.reading_delay_s),
            lambda: Glance(lambda: self.analysis_delay_s),
            on_analysis=self._on_analysis,
            on_event=lambda event, analysis: None,
            on_status=self._on_status,
        )

    def start(self) -> None:
        """Begin to watch."""
        self._dispatcher.start()
        self._monitor.start()

    def stop(self) -> list[str]:
        """Stop; names of threads that did not end."""
        left = [*self._monitor.stop(), *self._dispatcher.stop()]
        self._store.close()
        return left

    @property
    def alarms(self) -> set[str]:
        """Kinds of the alarms that are open."""
        return {alarm.kind for alarm in self._dispatcher.open_alarms}

    def sees_since(self, moment_s: float) -> bool:
        """Whether a frame was analysed after a moment of ``time.monotonic``, and all is well."""
        running = self._monitor.status.state is MonitorState.RUNNING
        return running and self._analysed_s > moment_s and not self.alarms

    def count(self, kind: str) -> int:
        """Alarms of a kind in the record, open or closed."""
        return sum(alarm.kind == kind for alarm in self._store.all())

    def _on_analysis(self, analysis: Analysis) -> None:
        self._analysed_s = time.monotonic()
        self.size_px = (analysis.frame.width_px, analysis.frame.height_px)

    def _on_status(self, status: MonitorStatus) -> None:
        for news in self._health.update(status, time.monotonic()):
            if news.action is FaultAction.RAISE:
                self._dispatcher.raise_technical(self._name, news.kind, news.message)
            else:
                self._dispatcher.clear_technical(self._name, news.kind)


def seconds_until(condition: Callable[[], bool], at_most_s: float) -> float | None:
    """How long it took until something was so; None if it never was."""
    began_s = time.monotonic()
    while not condition():
        if time.monotonic() - began_s > at_most_s:
            return None
        time.sleep(_LOOK_S)
    return time.monotonic() - began_s
