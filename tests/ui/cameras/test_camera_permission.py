"""The question whether webcams may be used: asked once, on macOS, before a camera opens."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import Qt

from fallwatch.core.protocols import SourceError
from fallwatch.sources.camera import webcam
from fallwatch.sources.camera.camera_access import CameraAccess
from fallwatch.sources.camera.webcam import WebcamSource
from fallwatch.ui.cameras.camera_permission import ask_for_camera
from tests.sources.camera.fake_webcam import plug_in

GRANTED, DENIED, UNDETERMINED = (
    Qt.PermissionStatus.Granted,
    Qt.PermissionStatus.Denied,
    Qt.PermissionStatus.Undetermined,
)


class FakeApplication:
    """A system that knows an answer, or asks."""

    def __init__(self, status: Qt.PermissionStatus) -> None:
        self._status = status
        self.asked: list[Callable[[Any], None]] = []

    def checkPermission(self, permission: object) -> Qt.PermissionStatus:
        return self._status

    def requestPermission(
        self, permission: object, context: object, then: Callable[[Any], None]
    ) -> None:
        self.asked.append(then)

    def answer(self, status: Qt.PermissionStatus) -> None:
        self.asked[0](SimpleNamespace(status=lambda: status))


@pytest.fixture
def bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setenv("OPENCV_AVFOUNDATION_SKIP_AUTH", "0")


@pytest.mark.usefixtures("bundle")
@pytest.mark.parametrize("status", [GRANTED, DENIED])
def test_a_known_answer_holds(status: Qt.PermissionStatus) -> None:
    access, application = CameraAccess(), FakeApplication(status)
    ask_for_camera(application, access, "darwin")
    assert application.asked == []
    if status is GRANTED:
        access.check(0.0)
    else:
        with pytest.raises(SourceError, match="Privacy & Security > Camera"):
            access.check(0.0)


@pytest.mark.usefixtures("bundle")
def test_cameras_wait_for_the_answer() -> None:
    access, application = CameraAccess(), FakeApplication(UNDETERMINED)
    ask_for_camera(application, access, "darwin")
    with pytest.raises(SourceError, match="Choose Allow"):
        access.check(0.01)
    thread = threading.Thread(target=access.check, args=(60.0,))
    thread.start()
    application.answer(GRANTED)
    thread.join(5.0)
    assert not thread.is_alive()
    access.check(0.0)


@pytest.mark.parametrize(("platform", "frozen"), [("linux", True), ("darwin", False)])
def test_elsewhere_nothing_is_asked(
    monkeypatch: pytest.MonkeyPatch, platform: str, frozen: bool
) -> None:
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    application = FakeApplication(UNDETERMINED)
    ask_for_camera(application, CameraAccess(), platform)
    assert application.asked == []


def test_a_webcam_that_is_refused_is_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    camera = plug_in(monkeypatch, tmp_path / "dev")
    access = CameraAccess()
    access.answer(False)
    monkeypatch.setattr(webcam, "camera_access", access)
    with pytest.raises(SourceError, match="does not let fallwatch use the camera"):
        WebcamSource(0).open()
    assert camera.open_captures == 0
