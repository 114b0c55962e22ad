"""The mouse wheel over a closed field changes nothing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from fallwatch.settings import Settings
from fallwatch.ui.settings.computer_page import ComputerPage
from fallwatch.ui.settings.settings_pages import AdvancedPage, WatchingPage
from fallwatch.ui.style.fields import ComboBox
from fallwatch.ui.style.palette import DARK, LIGHT
from fallwatch.ui.style.theme import Theme
from tests.ui.qt_waiting import process_events


def turn(widget: QWidget, notches: int = -1) -> None:
    """Turn the wheel over a widget."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        widget.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("page", [WatchingPage, AdvancedPage])
def test_the_wheel_over_a_page_of_settings_changes_nothing(
    qtbot: QtBot, theme: Theme, page: type
) -> None:
    shown = page(Settings(), ["one", "two"]) if page is AdvancedPage else page(Settings())
    qtbot.addWidget(shown)
    shown.show()
    before = shown.values()
    for kind in (QComboBox, QSpinBox, QDoubleSpinBox, QTimeEdit, QLineEdit):
        for field in shown.findChildren(kind):
            field.setFocus()
            for notches in (-1, 1, -1):
                turn(field, notches)
    assert shown.values() == before


def test_the_page_behind_a_field_scrolls(qtbot: QtBot, theme: Theme) -> None:
    inside = QWidget()
    layout = QVBoxLayout(inside)
    box = ComboBox()
    box.addItems(["a", "b", "c"])
    layout.addWidget(box)
    layout.addSpacing(3000)
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidget(inside)
    area.show()
    qtbot.waitExposed(area)
    where = QPointF(box.mapTo(area, box.rect().center()))
    QTest.wheelEvent(area.windowHandle(), where, QPoint(0, -120))
    process_events()
    assert box.currentText() == "a"
    assert area.verticalScrollBar().value() > 0


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("rows", [2, 4, 6])
def test_an_open_list_shows_its_last_row(qtbot: QtBot, theme: Theme, rows: int) -> None:
    top = QWidget()
    qtbot.addWidget(top)
    box = ComboBox(top)
    box.addItems([f"row {number}" for number in range(rows)])
    top.show()
    qtbot.waitExposed(top)
    box.showPopup()
    view = box.view()

    def is_seen() -> bool:
        last = view.visualRect(view.model().index(rows - 1, 0))
        return last.bottom() <= view.viewport().rect().bottom()

    qtbot.waitUntil(is_seen)
    assert view.verticalScrollBar().maximum() == 0
    # Nothing else in the popup, such as an arrow to scroll, can lie over a row.
    assert view.window().height() == view.height()
    box.hidePopup()


def test_light_and_dark_can_be_chosen_whatever_the_system_is(qtbot: QtBot, theme: Theme) -> None:
    page = ComputerPage(Settings(), starts_by_itself=False)
    qtbot.addWidget(page)
    assert page.values()["appearance"] == "system"
    page.appearance.setCurrentText("Dark")
    assert page.values()["appearance"] == "dark"
    theme.choose("dark")
    assert theme.palette is DARK
    theme.follow(Qt.ColorScheme.Light)
    assert theme.palette is DARK
    theme.choose("system")
    assert theme.palette is LIGHT
