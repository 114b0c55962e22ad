"""A carer says in the room's menu that they are there; the tile counts down, and says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fallwatch.runtime.visits.care_visits import CareVisits
from fallwatch.ui.pauses.care_controller import CareController
from fallwatch.ui.pin.pin import hashed
from fallwatch.ui.pin.pin_gate import PinDialog, PinGate
from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import RUNNING, nameless
from tests.ui.qt_waiting import process_events
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

HALL = {"name": "Hall", "source": "0"}
KITCHEN = {"name": "Kitchen", "source": "1"}


class Visited:
    """A window with two rooms, and the visits to them."""

    def __init__(self, bench: Bench, folder: Path, theme: Theme) -> None:
        self.bench = bench
        self.visits = CareVisits(
            bench.dispatcher.record_past,
            lambda: 1800.0,
            folder,
            lambda *_: None,
            lambda: bench.now_s,
            lambda: bench.now_s,
        )
        gate = PinGate(bench.window, theme, bench.preferences)
        self.controller = CareController(bench.rooms, self.visits, lambda: "maria", gate)
        bench.pauses._visits_left_s = lambda: {
            name: self.visits.left_s(name) for name in self.visits.rooms
        }
        bench.controller.begin(None)
        for monitor in bench.monitors:
            monitor.status = RUNNING

    @property
    def hall(self) -> RoomTile:
        return self.bench.rooms.all[0].tile

    def press(self) -> None:
        """Choose what the room's menu says of visits."""
        self.hall.menu.visit.trigger()
        process_events()


@pytest.fixture
def visited(
    make_bench: Callable[..., Bench], qtbot: QtBot, tmp_path: Path, theme: Theme
) -> Callable[..., Visited]:
    def make(**settings: object) -> Visited:
        bench = make_bench(cameras=[HALL, KITCHEN], **settings)
        found = Visited(bench, tmp_path / "visits", theme)
        with qtbot.waitActive(bench.window):
            bench.window.show()
        qtbot.waitUntil(lambda: found.hall.chip.text == "Monitoring")
        return found

    return make


def test_it_is_begun_in_the_menu_and_counted_down_on_the_tile(
    qtbot: QtBot, visited: Callable[..., Visited]
) -> None:
    ward = visited()
    assert ward.hall.menu.visit.text() == "I am in the room"
    ward.press()
    assert ward.visits.rooms == ("Hall",)
    assert "30:00" in ward.hall.visit.text()
    qtbot.waitUntil(lambda: ward.hall.chip.text == "Care visit")
    assert not ward.hall.look.monitoring
    assert "maria" in str(ward.hall.look.detail)
    # The room is watched on, and its image is seen.
    assert ward.hall.look.live
    assert ward.bench.rooms.watched_names == ("Hall", "Kitchen")
    qtbot.waitUntil(lambda: "Hall" in ward.bench.window.tray.symbol.toolTip())
    assert nameless(ward.hall) == []
    ward.bench.now_s = 1799.0
    qtbot.waitUntil(lambda: "0:01" in ward.hall.visit.text())
    ward.bench.now_s = 1800.0
    qtbot.waitUntil(lambda: ward.hall.chip.text == "Monitoring")
    assert not ward.hall.visit_over.isVisible()
    assert ward.visits.rooms == ()


def test_one_press_ends_it(qtbot: QtBot, visited: Callable[..., Visited]) -> None:
    ward = visited()
    ward.press()
    assert ward.hall.menu.visit.text() == "The visit is over"
    qtbot.mouseClick(ward.hall.visit_over, Qt.MouseButton.LeftButton)
    assert ward.visits.rooms == ()
    assert not ward.hall.visit_over.isVisible()
    ward.visits.do_waiting()
    records = [call for call in ward.bench.dispatcher.calls if call[0] == "record"]
    assert records == [
        ("record", "Hall", "care_visit", "maria"),
        ("record", "Hall", "care_visit_over", "maria"),
    ]


def test_the_pin_is_asked_for_to_begin_it_and_not_to_end_it(
    qtbot: QtBot, visited: Callable[..., Visited]
) -> None:
    ward = visited(pin=hashed("2468"))
    ward.press()
    assert ward.visits.rooms == ()
    dialog = ward.bench.window.findChild(PinDialog)
    assert isinstance(dialog, PinDialog)
    field = dialog.findChild(QLineEdit)
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "2468")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert ward.visits.rooms == ("Hall",)
    qtbot.mouseClick(ward.hall.visit_over, Qt.MouseButton.LeftButton)
    assert ward.visits.rooms == ()


def test_a_room_that_is_paused_or_removed_is_not_visited_any_more(
    qtbot: QtBot, visited: Callable[..., Visited]
) -> None:
    ward = visited()
    ward.press()
    ward.bench.rooms.all[0].set_watched(False)
    qtbot.waitUntil(lambda: ward.visits.rooms == ())
    assert not ward.hall.menu.visit.isVisible()
    ward.bench.rooms.all[0].set_watched(True)
    qtbot.waitUntil(ward.hall.menu.visit.isVisible)
    ward.visits.begin("Hall", "maria")
    qtbot.waitUntil(lambda: "30:00" in ward.hall.visit.text())
    ward.bench.cameras._remove("Hall")
    qtbot.waitUntil(lambda: ward.visits.rooms == ())


def test_a_fault_is_said_first_also_in_a_visit(
    qtbot: QtBot, visited: Callable[..., Visited]
) -> None:
    from fallwatch.pipeline.monitor import MonitorState
    from tests.ui.fakes import status

    ward = visited()
    ward.press()
    ward.bench.monitors[0].status = status(MonitorState.STALLED, camera="Hall")
    qtbot.waitUntil(lambda: ward.hall.chip.text == "No image")
    assert ward.hall.visit_over.isVisible()


def test_a_clip_that_ends_cannot_be_visited(
    qtbot: QtBot, visited: Callable[..., Visited], tmp_path: Path
) -> None:
    ward = visited()
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"")
    qtbot.waitUntil(partial(bool, ward.bench.rooms.all))
    ward.bench.controller.open(str(path))
    clip = next(each for each in ward.bench.rooms.all if each.choice and each.choice.ends)
    assert not clip.tile.menu.visit.isVisible()
