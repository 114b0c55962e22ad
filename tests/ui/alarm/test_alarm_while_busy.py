"""An alarm while somebody is at work: nothing typed is lost, nothing moves under a click."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fallwatch.core.types import AlarmState, Priority
from fallwatch.ui.alarm.click_guard import GUARD_S, ClickGuard
from fallwatch.ui.alarm.dialog_alarms import AlarmBar
from fallwatch.ui.cameras.camera_dialog import CameraDialog
from fallwatch.ui.closing.quit_dialog import QuitDialog
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.main_window import MainWindow
from tests.ui.fakes import alarm, nameless
from tests.ui.qt_waiting import process_events
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

HALL = {"name": "Hall", "source": "0"}
KITCHEN = {"name": "Kitchen", "source": "1"}


@pytest.fixture
def rooms(make_bench: Callable[..., Bench], qtbot: QtBot) -> Bench:
    bench = make_bench(cameras=[HALL, KITCHEN])
    bench.controller.begin(None)
    bench.window.resize(1100, 700)
    with qtbot.waitActive(bench.window):
        bench.window.show()
    return bench


def raise_alarm(qtbot: QtBot, bench: Bench) -> None:
    bench.bridge.post_alarms((alarm(),))
    qtbot.waitUntil(lambda: bench.window.banner.shown is not None)
    process_events()


def places(window: MainWindow) -> dict[str, QRect]:
    """Where everything is that can be pressed, without the banner's own."""
    found: dict[str, QRect] = {}
    for widget in window.findChildren(QWidget):
        is_banner = widget is window.banner or window.banner.isAncestorOf(widget)
        can_be_used = widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
        if widget.isVisible() and can_be_used and not is_banner:
            where = QRect(widget.mapTo(window, QPoint()), widget.size())
            found[f"{type(widget).__name__} {widget.accessibleName()} {id(widget)}"] = where
    return found


def open_camera_dialog(qtbot: QtBot, bench: Bench) -> CameraDialog:
    qtbot.mouseClick(bench.window.controls.camera, Qt.MouseButton.LeftButton)
    dialog = bench.window.findChild(CameraDialog)
    assert isinstance(dialog, CameraDialog)
    return dialog


def test_what_is_being_typed_stays_and_the_alarm_is_answered_in_the_dialog(
    qtbot: QtBot, rooms: Bench
) -> None:
    dialog = open_camera_dialog(qtbot, rooms)
    qtbot.keyClicks(dialog.name, "Bedr")
    before = dialog.name.mapTo(dialog, QPoint())
    raise_alarm(qtbot, rooms)
    assert dialog.isVisible()
    qtbot.keyClicks(dialog.name, "oom")
    assert dialog.name.text() == "Bedroom"
    assert dialog.name.mapTo(dialog, QPoint()) == before
    bar = dialog.findChild(AlarmBar)
    assert isinstance(bar, AlarmBar)
    assert bar.isVisible()
    assert "Hall" in bar.words.text()
    assert dialog.rect().contains(bar.geometry())
    assert nameless(dialog) == []
    # The buttons of the dialog are not under it.
    save = dialog.buttons.buttons()[0]
    assert not bar.geometry().intersects(QRect(save.mapTo(dialog, QPoint()), save.size()))
    qtbot.waitUntil(bar.button.isEnabled)
    qtbot.mouseClick(bar.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("acknowledge", "one") in rooms.dispatcher.calls)
    height = dialog.height()
    rooms.bridge.post_alarms((alarm(state=AlarmState.ACKNOWLEDGED),))
    qtbot.waitUntil(bar.isHidden)
    assert dialog.isVisible()
    assert dialog.height() < height


def test_the_key_acknowledges_from_within_a_dialog(qtbot: QtBot, rooms: Bench) -> None:
    dialog = open_camera_dialog(qtbot, rooms)
    raise_alarm(qtbot, rooms)
    qtbot.keyClick(dialog.name, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: ("acknowledge", "one") in rooms.dispatcher.calls)


def test_enter_in_a_field_answers_no_alarm(qtbot: QtBot, rooms: Bench) -> None:
    dialog = open_camera_dialog(qtbot, rooms)
    raise_alarm(qtbot, rooms)
    qtbot.keyClick(dialog.name, Qt.Key.Key_Return)
    process_events()
    assert ("acknowledge", "one") not in rooms.dispatcher.calls


