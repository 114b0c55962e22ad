"""The rooms side by side; one of them may fill the whole place."""

from __future__ import annotations

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.style.theme import Theme


class RoomGrid(QWidget):
    """Lays tiles out in as square a grid as they allow.

    Signals:
        shown_changed: Which tiles can be seen has changed.
    """

    shown_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles: list[RoomTile] = []
        self._enlarged: RoomTile | None = None
        self._empty = RoomTile(theme)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(10)
        # Rooms give way to the events beside them, never the other way round.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.setMinimumWidth(260)
        self._arrange()

    @property
    def tiles(self) -> tuple[RoomTile, ...]:
        """All tiles, in order."""
        return tuple(self._tiles)

    @property
    def single(self) -> RoomTile | None:
        """The one tile that is seen; None if several are, or none."""
        if self._enlarged is not None:
            return self._enlarged
        return self._tiles[0] if len(self._tiles) == 1 else None

    @property
    def empty(self) -> RoomTile:
        """What is seen while there is no room."""
        return self._empty

    def add(self, tile: RoomTile) -> None:
        """Show another room, after the others."""
        self._tiles.append(tile)
        tile.activated.connect(lambda: self.toggle(tile))
        self._arrange()

    def remove(self, tile: RoomTile) -> None:
        """Take a room away."""
        self._tiles.remove(tile)
        if self._enlarged is tile:
            self._enlarged = None
        self._layout.removeWidget(tile)
        tile.hide()
        self._arrange()

    def enlarge(self, tile: RoomTile | None) -> None:
        """Show one room alone; None for all of them."""
        if tile is not self._enlarged:
            self._enlarged = tile
            self._arrange()

    def enlarge_number(self, number: int) -> None:
        """Show one room alone, by its place, from 1; nothing happens if there is no such room."""
        if 1 <= number <= len(self._tiles):
            self.enlarge(self._tiles[number - 1])

    def toggle(self, tile: RoomTile) -> None:
        """Enlarge a room, or show all of them again."""
        if len(self._tiles) > 1:
            self.enlarge(None if self._enlarged is tile else tile)
            tile.video.setFocus()

    def _arrange(self) -> None:
        shown = [self._enlarged] if self._enlarged is not None else self._tiles or [self._empty]
        for tile in (*self._tiles, self._empty):
            self._layout.removeWidget(tile)
            tile.setVisible(tile in shown)
        columns = math.ceil(math.sqrt(len(shown)))
        for place, tile in enumerate(shown):
            self._layout.addWidget(tile, place // columns, place % columns)
        for index in range(9):
            self._layout.setColumnStretch(index, 1 if index < columns else 0)
            self._layout.setRowStretch(index, 1 if index * columns < len(shown) else 0)
        self.shown_changed.emit()
