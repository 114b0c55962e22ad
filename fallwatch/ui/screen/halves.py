"""The live half and the list of events, side by side."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

#: The right half takes this part of the window, within these limits.
_PART = 0.3
_LEAST_PX, _MOST_PX = 250, 340


class Halves(QSplitter):
    """Gives the right half its share of any width, until somebody moves the line between them."""

    def __init__(self, left: QWidget, right: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._was_moved = False
        self.setHandleWidth(14)
        self.setChildrenCollapsible(False)
        right.setMinimumWidth(_LEAST_PX)
        self.addWidget(left)
        self.addWidget(right)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self.splitterMoved.connect(self._on_moved)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._was_moved:
            right = round(min(_MOST_PX, max(_LEAST_PX, self.width() * _PART)))
            self.setSizes([self.width() - right, right])

    def _on_moved(self, place: int, number: int) -> None:
        self._was_moved = True
