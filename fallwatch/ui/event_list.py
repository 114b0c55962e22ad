"""The list of what happened lately: when, where, what, and who ended it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QVBoxLayout, QWidget

from fallwatch.core.types import Alarm
from fallwatch.ui.event_model import EventModel
from fallwatch.ui.event_row import EventRow
from fallwatch.ui.theme import Theme, header_height, scale_font, set_ink


class EventList(QWidget):
    """The events of late under a heading, with words where there are none."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.model = EventModel()
        heading = QLabel(self.tr("Events"))
        scale_font(heading, 1.35, bold=True)
        heading.setFixedHeight(header_height())
        self._view = QListView()
        self._view.setModel(self.model)
        self._view.setItemDelegate(EventRow(theme, self._view))
        self._view.setAccessibleName(self.tr("Recent events"))
        self._view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._empty = QLabel(self.tr("Nothing has happened yet."))
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = QVBoxLayout(self._view)
        inside.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(heading)
        layout.addWidget(self._view, 1)
        theme.changed.connect(self._colour)
        self._colour()

    def show_events(self, alarms: Sequence[Alarm]) -> None:
        """Show these events, newest first."""
        self.model.show_events(alarms)
        self._empty.setVisible(not alarms)

    def _colour(self) -> None:
        set_ink(self._empty, self._theme.palette.muted_surface.ink)
