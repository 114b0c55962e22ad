"""The events behind the list on the screen."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from fallwatch.core.types import Alarm
from fallwatch.ui.text.plain_text import tip
from fallwatch.ui.text.times import clock, local_now
from fallwatch.ui.text.words import (
    UNSAYABLE,
    headline,
    kind_words,
    place,
    state_line,
    state_words,
    why,
)

_log = logging.getLogger(__name__)

Index = QModelIndex | QPersistentModelIndex


class Role(IntEnum):
    """What a row can be asked for beyond Qt's own roles."""

    ALARM = Qt.ItemDataRole.UserRole
    TIME = Qt.ItemDataRole.UserRole + 1
    TITLE = Qt.ItemDataRole.UserRole + 2
    STATE = Qt.ItemDataRole.UserRole + 3
    SNAPSHOT = Qt.ItemDataRole.UserRole + 4
    PLACE = Qt.ItemDataRole.UserRole + 5


class EventModel(QAbstractListModel):
    """The newest events, newest first."""

    def __init__(self, now: Callable[[], datetime] = local_now) -> None:
        super().__init__()
        self._now = now
        self._alarms: list[Alarm] = []
        self._snapshot: Callable[[str], QImage | None] = lambda event_id: None

    def set_snapshots(self, snapshot: Callable[[str], QImage | None]) -> None:
        """Where the snapshots of events come from, by event id; it must not wait."""
        self._snapshot = snapshot

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """What is shown, newest first."""
        return tuple(self._alarms)

    def index_of(self, event_id: str) -> QModelIndex:
        """The row of an event; an invalid one if it is not shown."""
        for row, alarm in enumerate(self._alarms):
            if alarm.event_id == event_id:
                return self.index(row)
        return QModelIndex()

    def snapshot_changed(self, event_id: str) -> None:
        """The snapshot of an event is there now."""
        index = self.index_of(event_id)
        if index.isValid():
            self.dataChanged.emit(index, index, [int(Role.SNAPSHOT)])

    def show_events(self, alarms: Sequence[Alarm]) -> None:
        """Replace all rows; nothing happens if they are the same."""
        if list(alarms) != self._alarms:
            self.beginResetModel()
            self._alarms = list(alarms)
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self._alarms)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        try:
            return self._data(index, role)
        except UNSAYABLE:  # Qt would end the program.
            _log.exception("A row of the list of events cannot be shown.")
            return None

    def _data(self, index: Index, role: int) -> Any:
        alarm, now = self._alarms[index.row()], self._now()
        if role == Role.SNAPSHOT:
            return self._snapshot(alarm.event_id)
        time, state = clock(alarm.started_utc, now), state_words(alarm, now)
        answers: dict[int, Any] = {
            Role.ALARM: alarm,
            Role.TIME: time,
            Role.TITLE: kind_words(alarm.kind),
            Role.PLACE: place(alarm),
            Role.STATE: state_line(alarm),
            Qt.ItemDataRole.DisplayRole: f"{time}  {headline(alarm)}. {state}",
            Qt.ItemDataRole.ToolTipRole: tip(
                "\n".join(line for line in (headline(alarm), why(alarm), state) if line)
            ),
        }
        return answers.get(role)
