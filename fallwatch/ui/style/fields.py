"""Fields that the mouse wheel passes over without changing them.

Who scrolls a page, and happens to pass over a field, must not change what it says. The turn goes on
to whatever lies behind the field, so that the page scrolls.
"""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QSpinBox,
    QStyledItemDelegate,
    QTimeEdit,
    QWidget,
)


class ComboBox(QComboBox):
    """A choice that is changed by opening it, or by keys. Its open list scrolls as usual."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # Only such a one gives the rows of the list the room that the style wants.
        self.setItemDelegate(QStyledItemDelegate(self))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class SpinBox(QSpinBox):
    """A whole number that is changed by its arrows, or by keys."""

    def sizeHint(self) -> QSize:
        return _easy_to_hit(self, super().sizeHint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DoubleSpinBox(QDoubleSpinBox):
    """A number that is changed by its arrows, or by keys."""

    def sizeHint(self) -> QSize:
        return _easy_to_hit(self, super().sizeHint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class TimeEdit(QTimeEdit):
    """A time that is changed by its arrows, or by keys."""

    def sizeHint(self) -> QSize:
        return _easy_to_hit(self, super().sizeHint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DateEdit(QDateEdit):
    """A date that is changed by its calendar, or by keys."""

    def sizeHint(self) -> QSize:
        return _easy_to_hit(self, super().sizeHint())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _easy_to_hit(field: QWidget, hint: QSize) -> QSize:
    """As high as the other fields, in letters of any size: Qt's own arrows are hard to hit."""
    return hint.expandedTo(QSize(0, 2 * field.fontMetrics().height()))
