"""Closed fields that the mouse wheel passes over without changing them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QSlider

_FIELDS = (QComboBox, QAbstractSpinBox, QSlider)


class NoWheel(QObject):
    """Keeps the wheel from every closed box, number, time and slider of the application.

    Who scrolls a page, and happens to pass over a field, must not change what it says. The wheel
    goes on to whatever lies behind the field, so that the page scrolls.
    """

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and _is_in_field(watched):
            event.ignore()
            return True
        return False


def _is_in_field(watched: QObject) -> bool:
    """Whether it is a field, or the line in which one is written."""
    if isinstance(watched, _FIELDS):
        return True
    return isinstance(watched, QLineEdit) and isinstance(watched.parent(), _FIELDS)
