"""Without a window a lost camera is an alarm all the same, and stored passwords are found."""

from __future__ import annotations

import io
import itertools
import os
import signal
from dataclasses import dataclass, field
from typing import cast

import pytest
from keyring.errors import NoKeyringError
from rich.console import Console

from fallwatch import headless
from fallwatch.core.protocols import FrameSource
from fallwatch.core.types import Analysis, Frame
from fallwatch.headless import HeadlessResult, _privacy_of, _Report, run_headless
from fallwatch.passwords import Passwords, with_login
from fallwatch.pipeline.alarm_desk import AlarmDesk
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.settings import CameraSettings, Settings
from tests.faults.stamped_camera import stamped_camera
from tests.test_passwords import BrokenKeyring


@dataclass
class Camera:
    name: str = "webcam 0"
    is_live: bool = True
    duration_s: float | None = None


@dataclass
class Desk:
    calls: list[tuple[str, str, str]] = field(default_factory=list)

    def raise_technical(self, camera: str, kind: str, message: str) -> None:
        self.calls.append(("raise", camera, kind))

    def clear_technical(self, camera: str, kind: str) -> None:
        self.calls.append(("clear", camera, kind))


def test_a_camera_lost_for_long_raises_an_alarm_that_ends_when_pictures_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = itertools.count()  # one second from status to status
    monkeypatch.setattr(headless.time, "monotonic", lambda: float(next(clock)))
    desk, words = Desk(), io.StringIO()
    report = _Report(
        Console(file=words),
        cast(FrameSource, Camera()),
        cast(AlarmDesk, desk),
        HeadlessResult(),
        None,
    )

    def tell(state: MonitorState, message: str = "") -> None:
        report.on_status(MonitorStatus("webcam 0", state, message, 15.0, 0.1))

    tell(MonitorState.RUNNING)
    assert ("clear", "webcam 0", "camera_lost") in desk.calls  # perhaps of a killed run
    desk.calls.clear()
    for _ in range(20):
        tell(MonitorState.STALLED, "No new picture.")
    tell(MonitorState.RUNNING)
    assert desk.calls == [
        ("raise", "webcam 0", "camera_lost"),
        ("clear", "webcam 0", "camera_lost"),
    ]
    assert "No new picture." in words.getvalue()


def test_a_camera_s_privacy_holds_for_its_address_with_a_user() -> None:
    camera = CameraSettings(name="Bath", source="rtsp://10.0.0.7/one", user="anna", privacy="blur")
    settings = Settings(cameras=(camera,))
    assert _privacy_of("rtsp://anna@10.0.0.7/one", settings) == "blur"
    assert _privacy_of("rtsp://10.0.0.7/one", settings) == "blur"
    assert _privacy_of("rtsp://10.0.0.8/one", settings) == "off"


class OneGlance:
    """Analyses one picture, and asks the program to end."""

    def __init__(self) -> None:
        self.seen: list[Frame] = []

    def step(self, frame: Frame) -> Analysis:
        if not self.seen:
            os.kill(os.getpid(), signal.SIGTERM)
        self.seen.append(frame)
        return Analysis(frame)

    def close(self) -> None: ...


def test_a_camera_s_stored_password_is_found_for_an_address_with_a_user_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    glance = OneGlance()
    monkeypatch.setattr(headless, "build_analyzer", lambda *_: glance)
    with stamped_camera("anna:s@fe") as camera:
        Passwords(BrokenKeyring(NoKeyringError())).store(camera.url, "anna", "s@fe")
        result = run_headless(
            with_login(camera.url, "anna", ""), Settings(sound_enabled=False), None
        )
    assert result.error is None
    assert glance.seen[0].camera == camera.url
