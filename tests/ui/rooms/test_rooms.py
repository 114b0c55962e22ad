"""Several rooms in one window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.pipeline.monitor import MonitorState
from fallwatch.runtime.analyzers import judge_config
from fallwatch.settings import CameraSettings
from fallwatch.ui.cameras.camera_dialog import CameraDialog
from tests.ui.fakes import RUNNING, alarm, analysis, status
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

HALL = {"name": "Hall", "source": "0"}
KITCHEN = {"name": "Kitchen", "source": "rtsp://10.0.0.7/one"}


def names(bench: Bench) -> list[str]:
    return [tile.name.text() for tile in bench.window.grid.tiles]


def watched(bench: Bench) -> list[str]:
    return [monitor.choice.name for monitor in bench.monitors if not monitor.stopped]


def test_all_cameras_of_the_settings_are_watched(make_bench: Callable[..., Bench]) -> None:
    off = {"name": "Attic", "source": "1", "enabled": False}
    bench = make_bench(cameras=[HALL, KITCHEN, off])
    bench.controller.begin(None)
    assert names(bench) == ["Hall", "Kitchen", "Attic"]
    assert watched(bench) == ["Hall", "Kitchen"]
    assert bench.window.grid.tiles[2].chip.text == "Stopped"


def test_what_is_asked_for_once_is_watched_alone(
    make_bench: Callable[..., Bench], tmp_path: Path
) -> None:
    bench = make_bench(cameras=[HALL])
    bench.controller.begin(str(tmp_path / "a.mp4"))
    assert names(bench) == ["a.mp4"]


def test_each_frame_reaches_its_own_tile(qtbot: QtBot, make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(cameras=[HALL, KITCHEN])
    bench.controller.begin(None)
    hall, kitchen = bench.window.grid.tiles
    bench.monitors[1].status = status(MonitorState.RUNNING, 0.1, camera="Kitchen")
    bench.monitors[1].on_analysis(analysis())
    qtbot.waitUntil(lambda: kitchen.chip.text == "Monitoring")
    assert hall.chip.text == "Starting"
    assert hall.video.image_rect().isEmpty()
    assert not kitchen.video.image_rect().isEmpty()


def test_a_click_enlarges_a_room_and_another_brings_all_back(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[HALL, KITCHEN])
    bench.controller.begin(None)
    bench.window.resize(1240, 760)
    with qtbot.waitActive(bench.window):
        bench.window.show()
    hall, kitchen = bench.window.grid.tiles
    assert not bench.window.strip.isVisible()
    qtbot.mouseClick(kitchen.video, Qt.MouseButton.LeftButton)
    assert (hall.isVisible(), kitchen.isVisible()) == (False, True)
    assert bench.window.strip.isVisible()
    qtbot.keyClick(kitchen.video, Qt.Key.Key_Return)
    assert (hall.isVisible(), kitchen.isVisible()) == (True, True)
    qtbot.keyClick(bench.window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
    assert (hall.isVisible(), kitchen.isVisible()) == (True, False)
    qtbot.keyClick(bench.window, Qt.Key.Key_Escape)
    assert kitchen.isVisible()


@pytest.mark.parametrize(("count", "columns"), [(1, 1), (2, 2), (4, 2), (5, 3), (9, 3)])
def test_up_to_nine_rooms_stand_in_a_grid(
    make_bench: Callable[..., Bench], count: int, columns: int
) -> None:
    cameras = [{"name": f"Room {number}", "source": str(number)} for number in range(count)]
    bench = make_bench(cameras=cameras)
    bench.controller.begin(None)
    bench.window.show()
    tops = [tile.y() for tile in bench.window.grid.tiles]
    assert tops.count(min(tops)) == columns


def test_start_and_stop_mean_the_room_that_is_seen_or_all(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[HALL, KITCHEN])
    bench.controller.begin(None)
    bench.window.grid.enlarge_number(2)
    bench.pause()
    qtbot.waitUntil(lambda: watched(bench) == ["Hall"])
    bench.window.grid.enlarge(None)
    assert bench.window.controls.start_stop.words == "Pause watching…"
    bench.pause()
    qtbot.waitUntil(lambda: watched(bench) == [])
    qtbot.waitUntil(lambda: bench.window.controls.start_stop.words == "Start")
    bench.window.controls.start_stop.click()
    qtbot.waitUntil(lambda: watched(bench) == ["Hall", "Kitchen"])


def test_a_camera_that_is_added_is_saved_and_watched(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench()
    bench.controller.begin(None)
    bench.window.controls.camera.click()
    dialog = bench.window.findChild(CameraDialog)
    assert isinstance(dialog, CameraDialog)
    dialog.name.setText("Bedroom")
    dialog.source.choose("stream")
    dialog.source.fields["stream", "source"].set_value(KITCHEN["source"])
    dialog.source.fields["stream", "user"].set_value("anna")
    dialog.source.fields["stream", "password"].set_value("secret")
    dialog.accept()
    assert names(bench) == ["Bedroom"]
    qtbot.waitUntil(lambda: bool(bench.saved))
    expected = CameraSettings(name="Bedroom", source=KITCHEN["source"], user="anna")
    assert bench.saved[-1].cameras == (expected,)
    assert bench.passwords.get(KITCHEN["source"], "anna") == "secret"


def test_a_password_in_an_old_file_moves_to_the_keyring(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[{"name": "Hall", "source": "rtsp://anna:secret@10.0.0.7/one"}])
    bench.controller.begin(None)
    qtbot.waitUntil(lambda: bool(bench.saved))
    assert "secret" not in bench.saved[-1].model_dump_json()
    assert bench.passwords.get("rtsp://10.0.0.7/one", "anna") == "secret"


def test_a_renamed_room_is_another_room_and_the_others_go_on(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[HALL, KITCHEN])
    bench.controller.begin(None)
    bench.window.grid.tiles[0].menu.edit_wanted.emit()
    dialog = bench.window.findChild(CameraDialog)
    assert isinstance(dialog, CameraDialog)
    dialog.name.setText("Corridor")
    dialog.accept()
    qtbot.waitUntil(lambda: watched(bench) == ["Kitchen", "Corridor"])
    assert len(bench.monitors) == 3


def test_a_room_is_removed_when_that_was_meant(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[HALL, KITCHEN])
    bench.controller.begin(None)
    bench.window.grid.tiles[0].menu.remove_wanted.emit()
    box = bench.window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    assert names(bench) == ["Hall", "Kitchen"]
    next(button for button in box.buttons() if button.text() == "Remove").click()
    assert names(bench) == ["Kitchen"]
    qtbot.waitUntil(lambda: bench.monitors[0].stopped)
    qtbot.waitUntil(lambda: bool(bench.saved))
    assert [camera.name for camera in bench.saved[-1].cameras] == ["Kitchen"]


def test_a_clip_beside_rooms_is_enlarged_and_can_be_closed(
    qtbot: QtBot, make_bench: Callable[..., Bench], tmp_path: Path
) -> None:
    bench = make_bench(cameras=[HALL])
    bench.controller.begin(None)
    bench.controller.open(str(tmp_path / "a.mp4"))
    assert names(bench) == ["Hall", "a.mp4"]
    assert bench.window.grid.single is bench.window.grid.tiles[1]
    bench.window.grid.tiles[1].menu.remove_wanted.emit()
    assert names(bench) == ["Hall"]
    qtbot.waitUntil(lambda: ("close clip", "a.mp4") in bench.dispatcher.calls)


def test_another_camera_leaves_those_that_are_watched_alone(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(cameras=[HALL])
    bench.controller.begin(None)
    bench.cameras._show((*bench.preferences.current.cameras, CameraSettings(**KITCHEN)))
    assert names(bench) == ["Hall", "Kitchen"]
    assert [m.choice.name for m in bench.monitors].count("Hall") == 1


def test_a_source_that_means_nothing_is_said_and_keeps_its_room(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(cameras=[{"name": "Hall", "source": "gopher://x"}, KITCHEN])
    bench.controller.begin(None)
    assert names(bench) == ["Hall", "Kitchen"]
    assert "Hall: gopher://" in bench.window.messages.text
    assert watched(bench) == ["Kitchen"]


def test_an_alarm_of_one_room_leaves_the_others_running(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[HALL, KITCHEN])
    bench.controller.begin(None)
    bench.monitors[1].status = RUNNING
    bench.bridge.post_alarms((alarm(),))
    qtbot.waitUntil(lambda: bench.window.banner.shown is not None)
    assert watched(bench) == ["Hall", "Kitchen"]


def test_a_room_has_a_sensitivity_of_its_own_and_keeps_its_camera_open(
    qtbot: QtBot, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[HALL, KITCHEN])
    bench.controller.begin(None)
    bench.window.grid.tiles[0].menu.edit_wanted.emit()
    dialog = bench.window.findChild(CameraDialog)
    assert isinstance(dialog, CameraDialog)
    assert dialog.sensitivity.currentData() == "default"
    qtbot.keyClick(dialog.sensitivity, Qt.Key.Key_End)
    dialog.accept()
    qtbot.waitUntil(lambda: bool(bench.saved))
    hall, kitchen = bench.saved[-1].cameras
    assert (hall.sensitivity, kitchen.sensitivity) == ("high", "default")
    qtbot.waitUntil(lambda: bool(bench.monitors[0].rejudged))
    choice, settings = bench.monitors[0].rejudged[-1]
    config = judge_config(settings, camera=choice.camera)
    assert config.threshold == JudgeConfig.for_sensitivity("high").threshold
    assert len(bench.monitors) == 2
    assert not any(monitor.stopped for monitor in bench.monitors)
