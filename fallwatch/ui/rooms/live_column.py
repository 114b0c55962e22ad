"""The live half of the window: the rooms and, below a room seen alone, its curves."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fallwatch.ui.rooms.room_grid import RoomGrid
from fallwatch.ui.video.strip_plot import StripPlot

#: A lower column keeps its place for the image.
_ENOUGH_PX = 420


class LiveColumn(QWidget):
    """Shows the curves where there is a place for them beside the image."""

    def __init__(self, grid: RoomGrid, strip: StripPlot) -> None:
        super().__init__()
        self._strip = strip
        self._wanted = True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(grid, 1)
        layout.addWidget(strip)
        self.setMinimumSize(grid.minimumWidth(), 120)

    def show_strip(self, wanted: bool) -> None:
        """Show the curves, where there is a place for them, or hide them."""
        self._wanted = wanted
        self._fold()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        fits = self.width() >= self._strip.minimumSizeHint().width()
        has_room = fits and self.height() >= _ENOUGH_PX
        self._strip.setVisible(self._wanted and has_room)