def test_a_dialog_that_opens_during_an_alarm_tells_of_it(qtbot: QtBot, rooms: Bench) -> None:
    raise_alarm(qtbot, rooms)
    # By its key: clicks do nothing for a moment.
    qtbot.keyClick(rooms.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = rooms.window.findChild(CameraDialog)
    assert isinstance(dialog, CameraDialog)
    bar = dialog.findChild(AlarmBar)
    assert isinstance(bar, AlarmBar)
    assert bar.isVisible()


def test_a_small_question_has_room_for_it(qtbot: QtBot, rooms: Bench) -> None:
    dialog = QuitDialog(["Hall"], can_hide=True, parent=rooms.window)
    rooms.window.show_dialog(dialog)
    raise_alarm(qtbot, rooms)
    bar = dialog.findChild(AlarmBar)
    assert isinstance(bar, AlarmBar)
    process_events()
    assert dialog.rect().contains(bar.geometry())
    for button in dialog.findChildren(QPushButton):
        if not bar.isAncestorOf(button):
            place = QRect(button.mapTo(dialog, QPoint()), button.size())
            assert not bar.geometry().intersects(place), button.text()


def test_the_alarm_moves_nothing(qtbot: QtBot, rooms: Bench) -> None:
    before = places(rooms.window)
    raise_alarm(qtbot, rooms)
    assert rooms.window.banner.isVisible()
    assert places(rooms.window) == before


def test_later_the_rooms_make_way_and_come_back(qtbot: QtBot, rooms: Bench) -> None:
    raise_alarm(qtbot, rooms)
    rooms.window.floating.settle()
    process_events()
    banner, tile = rooms.window.banner, rooms.window.grid.tiles[0]
    under = banner.mapTo(rooms.window, QPoint(0, banner.height())).y()
    assert tile.mapTo(rooms.window, QPoint()).y() >= under
    rooms.bridge.post_alarms(())
    qtbot.waitUntil(lambda: rooms.window.banner.isHidden())
    assert rooms.window.floating.made_way_px == banner.height()
    rooms.window.floating.settle()
    assert rooms.window.floating.made_way_px == 0


def test_a_click_just_as_the_alarm_comes_does_nothing(qtbot: QtBot, rooms: Bench) -> None:
    now = [100.0]
    rooms.window.click_guard._monotonic = lambda: now[0]
    raise_alarm(qtbot, rooms)
    acknowledge = rooms.window.banner._button
    for button in (acknowledge, rooms.window.controls.camera):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    process_events()
    assert ("acknowledge", "one") not in rooms.dispatcher.calls
    assert rooms.window.findChild(CameraDialog) is None
    now[0] += GUARD_S
    qtbot.mouseClick(acknowledge, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("acknowledge", "one") in rooms.dispatcher.calls)


def test_the_guard_ends_and_leaves_other_windows_alone(qtbot: QtBot) -> None:
    now = [0.0]
    window, other = QWidget(), QDialog()
    pressed: list[str] = []
    for parent, name in ((window, "window"), (other, "other")):
        button = QPushButton(name, parent)
        button.clicked.connect(lambda _, name=name: pressed.append(name))
        qtbot.addWidget(parent)
        parent.show()
    guard = ClickGuard(window, lambda: now[0])

    def click_both() -> None:
        for parent in (window, other):
            qtbot.mouseClick(parent.findChildren(QPushButton)[0], Qt.MouseButton.LeftButton)

    click_both()
    assert pressed == ["window", "other"]
    guard.moved()
    click_both()
    assert pressed == ["window", "other", "other"]
    now[0] = GUARD_S + 0.01
    click_both()
    assert pressed[3:] == ["window", "other"]


@pytest.mark.parametrize("priority", [Priority.HIGH, Priority.MEDIUM])
def test_the_bar_has_the_colour_of_the_banner(
    qtbot: QtBot, rooms: Bench, theme: Theme, priority: Priority
) -> None:
    dialog = open_camera_dialog(qtbot, rooms)
    rooms.bridge.post_alarms((alarm(kind="sound_failed", priority=priority),))
    qtbot.waitUntil(lambda: dialog.findChild(AlarmBar) is not None)
    bar = dialog.findChild(AlarmBar)
    assert isinstance(bar, AlarmBar)
    pair = theme.palette.alarm if priority is Priority.HIGH else theme.palette.notice
    assert bar.grab().toImage().pixelColor(2, 2).name() == pair.paper
    assert bar.words.palette().color(QPalette.ColorRole.WindowText).name() == pair.ink


def test_a_dialog_at_the_foot_of_the_screen_makes_room_for_the_alarm_inside_it(
    qtbot: QtBot, rooms: Bench
) -> None:
    """Else the button that acknowledges is below the screen."""
    dialog = QuitDialog(["Hall"], can_hide=True, parent=rooms.window)
    rooms.window.show_dialog(dialog)
    process_events()
    free = dialog.screen().availableGeometry()
    dialog.move(free.left(), free.bottom() + 1 - dialog.frameGeometry().height())
    process_events()
    raise_alarm(qtbot, rooms)
    process_events()
    bar = dialog.findChild(AlarmBar)
    assert isinstance(bar, AlarmBar)
    assert bar.isVisible()
    assert free.contains(QRect(bar.mapToGlobal(QPoint()), bar.size()))


def test_a_dialog_has_its_alarm_also_if_one_that_was_opened_from_it_has_one(
    qtbot: QtBot, rooms: Bench
) -> None:
    first = QDialog(rooms.window)
    second = QDialog(first)
    QVBoxLayout(first), QVBoxLayout(second)
    raise_alarm(qtbot, rooms)
    for dialog in (second, first):
        dialog.show()
        process_events()
        rooms.window._dialog_alarms.look()
    direct = Qt.FindChildOption.FindDirectChildrenOnly
    for dialog in (first, second):
        assert isinstance(dialog.findChild(AlarmBar, options=direct), AlarmBar)
