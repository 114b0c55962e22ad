"""The window as a whole: what it loads and when, and the demo until it is acknowledged."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch import paths
from fallwatch.app import WindowComposition, demo_clip, make_application
from fallwatch.core.types import AlarmState
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.recording.media import MEDIA_FOLDER, MediaFolder
from fallwatch.settings import (
    SETTINGS_FILE,
    AlarmSettings,
    CameraSettings,
    MessageSettings,
    Settings,
    load_settings,
    save_settings,
    update_settings,
)
from tests.ui.fakes import alarm
from tests.waiting import PATIENCE_S, within

#: For what happens in a clip: a busy computer plays it slower rather than skip a frame.
_CLIP_MS = 200_000

pytestmark = pytest.mark.timeout(400)

HEAVY = ("cv2", "mediapipe", "openvino", "torch", "av", "playsound3")
VARIANT = "resnet18-optimised"


@pytest.fixture
def application(qapp: QApplication) -> QApplication:
    return make_application()


@pytest.fixture(autouse=True)
def silence(fallwatch_home: Path) -> None:
    """No test wakes anybody; a computer without a loudspeaker is no alarm here."""
    settings = Settings(alarm=AlarmSettings(sound_enabled=False), language="en")
    save_settings(settings, paths.config_dir() / SETTINGS_FILE)


class Opened:
    """A window on the real back end, closed in time."""

    def __init__(self, application: QApplication, qtbot: QtBot, source: str | None) -> None:
        self.desktop = WindowComposition(application, source)
        self.window = self.desktop.window
        qtbot.addWidget(self.window)
        self.window.show()

    def close(self) -> None:
        """Close it in the time that is promised."""
        self.window.end()
        with within(2.0):
            self.desktop.shutdown()


@pytest.fixture
def opened(application: QApplication, qtbot: QtBot) -> Iterator[list[Opened]]:
    windows: list[Opened] = []
    yield windows
    for each in windows:
        each.close()


def run_python(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_heavy_is_loaded_before_the_window_is_shown() -> None:
    code = (
        "import sys, fallwatch.app as app\n"
        "window = app.WindowComposition(app.make_application(), None).window\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    assert run_python(code) == "[]"


def test_the_window_opens_although_cv2_points_qt_to_plugins_of_its_own() -> None:
    code = (
        "import os, cv2\n"
        "os.environ['QT_QPA_PLATFORM_PLUGIN_PATH'] = '/nowhere'\n"
        "from fallwatch.app import make_application\n"
        "make_application()\n"
        "print(os.environ.get('QT_QPA_PLATFORM_PLUGIN_PATH'))"
    )
    assert run_python(code) == "None"


def test_an_alarm_nobody_acknowledged_shows_soon_after_the_next_start(
    application: QApplication, qtbot: QtBot, opened: list[Opened]
) -> None:
    store = EventStore(paths.data_dir() / STORE_FILE)
    store.add(alarm("left-over", camera="webcam 0"))
    store.close()
    window = Opened(application, qtbot, None)
    opened.append(window)
    banner = window.window.banner
    qtbot.waitUntil(lambda: banner.shown is not None)
    assert banner.shown is not None
    assert banner.shown.event_id == "left-over"
    # Closing the window acknowledges nothing.
    window.close()
    opened.clear()
    store = EventStore(paths.data_dir() / STORE_FILE)
    assert [(each.event_id, each.state) for each in store.open_alarms()] == [
        ("left-over", AlarmState.UNACKNOWLEDGED)
    ]
    store.close()


@pytest.mark.parametrize(
    ("source", "words"),
    [("missing.mp4", "missing.mp4"), ("63", "webcam 63"), ("http://127.0.0.1:9/x", "127.0.0.1")],
)
def test_what_cannot_be_opened_is_said_in_the_window(
    application: QApplication, qtbot: QtBot, opened: list[Opened], source: str, words: str
) -> None:
    window = Opened(application, qtbot, source)
    opened.append(window)
    qtbot.waitUntil(lambda: bool(window.window.grid.tiles))
    tile = window.window.grid.tiles[0]
    qtbot.waitUntil(lambda: tile.chip.text == "Failed")
    assert words in tile.video.accessibleDescription()
    assert "Traceback" not in tile.video.accessibleDescription()
    opened.clear()
    window.close()


def test_what_others_write_into_the_settings_shows_in_the_window_and_is_not_undone_by_it(
    application: QApplication, qtbot: QtBot, opened: list[Opened]
) -> None:
    window = Opened(application, qtbot, None)
    opened.append(window)
    path = paths.config_dir() / SETTINGS_FILE
    before = load_settings(path)[0]
    den = CameraSettings(name="Den", source="7", enabled=False)
    others = {"cameras": (den,), "messages": (MessageSettings(name="Anna"),)}
    update_settings(path, before, before.model_copy(update=others))
    qtbot.waitUntil(lambda: bool(window.window.grid.tiles), timeout=20_000)
    # The window saves what was changed in it, and that alone.
    window.desktop._services.preferences.change(sensitivity="high")
    qtbot.waitUntil(lambda: load_settings(path)[0].sensitivity == "high", timeout=20_000)
    after = load_settings(path)[0]
    assert [each.name for each in after.messages] == ["Anna"]
    assert after.cameras == (den,)
    services = window.desktop.alarms
    qtbot.waitUntil(
        lambda: [each.name for each in services._applied.messages] == ["Anna"], timeout=20_000
    )


def test_closing_while_models_load_takes_less_than_two_seconds(
    application: QApplication, qtbot: QtBot, opened: list[Opened]
) -> None:
    window = Opened(application, qtbot, demo_clip())
    opened.append(window)
    qtbot.waitUntil(lambda: bool(window.window.grid.tiles))
    assert window.window.grid.tiles[0].name.text() == "demo_fall.mp4"
    opened.clear()
    window.close()


#: The ground of skeletons: red, green, blue, and no transparency.
PLAIN = (32, 38, 46, 255)

needs_weights = pytest.mark.skipif(
    not (paths.weights_dir() / VARIANT / "model.json").is_file(),
    reason=f"weights/{VARIANT} is not there; train it with python -m train {VARIANT}",
)


@needs_weights
def test_the_demo_raises_an_alarm_that_stays_until_it_is_acknowledged(
    application: QApplication, qtbot: QtBot, opened: list[Opened]
) -> None:
    window = Opened(application, qtbot, demo_clip())
    opened.append(window)
    qtbot.waitUntil(lambda: bool(window.window.grid.tiles))
    tile, banner = window.window.grid.tiles[0], window.window.banner
    qtbot.waitUntil(lambda: tile.chip.text == "Monitoring")
    qtbot.waitUntil(lambda: banner.shown is not None, timeout=_CLIP_MS)
    assert banner.shown is not None
    assert (banner.shown.kind, banner.shown.from_clip) == ("fall", True)
    qtbot.waitUntil(lambda: tile.chip.text == "Clip ended", timeout=_CLIP_MS)
    assert not banner.isHidden()
    qtbot.keyClick(window.window, Qt.Key.Key_F2)
    qtbot.waitUntil(banner.isHidden)
    model = window.window.events.model
    qtbot.waitUntil(lambda: "Acknowledged" in str(model.index(0).data()))
    opened.clear()
    window.close()


@needs_weights
def test_a_room_with_privacy_alarms_and_keeps_no_pixel_of_the_person(
    application: QApplication, qtbot: QtBot, opened: list[Opened], demo_fall: Path
) -> None:
    camera = CameraSettings(name="Hall", source=str(demo_fall), privacy="skeleton")
    quiet = AlarmSettings(sound_enabled=False)
    settings = Settings(alarm=quiet, language="en", cameras=(camera,))
    save_settings(settings, paths.config_dir() / SETTINGS_FILE)
    window = Opened(application, qtbot, None)
    opened.append(window)
    banner = window.window.banner
    qtbot.waitUntil(lambda: banner.shown is not None, timeout=_CLIP_MS)
    assert banner.shown is not None
    assert (banner.shown.kind, banner.shown.camera) == ("fall", "Hall")
    tile = window.window.grid.tiles[0]
    qtbot.waitUntil(lambda: tile.chip.text == "Monitoring")
    assert "Alarm: Fall" in tile.video.accessibleDescription()
    assert "Hall" in window.window.health.words
    stored = MediaFolder(paths.data_dir() / MEDIA_FOLDER).snapshot(banner.shown.event_id)
    qtbot.waitUntil(stored.is_file)
    snapshot = QImage(str(stored))
    assert snapshot.width() > 0
    colours = [
        snapshot.pixelColor(x, y).getRgb()
        for x in range(0, snapshot.width(), 8)
        for y in range(0, snapshot.height(), 8)
    ]
    near = [all(abs(a - b) < 24 for a, b in zip(c, PLAIN, strict=True)) for c in colours]
    # All but the thin skeleton is the plain ground.
    assert sum(near) > 0.9 * len(colours)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send")
def test_a_termination_request_closes_the_window(tmp_path: Path) -> None:
    code = (
        "import sys; from fallwatch.app import run_window\n"
        "sys.exit(run_window(None, on_painted=lambda: print('painted', flush=True)))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        # The signal must find the window's handlers in place.
        assert process.stdout is not None
        assert process.stdout.readline().strip() == b"painted"
        process.terminate()
        _, errors = process.communicate(timeout=PATIENCE_S)
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()
    assert process.returncode == 0, errors.decode()
    assert b"Traceback" not in errors
