"""Fields that the mouse wheel passes over without changing them.

Who scrolls a page, and happens to pass over a field, must not change what it says. The turn goes on
to whatever lies behind the field, so that the page scrolls.
"""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QDoubleSpinBox, QSpinBox, QTimeEdit


class ComboBox(QComboBox):
    """A choice that is changed by opening it, or by keys. Its open list scrolls as usual."""

    def showPopup(self) -> None:
        """Open the list, so high that every row is seen where the screen has room for them.

        Qt reckons without the border of our style, which would hide the last row.
        """
        super().showPopup()
        view = self.view()
        rows = min(self.count(), self.maxVisibleItems())
        hidden_px = sum(map(view.sizeHintForRow, range(rows))) - view.viewport().height()
        if hidden_px <= 0:
            return
        popup, screen = view.window(), self.screen().availableGeometry()
        place = popup.geometry()
        place.setHeight(min(place.height() + hidden_px, screen.height()))
        if place.bottom() > screen.bottom():
            place.moveBottom(screen.bottom())
        popup.setGeometry(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class SpinBox(QSpinBox):
    """A whole number that is changed by its arrows, or by keys."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DoubleSpinBox(QDoubleSpinBox):
    """A number that is changed by its arrows, or by keys."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class TimeEdit(QTimeEdit):
    """A time that is changed by its arrows, or by keys."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class DateEdit(QDateEdit):
    """A date that is changed by its calendar, or by keys."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()
