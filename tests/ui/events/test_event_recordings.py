"""From a fall in a watched room to its recordings, through the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch import app, paths
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.recording.jpeg import from_jpeg
from fallwatch.recording.media import MEDIA_FOLDER, MediaFolder
from fallwatch.runtime import room_watch
from fallwatch.settings import (
    SETTINGS_FILE,
    AlarmSettings,
    CameraSettings,
    Settings,
    save_settings,
)
from fallwatch.ui.events.event_dialog import EventDialog
from tests.recording.footage import FallsAtOnce, clip_times, frames_so_far


@pytest.mark.parametrize("privacy", ["off", "skeleton"])
def test_a_fall_in_a_room_is_recorded_listed_and_can_be_played(
    qapp: QApplication,
    qtbot: QtBot,
    demo_fall: Path,
    monkeypatch: pytest.MonkeyPatch,
    privacy: str,
) -> None:
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *args: FallsAtOnce())
    hall = CameraSettings.model_validate(
        {"name": "Hall", "source": str(demo_fall), "privacy": privacy}
    )
    settings = Settings(alarm=AlarmSettings(sound_enabled=False), cameras=(hall,))
    save_settings(settings, paths.config_dir() / SETTINGS_FILE)
    desktop = app.WindowComposition(app.make_application(), None)
    window = desktop.window
    qtbot.addWidget(window)
    window.show()
    media = MediaFolder(paths.data_dir() / MEDIA_FOLDER)
    try:
        qtbot.waitUntil(lambda: len(window.events.model.alarms) == 1)
        (alarm,) = window.events.model.alarms
        qtbot.waitUntil(media.snapshot(alarm.event_id).exists)
        qtbot.waitUntil(lambda: frames_so_far(media.clip(alarm.event_id)) > 5)
        window.events.opened.emit(alarm)
        qtbot.waitUntil(lambda: window.findChild(EventDialog) is not None)
        dialog = window.findChild(EventDialog)
        assert isinstance(dialog, EventDialog)
        qtbot.waitUntil(lambda: dialog.player.view.image is not None)
    finally:
        window.close()
        desktop.shutdown()
    assert len(clip_times(media.clip(alarm.event_id))) > 5
    snapshot = from_jpeg(media.snapshot(alarm.event_id).read_bytes())
    # The whole image is one person here; of a camera image hundreds of shades are left.
    shades = len({tuple(pixel) for pixel in snapshot[::4, ::4].reshape(-1, 3).tolist()})
    assert (shades > 500) == (privacy == "off")
    store = EventStore(paths.data_dir() / STORE_FILE)
    assert str(store.history(alarm.event_id)[0].what) == "raised"
    store.close()
