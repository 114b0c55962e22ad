"""What is wrong is shown for as long as it lasts, whoever has acknowledged its alarm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.pipeline.health.faults import ANALYSIS_SLOW, CAMERA_MOVED
from fallwatch.pipeline.health.status import Fault
from fallwatch.pipeline.monitor import MonitorState
from fallwatch.runtime.views.state_look import look_of, nothing_open, stopped_by_hand
from fallwatch.ui.rooms.worst_room import WorstRoom, worst_trouble
from tests.ui.fakes import RUNNING, alarm, status
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

LOST = look_of(status(MonitorState.FAULTED, message="Check its cable."))
DARK = look_of(status(MonitorState.STALLED))
STARTING = look_of(status(MonitorState.STARTING))
FINE = look_of(RUNNING)


def fault(kind: str, camera: str = THIS_COMPUTER, **changes: object) -> Alarm:
    values = {"state": AlarmState.ACKNOWLEDGED, "priority": Priority.MEDIUM} | changes
    return alarm(kind, camera=camera, kind=kind, **values)


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    rooms = [{"name": "Hall", "source": "0"}, {"name": "Bath", "source": "1"}]
    bench = make_bench(cameras=rooms)
    bench.controller.begin(None)
    return bench


@pytest.fixture
def worst(bench: Bench) -> WorstRoom:
    worst = WorstRoom(bench.rooms, bench.window)
    worst.changed.connect(bench.window.show_trouble)
    return worst


def shown(bench: Bench) -> tuple[str, str, str]:
    window = bench.window
    return window.windowTitle(), window.tray.symbol.toolTip(), window.health.words


def test_a_fault_that_was_acknowledged_stays_in_title_tray_and_foot_line(
    qtbot: QtBot, bench: Bench, worst: WorstRoom
) -> None:
    hall, bath = bench.rooms.all
    slow = Fault(ANALYSIS_SLOW, Message("Only 1 frames a second are analysed."))
    hall.tile.show_status(replace(RUNNING, analysed_fps=1.0, faults=(slow,)))
    bath.tile.show_status(RUNNING)
    bench.bridge.post_alarms((fault(ANALYSIS_SLOW, "Hall"),))
    worst.look()
    assert hall.tile.chip.text == "Analysis too slow"
    calm = bench.window.tray._calm.cacheKey()
    for words in shown(bench):
        assert "Hall: Analysis too slow" in words
    assert bench.window.tray.symbol.icon().cacheKey() != calm
    hall.tile.show_status(RUNNING)
    worst.look()
    assert shown(bench)[:2] == ("fallwatch", "fallwatch: no alarm to acknowledge")
    assert "Hall: " not in bench.window.health.words
    assert bench.window.tray.symbol.icon().cacheKey() == calm


def test_a_computer_without_sound_is_marked_though_somebody_knows(
    bench: Bench, worst: WorstRoom
) -> None:
    for presenter in bench.rooms.all:
        presenter.tile.show_status(RUNNING)
    worst.show_alarms((fault("sound_failed"),))
    for words in shown(bench):
        assert "this computer: No sound" in words
    worst.show_alarms(())
    assert bench.window.windowTitle() == "fallwatch"


def test_the_foot_line_is_painted_in_the_colours_of_the_trouble(
    bench: Bench, worst: WorstRoom
) -> None:
    bench.window.show()
    for presenter in bench.rooms.all:
        presenter.tile.show_status(RUNNING)
    worst.show_alarms((fault("sound_failed"),))
    line = bench.window.health
    image = line.grab().toImage()
    paper = bench.window._theme.palette.watch.paper
    assert image.pixelColor(image.width() - 2, image.height() // 2).name() == paper


def test_a_fall_is_worse_than_a_fault_and_has_the_colours_of_an_alarm(
    bench: Bench, worst: WorstRoom
) -> None:
    bench.window.show()
    for presenter in bench.rooms.all:
        presenter.tile.show_status(RUNNING)
    worst.show_alarms((fault("sound_failed", state=AlarmState.UNACKNOWLEDGED), alarm("fall")))
    assert "Hall: Fall, and 1 more" in bench.window.windowTitle()
    line = bench.window.health
    assert line.words.startswith("Hall: Fall, and 1 more")
    image = line.grab().toImage()
    paper = bench.window._theme.palette.alarm.paper
    assert image.pixelColor(image.width() - 2, image.height() // 2).name() == paper


@pytest.mark.parametrize(
    ("rooms", "alarms", "words"),
    [
        ([("Hall", FINE), ("Bath", stopped_by_hand()), ("Attic", nothing_open())], (), None),
        ([("Hall", STARTING), ("Bath", DARK)], (), "Bath: No image, and 1 more"),
        ([("Hall", DARK), ("Bath", LOST), ("Attic", FINE)], (), "Bath: Failed, and 1 more"),
        ([("Hall", STARTING)], (), "Hall: Starting"),
        ([("Hall", FINE)], (fault("camera_lost", "Hall"),), None),
        (
            [("Hall", FINE)],
            (fault("watcher_lost", "Attic"),),
            "Attic: No word from another computer",
        ),
        ([("Hall", FINE)], (fault("watch_gap"), fault("record_damaged")), None),
        ([("Hall", FINE)], (alarm("fall"),), "Hall: Fall"),
        ([("Hall", FINE)], (alarm("fall", state=AlarmState.ACKNOWLEDGED),), None),
        (
            [("Hall", FINE), ("Bath", LOST)],
            (
                fault("sound_failed"),
                alarm("out", kind="bed_exit", camera="Bath", priority=Priority.LOW),
                alarm("fall"),
            ),
            "Hall: Fall, and 3 more",
        ),
        (
            [("Hall", FINE)],
            (fault("disk_low", priority=Priority.LOW), fault("sound_failed")),
            "this computer: No sound, and 1 more",
        ),
    ],
)
def test_the_worst_is_named_first(
    qtbot: QtBot, rooms: list[tuple[str, object]], alarms: tuple[Alarm, ...], words: str | None
) -> None:
    trouble = worst_trouble(rooms, alarms)  # type: ignore[arg-type]
    assert (trouble and trouble.words) == words


def test_a_clip_is_no_room(bench: Bench, worst: WorstRoom, tmp_path: Path) -> None:
    for presenter in bench.rooms.all:
        presenter.tile.show_status(RUNNING)
    bench.controller.open(str(tmp_path / "clip.mp4"))
    bench.rooms.all[-1].tile.show_status(status(MonitorState.FAULTED))
    worst.look()
    assert bench.window.windowTitle() == "fallwatch"


def test_a_moved_camera_is_not_called_monitored() -> None:
    moved = Fault(CAMERA_MOVED, Message("Put it back."))
    look = look_of(replace(RUNNING, faults=(moved,)))
    assert (str(look.title), look.monitoring, look.live) == ("Camera moved", False, True)
