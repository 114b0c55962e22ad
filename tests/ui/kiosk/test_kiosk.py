"""Full screen on the wall: keys work, it gets dark, and whatever is wrong makes it bright again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from fallwatch.ui.closing.closing import Closing
from fallwatch.ui.kiosk.kiosk import KIOSK_KEY, Kiosk
from fallwatch.ui.pin.pin import hashed
from fallwatch.ui.pin.pin_gate import PinDialog, PinGate
from fallwatch.ui.rooms.worst_room import Trouble
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import alarm, nameless
from tests.ui.qt_waiting import process_events
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

HALL = {"name": "Hall", "source": "0"}
_TROUBLE = Trouble("Hall: No image", "state-stalled", "watch")


class Wall:
    """A window that can fill the screen, dimmed after a twentieth of a second."""

    def __init__(self, bench: Bench, theme: Theme, qtbot: QtBot) -> None:
        self.bench, self.window, self.qtbot = bench, bench.window, qtbot
        self.dim_after_min = 0.05 / 60
        gate = PinGate(bench.window, theme, bench.preferences)
        self.kiosk = Kiosk(bench.window, gate, lambda: self.dim_after_min)
        self.closing = Closing(
            bench.window, bench.preferences, lambda: bench.rooms.watched_names, lambda: True, gate
        )
        bench.controller.begin(None)
        with qtbot.waitActive(bench.window):
            bench.window.show()

    def press(self, key: Qt.Key) -> None:
        """A key of the keyboard, wherever the focus is."""
        QTest.keyClick(self.window.windowHandle(), key)
        process_events()

    def is_dark(self) -> bool:
        return self.kiosk.is_dimmed

    def enter_pin(self) -> None:
        dialog = next(each for each in self.window.findChildren(PinDialog) if each.isVisible())
        field = dialog.findChild(QLineEdit)
        assert isinstance(field, QLineEdit)
        self.qtbot.keyClicks(field, "2468")
        self.qtbot.keyClick(field, Qt.Key.Key_Return)
        process_events()


@pytest.fixture
def wall(make_bench: Callable[..., Bench], theme: Theme, qtbot: QtBot) -> Callable[..., Wall]:
    def make(**settings: object) -> Wall:
        return Wall(make_bench(cameras=[HALL], **settings), theme, qtbot)

    return make


def test_its_key_enters_and_leaves(wall: Callable[..., Wall]) -> None:
    shown = wall()
    shown.press(Qt.Key.Key_F11)
    assert shown.window.isFullScreen()
    assert not shown.window.menuBar().isVisible()
    assert shown.window.controls.leave_kiosk.isVisible()
    assert nameless(shown.window.controls) == []
    shown.press(Qt.Key.Key_F11)
    assert not shown.window.isFullScreen()
    assert shown.window.menuBar().isVisible()
    assert not shown.window.controls.leave_kiosk.isVisible()


def test_a_screen_without_keys_has_a_button(wall: Callable[..., Wall]) -> None:
    shown = wall()
    shown.kiosk.enter()
    shown.dim_after_min = 0
    shown.kiosk.wake()
    shown.qtbot.mouseClick(shown.window.controls.leave_kiosk, Qt.MouseButton.LeftButton)
    assert not shown.window.isFullScreen()


def test_keys_of_the_menus_work_without_the_menus(wall: Callable[..., Wall]) -> None:
    shown = wall()
    shown.kiosk.enter()
    shown.window.banner.show_alarms((alarm(),))
    shown.press(Qt.Key.Key_F2)
    shown.qtbot.waitUntil(lambda: ("acknowledge", "one") in shown.bench.dispatcher.calls)


def test_each_key_is_there_once(wall: Callable[..., Wall]) -> None:
    shown = wall()
    shown.kiosk.enter()
    shown.kiosk.leave()
    shown.kiosk.enter()
    keys = [each.shortcut().toString() for each in shown.window.actions() if each.shortcut()]
    keys += [each.key().toString() for each in shown.window.findChildren(QShortcut)]
    assert KIOSK_KEY in keys
    found = [key for key in keys if key]
    assert len(found) == len(set(found))


def test_it_gets_dark_without_input_and_a_touch_only_makes_it_bright(
    wall: Callable[..., Wall],
) -> None:
    shown = wall()
    shown.kiosk.enter()
    shown.qtbot.waitUntil(shown.is_dark)
    before = shown.window.grab().toImage().pixelColor(5, 5).lightness()
    shown.dim_after_min = 10
    button = shown.window.controls.settings
    wanted: list[None] = []
    shown.window.settings_wanted.connect(lambda: wanted.append(None))
    place = button.mapTo(shown.window, button.rect().center())
    QTest.mouseClick(
        shown.window.windowHandle(),
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        place,
    )
    process_events()
    assert not shown.is_dark()
    assert wanted == []
    assert shown.window.grab().toImage().pixelColor(5, 5).lightness() > before


def test_a_key_makes_it_bright(wall: Callable[..., Wall]) -> None:
    shown = wall()
    shown.kiosk.enter()
    shown.qtbot.waitUntil(shown.is_dark)
    shown.dim_after_min = 10
    shown.press(Qt.Key.Key_Shift)
    assert not shown.is_dark()


def test_an_alarm_makes_it_bright_and_keeps_it_so(wall: Callable[..., Wall]) -> None:
    shown = wall()
    shown.kiosk.enter()
    shown.qtbot.waitUntil(shown.is_dark)
    shown.window.banner.show_alarms((alarm(),))
    assert not shown.is_dark()
    shown.kiosk.dim()
    assert not shown.is_dark()
    shown.window.banner.show_alarms(())
    shown.qtbot.waitUntil(shown.is_dark)


def test_so_does_a_fault_for_as_long_as_it_lasts(wall: Callable[..., Wall]) -> None:
    shown = wall()
    shown.kiosk.enter()
    shown.qtbot.waitUntil(shown.is_dark)
    shown.kiosk.show_trouble(_TROUBLE)
    assert not shown.is_dark()
    shown.kiosk.dim()
    assert not shown.is_dark()
    shown.kiosk.show_trouble(None)
    shown.qtbot.waitUntil(shown.is_dark)


def test_it_is_never_dimmed_where_nobody_wants_it_nor_as_a_window(
    wall: Callable[..., Wall],
) -> None:
    shown = wall()
    shown.kiosk.dim()
    assert not shown.is_dark()
    shown.dim_after_min = 0
    shown.kiosk.enter()
    shown.qtbot.wait(150)
    assert not shown.is_dark()
    shown.dim_after_min = 0.05 / 60
    shown.kiosk.wake()
    shown.qtbot.waitUntil(shown.is_dark)
    shown.kiosk.leave()
    assert not shown.is_dark()


def test_a_hand_on_the_mouse_keeps_it_bright(wall: Callable[..., Wall]) -> None:
    shown = wall()
    shown.dim_after_min = 10
    shown.kiosk.enter()
    left_ms = shown.kiosk._timer.remainingTime
    shown.qtbot.waitUntil(lambda: left_ms() < 599_500)
    before_ms = left_ms()
    QTest.mouseMove(shown.window.windowHandle(), QPoint(100, 100))
    shown.qtbot.waitUntil(lambda: left_ms() > before_ms)
    assert not shown.is_dark()


def test_the_pin_is_asked_for_to_leave_it_or_to_hide_it(wall: Callable[..., Wall]) -> None:
    shown = wall(pin=hashed("2468"), closing="tray", closing_explained=True)
    shown.press(Qt.Key.Key_F11)
    assert shown.window.isFullScreen()
    shown.press(Qt.Key.Key_F11)
    assert shown.window.isFullScreen()
    shown.enter_pin()
    assert not shown.window.isFullScreen()
    shown.kiosk.enter()
    shown.window.close()
    assert shown.window.isVisible()
    assert shown.window.isFullScreen()
    shown.enter_pin()
    assert not shown.window.isVisible()
    # Had back, it is as full as it was.
    shown.window.come_to_front()
    assert shown.window.isFullScreen()
