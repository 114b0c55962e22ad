"""A window that hangs holds no alarm up."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch import paths
from fallwatch.app import WindowComposition, make_application
from fallwatch.core.types import Analysis, Frame
from fallwatch.runtime import room_watch
from fallwatch.settings import (
    SETTINGS_FILE,
    AlarmSettings,
    CameraSettings,
    Settings,
    save_settings,
)
from tests.sources.camera.camera_server import camera_server
from tests.waiting import wait_until, within

#: What the documentation promises of a camera that is lost.
_LOST_WITHIN_S = 10.0


class Glance:
    """Sees nobody."""

    def step(self, frame: Frame) -> Analysis:
        return Analysis(frame)

    def close(self) -> None: ...


def test_a_lost_camera_is_an_alarm_while_the_window_s_thread_is_held(
    qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *_: Glance())
    with camera_server() as camera:
        hall = CameraSettings(name="Hall", source=camera.url)
        settings = Settings(alarm=AlarmSettings(sound_enabled=False), cameras=(hall,))
        save_settings(settings, paths.config_dir() / SETTINGS_FILE)
        composition = WindowComposition(make_application(), None)
        window = composition.window
        qtbot.addWidget(window)
        window.show()
        qtbot.waitUntil(lambda: len(window.grid.tiles) == 1)
        (tile,) = window.grid.tiles
        qtbot.waitUntil(lambda: tile.look.monitoring)
    try:
        # The camera is gone. From here on this thread, which is the window's, does nothing else.
        dispatcher = composition.alarms.dispatcher
        with within(_LOST_WITHIN_S):
            wait_until(lambda: "camera_lost" in {each.kind for each in dispatcher.open_alarms})
    finally:
        window.end()
        composition.shutdown()
