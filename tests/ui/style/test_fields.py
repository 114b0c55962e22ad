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
from fallwatch.ui.settings.settings_pages import AdvancedPage, WatchingPage
from fallwatch.ui.style.fields import ComboBox
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
