"""Nobody stops the watch with one click: a pause has rooms, an end, a name and a row in Events."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fallwatch.runtime.pauses import Pauses
from fallwatch.ui.pauses.pause_dialog import PAUSE_MIN, PauseDialog
from tests.ui.fakes import nameless
from tests.ui.qt_waiting import finish_tasks, process_events
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

HALL = {"name": "Hall", "source": "0"}
KITCHEN = {"name": "Kitchen", "source": "1"}


@pytest.fixture
def rooms(make_bench: Callable[..., Bench], qtbot: QtBot) -> Bench:
    bench = make_bench(cameras=[HALL, KITCHEN])
    bench.controller.begin(None)
    with qtbot.waitActive(bench.window):
        bench.window.show()
    return bench


def watched(bench: Bench) -> list[str]:
    return [each.name for each in bench.rooms.all if each.is_watched]


def ask(qtbot: QtBot, bench: Bench) -> PauseDialog:
    qtbot.mouseClick(bench.window.controls.start_stop, Qt.MouseButton.LeftButton)
    dialog = bench.window.findChild(PauseDialog)
    assert isinstance(dialog, PauseDialog)
    return dialog


def test_one_click_stops_nothing(qtbot: QtBot, rooms: Bench) -> None:
    dialog = ask(qtbot, rooms)
    assert nameless(dialog) == []
    # Whoever presses Enter without reading keeps the rooms watched.
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    process_events()
    assert watched(rooms) == ["Hall", "Kitchen"]
    assert rooms.window.findChild(PauseDialog) is None


def test_the_key_asks_too(qtbot: QtBot, rooms: Bench) -> None:
    qtbot.keyClick(rooms.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
    assert rooms.window.findChild(PauseDialog) is not None
    assert watched(rooms) == ["Hall", "Kitchen"]


def test_a_pause_is_counted_down_recorded_and_ends_by_itself(qtbot: QtBot, rooms: Bench) -> None:
    dialog = ask(qtbot, rooms)
    qtbot.keyClick(dialog.rooms["Kitchen"], Qt.Key.Key_Space)
    dialog.by.setText("")
    assert not dialog.pause_button.isEnabled()
    qtbot.keyClicks(dialog.by, "jo")
    qtbot.mouseClick(dialog.pause_button, Qt.MouseButton.LeftButton)
    assert watched(rooms) == ["Kitchen"]
    hall = rooms.rooms.all[0].tile
    qtbot.waitUntil(lambda: "15:00" in str(hall.look.detail))
    assert hall.chip.text == "Paused"
    assert "jo" in str(hall.look.detail)
    assert "Hall" in rooms.window.tray.symbol.toolTip()
    finish_tasks(qtbot, rooms.tasks)
    assert ("record", "Hall", "watch_paused", "jo") in rooms.dispatcher.calls
    rooms.now_s = 14 * 60.0 + 59
    qtbot.waitUntil(lambda: "0:01" in str(hall.look.detail))
    assert watched(rooms) == ["Kitchen"]
    rooms.now_s = 15 * 60.0
    qtbot.waitUntil(lambda: watched(rooms) == ["Hall", "Kitchen"])
    assert "Hall" not in rooms.window.tray.symbol.toolTip()


def test_a_pause_can_be_ended_early(qtbot: QtBot, rooms: Bench) -> None:
    rooms.pause()
    qtbot.waitUntil(lambda: rooms.window.controls.start_stop.words == "Start")
    assert watched(rooms) == []
    qtbot.mouseClick(rooms.window.controls.start_stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: watched(rooms) == ["Hall", "Kitchen"])
    assert rooms.pauses.pauses.rooms == ()


def test_the_room_s_menu_pauses_that_room(qtbot: QtBot, rooms: Bench) -> None:
    menu = rooms.rooms.all[1].tile.menu
    (action,) = [each for each in menu.actions() if each.text() == "Pause watching…"]
    action.trigger()
    dialog = rooms.window.findChild(PauseDialog)
    assert isinstance(dialog, PauseDialog)
    assert dialog.chosen == ("Kitchen",)
    assert watched(rooms) == ["Hall", "Kitchen"]


def test_a_room_that_is_removed_has_no_pause_any_more(qtbot: QtBot, rooms: Bench) -> None:
    rooms.pause()
    rooms.cameras._remove("Hall")
    qtbot.waitUntil(lambda: rooms.pauses.pauses.rooms == ("Kitchen",))


def test_every_pause_has_an_end() -> None:
    assert max(PAUSE_MIN) <= 8 * 60


def test_it_ends_by_whichever_clock_is_first() -> None:
    now = {"steady": 0.0, "wall": 1000.0}
    pauses = Pauses(lambda: now["steady"], lambda: now["wall"])
    pauses.begin("Hall", 60.0, "jo")
    now["wall"] += 30
    assert pauses.left_s("Hall") == 30.0
    # The computer slept: its steady clock stood still.
    now["wall"] += 30
    assert pauses.take_over() == ("Hall",)
    pauses.begin("Hall", 60.0, "jo")
    # Somebody set the clock back.
    now["wall"] -= 3600
    now["steady"] = 60.0
    assert pauses.take_over() == ("Hall",)
    assert pauses.take_over() == ()
