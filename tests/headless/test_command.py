"""Without a window stored passwords are found, and what is kept private stays so."""

from __future__ import annotations

import os
import signal

import pytest
from keyring.errors import NoKeyringError

from fallwatch.core.types import Analysis, Frame
from fallwatch.headless import command as headless
from fallwatch.headless.command import _privacy_of, run_headless
from fallwatch.settings import CameraSettings, Settings
from fallwatch.system.passwords import Passwords, with_login
from tests.faults.camera.stamped_camera import stamped_camera
from tests.system.test_passwords import BrokenKeyring


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
