"""Without a window a lost camera is an alarm all the same."""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass, field
from typing import cast

import pytest
from rich.console import Console

from fallwatch.core.message import plain
from fallwatch.core.protocols import FrameSource
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.headless import console_report
from fallwatch.headless.console_report import ConsoleReport
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus


@dataclass
class Camera:
    name: str = "webcam 0"
    is_live: bool = True
    duration_s: float | None = None


@dataclass
class Dispatcher:
    calls: list[tuple[str, str, str]] = field(default_factory=list)

    def raise_technical(self, camera: str, kind: str, message: str) -> None:
        self.calls.append(("raise", camera, kind))

    def clear_technical(self, camera: str, kind: str) -> None:
        self.calls.append(("clear", camera, kind))


def test_a_camera_lost_for_long_raises_an_alarm_that_ends_when_pictures_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = itertools.count()  # one second from status to status
    monkeypatch.setattr(console_report.time, "monotonic", lambda: float(next(clock)))
    dispatcher, words = Dispatcher(), io.StringIO()
    report = ConsoleReport(
        Console(file=words),
        cast(FrameSource, Camera()),
        cast(AlarmDispatcher, dispatcher),
        [],
        None,
    )

    def tell(state: MonitorState, message: str = "") -> None:
        report.on_status(MonitorStatus("webcam 0", state, plain(message), 15.0, 0.1))

    tell(MonitorState.RUNNING)
    assert ("clear", "webcam 0", "camera_lost") in dispatcher.calls  # perhaps of a killed run
    dispatcher.calls.clear()
    for _ in range(20):
        tell(MonitorState.STALLED, "No new picture.")
    tell(MonitorState.RUNNING)
    assert dispatcher.calls == [
        ("raise", "webcam 0", "camera_lost"),
        ("clear", "webcam 0", "camera_lost"),
    ]
    assert "No new picture." in words.getvalue()
