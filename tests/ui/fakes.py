"""Stand-ins for what works behind the window, and short ways to make values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractItemView, QFrame, QMenu, QMenuBar, QScrollBar, QWidget

from fallwatch.core.message import Message, plain
from fallwatch.core.types import Alarm, AlarmState, Analysis, Frame, Priority
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.runtime.source_choice import SourceChoice
from fallwatch.settings import Settings


def alarm(event_id: str = "one", **changes: object) -> Alarm:
    base = Alarm(
        event_id=event_id,
        camera="Hall",
        kind="fall",
        priority=Priority.HIGH,
        state=AlarmState.UNACKNOWLEDGED,
        started_utc="2026-03-01T12:00:00.000Z",
        score=0.9,
        evidence=(Message("fast descent"), Message("lying still")),
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
        message=plain(message),
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
        self.rejudged: list[tuple[SourceChoice, Settings]] = []

    def rejudge(self, choice: SourceChoice, settings: Settings) -> None:
        self.rejudged.append((choice, settings))

    def start(self) -> None:
        self.started = True

    def stop(self, timeout_s: float = 2.0) -> list[str]:
        self.stopped = True
        self.on_stop()
        return self.left_running


class FakeDispatcher:
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

    def acknowledge(self, event_id: str, by: str, outcome: str = "") -> None:
        if self.error is not None:
            raise self.error
        self.calls.append(
            ("acknowledge", event_id, outcome) if outcome else ("acknowledge", event_id)
        )

    def record_past(self, camera: str, kind: str, message: object, by: str) -> Alarm:
        self.calls.append(("record", camera, kind, by))
        return alarm(kind=kind, camera=camera)

    def close_clip_alarms(self, camera: str) -> None:
        self.calls.append(("close clip", camera))


class FakeFaults:
    """Remembers which rooms are not watched any more."""

    def __init__(self) -> None:
        self.rooms: list[str] = []

    def stopped(self, camera: str) -> None:
        self.rooms.append(camera)


class FakeKeyring:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service_name: str, username: str) -> str | None:
        return self.kept.get((service_name, username))

    def set_password(self, service_name: str, username: str, password: str) -> None:
        self.kept[service_name, username] = password


def nameless(top: QWidget) -> list[str]:
    """Widgets a person can reach with the keyboard and a screen reader has no words for."""
    found = []
    for widget in top.findChildren(QWidget):
        if widget.window() is not top.window() or not widget.isVisibleTo(top):
            continue  # the list that drops down from a field has the field's name
        if widget.focusPolicy() is Qt.FocusPolicy.NoFocus or widget.objectName().startswith("qt_"):
            continue
        if isinstance(widget, QScrollBar | QMenu | QMenuBar | QFrame) and not isinstance(
            widget, QAbstractItemView
        ):
            continue
        interface = QAccessible.queryAccessibleInterface(widget)
        if not interface or not interface.text(QAccessible.Text.Name).strip():
            found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found
