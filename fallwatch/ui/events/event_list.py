"""The list of what happened: when, where, what, and who ended it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fallwatch.core.types import Alarm
from fallwatch.ui.events.event_filter import EventFilter
from fallwatch.ui.events.event_model import EventModel, Role
from fallwatch.ui.events.event_row import EventRow
from fallwatch.ui.style.theme import Theme, header_height, scale_font, set_ink

#: A lower list, in heights of a line, gives up what is below it, then what is above it.
_ROOM_FOR_FOOT, _ROOM_FOR_FILTER = 12, 16


class EventList(QWidget):
    """The events under a heading, with words where there are none.

    Signals:
        opened: The ``Alarm`` of an event that somebody wants to see.
        delete_wanted: The ``Alarm`` of an event that somebody wants to delete.
        export_wanted: Somebody wants the events that are shown as a file.
        figures_wanted: Somebody wants to see the alarms by week and room.
        filter_changed: Other events are wanted; read ``filter.query`` again.
    """

    opened = Signal(object)
    delete_wanted = Signal(object)
    export_wanted = Signal()
    figures_wanted = Signal()
    filter_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.model = EventModel()
        heading = QLabel(self.tr("Events"))
        scale_font(heading, 1.35, bold=True)
        self.export_button = QPushButton(self.tr("Export…"))
        self.export_button.setToolTip(self.tr("Save the events shown here as CSV or JSON."))
        self.export_button.clicked.connect(self.export_wanted)
        self.figures_button = QPushButton(self.tr("By week…"))
        self.figures_button.setToolTip(self.tr("Count alarms and false alarms by week and room."))
        self.figures_button.clicked.connect(self.figures_wanted)
        top = QWidget()
        top.setFixedHeight(header_height())
        row = QHBoxLayout(top)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(heading, 1)
        self.filter = EventFilter()
        self.filter.changed.connect(self.filter_changed)
        self.view = self._make_view()
        self._empty = QLabel()
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        inside = QVBoxLayout(self.view)
        inside.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(top)
        layout.addWidget(self.filter)
        layout.addWidget(self.view, 1)
        # Below, where long words have room also in a narrow window.
        self._foot_buttons = QWidget()
        self._foot = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._foot_buttons)
        self._foot.setContentsMargins(0, 0, 0, 0)
        for button in (self.figures_button, self.export_button):
            self._foot.addWidget(button, 1)
        layout.addWidget(self._foot_buttons)
        theme.changed.connect(self._colour)
        self._colour()
        self.show_events(())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widest = max(each.sizeHint().width() for each in (self.figures_button, self.export_button))
        beside = 2 * widest + self._foot.spacing() <= self.width()
        one, below = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._foot.setDirection(one if beside else below)
        # In large letters on a small screen the events themselves come first.
        lines = self.height() / max(1, self.fontMetrics().height())
        self._foot_buttons.setVisible(lines >= _ROOM_FOR_FOOT)
        self.filter.setVisible(lines >= _ROOM_FOR_FILTER or self.filter.is_set)

    def show_events(self, alarms: Sequence[Alarm]) -> None:
        """Show these events, newest first; who has chosen one keeps it chosen."""
        chosen = self.view.currentIndex().data(Role.ALARM)
        self.filter.offer(alarms)
        self.model.show_events(alarms)
        if chosen is not None:
            self.view.setCurrentIndex(self.model.index_of(chosen.event_id))
        words = self.tr("Nothing has happened yet.")
        if self.filter.is_set:
            words = self.tr("Nothing of this kind has happened.")
        self._empty.setText(words)
        self._empty.setVisible(not alarms)
        self.export_button.setEnabled(bool(alarms))

    def _make_view(self) -> QListView:
        view = QListView()
        view.setModel(self.model)
        view.setItemDelegate(EventRow(self._theme, view))
        view.setAccessibleName(self.tr("Recent events"))
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setUniformItemSizes(True)
        # A row is as high as its lines, which are more where it is narrow.
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setToolTip(self.tr("Double-click or press Enter to see what happened."))
        view.activated.connect(lambda index: self.opened.emit(index.data(Role.ALARM)))
        delete = QShortcut(QKeySequence(QKeySequence.StandardKey.Delete), view)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(lambda: self._want_deleted(view.currentIndex()))
        return view

    def _want_deleted(self, index: QModelIndex) -> None:
        if index.isValid():
            self.delete_wanted.emit(index.data(Role.ALARM))

    def _colour(self) -> None:
        set_ink(self._empty, self._theme.palette.muted_surface.ink)
