"""Closing and quitting while rooms are watched: hidden, asked about, and never during an alarm."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from fallwatch.core.types import AlarmState
from fallwatch.ui.closing.closing import Closing
from fallwatch.ui.closing.quit_dialog import AlarmFirstDialog, QuitDialog
from fallwatch.ui.pin.pin import hashed
from fallwatch.ui.pin.pin_gate import PinDialog, PinGate
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import alarm, nameless
from tests.ui.qt_waiting import process_events
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

HALL = {"name": "Hall", "source": "0"}
KITCHEN = {"name": "Kitchen", "source": "1"}


class Shown:
    """A window with rooms, and what became of it."""

    def __init__(self, bench: Bench, theme: Theme, qtbot: QtBot, *, has_tray: bool) -> None:
        self.bench, self.window = bench, bench.window
        self.said: list[None] = []
        self.ended: list[None] = []
        bench.window.tray.say_hidden = lambda: self.said.append(None)  # type: ignore[method-assign]
        bench.window.ended.connect(lambda: self.ended.append(None))
        self.closing = Closing(
            bench.window,
            bench.preferences,
            lambda: bench.rooms.watched_names,
            lambda: has_tray,
            PinGate(bench.window, theme, bench.preferences),
        )
        bench.controller.begin(None)
        with qtbot.waitActive(bench.window):
            bench.window.show()

    def dialog(self, kind: type[QDialog]) -> QDialog | None:
        found = [each for each in self.window.findChildren(kind) if each.isVisible()]
        return found[0] if found else None


Show = Callable[..., Shown]


@pytest.fixture
def show(make_bench: Callable[..., Bench], theme: Theme, qtbot: QtBot) -> Show:
    def made(*, has_tray: bool = False, **settings: object) -> Shown:
        settings = {"cameras": [HALL, KITCHEN], **settings}
        return Shown(make_bench(**settings), theme, qtbot, has_tray=has_tray)

    return made


def test_closed_while_rooms_are_watched_the_window_hides_and_says_so_once(show: Show) -> None:
    shown = show(has_tray=True)
    shown.window.close()
    assert shown.window.isHidden()
    assert (len(shown.said), shown.ended) == (1, [])
    assert not any(monitor.stopped for monitor in shown.bench.monitors)
    shown.window.come_to_front()
    shown.window.close()
    assert len(shown.said) == 1


@pytest.mark.parametrize("settings", [{"closing": "ask"}, {"has_tray": False}])
def test_closing_asks_where_that_is_wanted_or_there_is_no_tray(
    qtbot: QtBot, show: Show, settings: dict[str, object]
) -> None:
    shown = show(**{"has_tray": True, **settings})
    shown.window.close()
    dialog = shown.dialog(QuitDialog)
    assert isinstance(dialog, QuitDialog)
    assert "Hall, Kitchen" in dialog.informativeText()
    assert nameless(dialog) == []
    # Whoever presses Enter without reading keeps the rooms watched.
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    process_events()
    assert shown.dialog(QuitDialog) is None
    assert shown.window.isVisible()
    assert shown.ended == []


def test_quitting_by_its_key_asks_first(qtbot: QtBot, show: Show) -> None:
    shown = show(has_tray=True)
    qtbot.keyClick(shown.window, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    dialog = shown.dialog(QuitDialog)
    assert isinstance(dialog, QuitDialog)
    assert shown.window.isVisible()
    qtbot.mouseClick(dialog.quit_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(shown.ended) == 1)
    assert not shown.window.isVisible()


def test_escape_keeps_watching(qtbot: QtBot, show: Show) -> None:
    shown = show()
    shown.window.close()
    dialog = shown.dialog(QuitDialog)
    assert dialog is not None
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert shown.ended == []
    assert shown.window.isVisible()


@pytest.mark.parametrize("way", ["close", "quit"])
def test_during_an_alarm_the_acknowledgement_comes_first(
    qtbot: QtBot, show: Show, way: str
) -> None:
    shown = show(has_tray=True)
    shown.bench.bridge.post_alarms((alarm(),))
    qtbot.waitUntil(lambda: shown.window.banner.shown is not None)
    end = shown.window.close if way == "close" else shown.window.ask_to_quit
    end()
    assert shown.dialog(AlarmFirstDialog) is not None
    assert shown.window.isVisible()
    assert shown.ended == []
    shown.bench.bridge.post_alarms((alarm(state=AlarmState.ACKNOWLEDGED),))
    qtbot.waitUntil(lambda: shown.window.banner.shown is None)
    shown.window.ask_to_quit()
    assert shown.dialog(QuitDialog) is not None
    assert shown.dialog(AlarmFirstDialog) is None


def test_an_alarm_brings_the_hidden_window_back(qtbot: QtBot, show: Show) -> None:
    shown = show(has_tray=True)
    shown.window.close()
    shown.bench.bridge.post_alarms((alarm(),))
    qtbot.waitUntil(shown.window.isVisible)


def test_with_nothing_to_watch_it_closes_without_a_word(qtbot: QtBot, show: Show) -> None:
    shown = show(cameras=[])
    shown.window.close()
    assert len(shown.ended) == 1
    assert not shown.window.isVisible()


def test_with_a_pin_quitting_needs_it(qtbot: QtBot, show: Show) -> None:
    shown = show(pin=hashed("2468"))
    shown.window.ask_to_quit()
    question = shown.dialog(QuitDialog)
    assert isinstance(question, QuitDialog)
    qtbot.mouseClick(question.quit_button, Qt.MouseButton.LeftButton)
    dialog = shown.dialog(PinDialog)
    assert isinstance(dialog, PinDialog)
    assert nameless(dialog) == []
    qtbot.keyClicks(dialog.field, "1111")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert dialog.problem.text()
    assert shown.ended == []
    qtbot.keyClicks(dialog.field, "2468")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(shown.ended) == 1)


def test_a_window_that_is_ended_asks_nobody(show: Show, qapp: QApplication) -> None:
    shown = show()
    shown.window.end()
    assert len(shown.ended) == 1
    assert shown.dialog(QuitDialog) is None


def test_a_hidden_window_can_be_ended(show: Show) -> None:
    shown = show(has_tray=True)
    shown.window.close()
    shown.window.end()
    assert len(shown.ended) == 1
