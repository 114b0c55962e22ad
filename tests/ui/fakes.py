"""Stand-ins for what works behind the window, and short ways to make values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from fallwatch.core.types import Alarm, AlarmState, Analysis, Frame, Priority
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.ui.source_choice import SourceChoice


def alarm(event_id: str = "one", **changes: object) -> Alarm:
    base = Alarm(
        event_id=event_id,
        camera="Hall",
        kind="fall",
        priority=Priority.HIGH,
        state=AlarmState.UNACKNOWLEDGED,
        started_utc="2026-03-01T12:00:00.000Z",
        score=0.9,
        evidence=("fast descent", "lying still"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def analysis(index: int = 0, shade: int = 0, size: tuple[int, int] = (48, 64)) -> Analysis:
    image = np.full((*size, 3), shade, np.uint8)
    return Analysis(Frame("Hall", index, index / 10, image))


def status(
    state: MonitorState, age_s: float | None = None, message: str = "", camera: str = "Hall"
) -> MonitorStatus:
    return MonitorStatus(
        camera=camera,
        state=state,
        message=message,
        analysed_fps=15.0 if state is MonitorState.RUNNING else 0.0,
        last_analysed_age_s=age_s,
    )


RUNNING = status(MonitorState.RUNNING, age_s=0.1)


class FakeMonitor:
    """Does what a test tells it."""

    def __init__(
        self,
        choice: SourceChoice,
        on_analysis: Callable[[Analysis], None],
        on_status: Callable[[MonitorStatus], None],
    ) -> None:
        self.choice = choice
        self.on_analysis = on_analysis
        self.on_status = on_status
        self.status = status(MonitorState.STARTING, camera=choice.name)
        self.started = False
        self.stopped = False
        self.left_running: list[str] = []
        self.on_stop: Callable[[], object] = lambda: None

    def start(self) -> None:
        self.started = True

    def stop(self, timeout_s: float = 2.0) -> list[str]:
        self.stopped = True
        self.on_stop()
        return self.left_running


class FakeDesk:
    """Remembers what it was asked to do."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.open: tuple[Alarm, ...] = ()
        self.error: Exception | None = None

    def start(self) -> tuple[Alarm, ...]:
        self.calls.append(("start",))
        return self.open

    def raise_technical(
        self, camera: str, kind: str, message: str, *, from_clip: bool = False
    ) -> None:
        self.calls.append(("raise", camera, kind))

    def clear_technical(self, camera: str, kind: str) -> None:
        self.calls.append(("clear", camera, kind))

    def acknowledge(self, event_id: str, by: str) -> None:
        if self.error is not None:
            raise self.error
        self.calls.append(("acknowledge", event_id))

    def close_clip_alarms(self, camera: str) -> None:
        self.calls.append(("close clip", camera))
