"""Chooses which events the list shows: by day, room, kind and outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QStyle, QStyleOptionComboBox, QWidget

from fallwatch.alarms.lifecycle import OUTCOMES
from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm
from fallwatch.events.query import EventQuery
from fallwatch.events.times import utc_text
from fallwatch.ui.style.fields import ComboBox
from fallwatch.ui.text.times import day_words, local_now
from fallwatch.ui.text.words import kind_words, outcome_words


class EventFilter(QWidget):
    """Four choices. What can be chosen is what has been seen in the record.

    Signals:
        changed: Something else was chosen; read ``query`` again.
    """

    changed = Signal()

    def __init__(
        self, parent: QWidget | None = None, now: Callable[[], datetime] = local_now
    ) -> None:
        super().__init__(parent)
        self._now = now
        self.day = self._choice(self.tr("Any day"), self.tr("Day"))
        self.room = self._choice(self.tr("Any room"), self.tr("Room"))
        self.kind = self._choice(self.tr("Anything"), self.tr("Kind of event"))
        self.query = EventQuery()
        self.outcome = self._choice(self.tr("Any outcome"), self.tr("Outcome"))
        for outcome in (*OUTCOMES, ""):
            self.outcome.addItem(outcome_words(outcome), outcome)
        self._boxes = (self.day, self.room, self.kind, self.outcome)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._columns = 0
        self._lay_out(2)
        for box in self._boxes:
            box.currentIndexChanged.connect(self._on_changed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # What is chosen is read in full; the rest is read in the open list.
        needed = max(_width_for(box, box.itemText(0)) for box in self._boxes)
        fits = 2 * needed + self._layout.horizontalSpacing() <= self.width()
        self._lay_out(2 if fits else 1)

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for place, box in enumerate(self._boxes):
            self._layout.addWidget(box, place // columns, place % columns)

    @property
    def is_set(self) -> bool:
        """Whether anything is left out."""
        return self.query != EventQuery()

    def offer(self, alarms: Sequence[Alarm]) -> None:
        """Add the days, rooms and kinds of these events to what can be chosen."""
        days = {day for alarm in alarms if (day := _day_of(alarm)) is not None}
        for day in sorted(days, reverse=True):
            _offer(self.day, self._day_words(day), day.isoformat(), newest_first=True)
        for room in sorted({alarm.camera for alarm in alarms}):
            _offer(self.room, room, room)
        for kind in sorted({alarm.kind for alarm in alarms}):
            _offer(self.kind, kind_words(kind), kind)

    def _choice(self, words: str, name: str) -> ComboBox:
        box = ComboBox()
        box.addItem(words, None)
        box.setAccessibleName(name)
        box.setMinimumContentsLength(4)
        box.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        return box

    def _on_changed(self) -> None:
        since_utc = until_utc = None
        if self.day.currentData() is not None:
            day = date.fromisoformat(self.day.currentData())
            since_utc, until_utc = _begin(day), _begin(day + timedelta(days=1))
        self.query = EventQuery(
            since_utc=since_utc,
            until_utc=until_utc,
            camera=self.room.currentData(),
            kind=self.kind.currentData(),
            outcome=self.outcome.currentData(),
        )
        self.changed.emit()

    def _day_words(self, day: date) -> str:
        today = self._now().date()
        if day == today:
            return self.tr("Today")
        return self.tr("Yesterday") if day == today - timedelta(days=1) else day_words(day)


def _width_for(box: ComboBox, text: str) -> int:
    """How wide a box has to be to show a text in full."""
    box.ensurePolished()
    option = QStyleOptionComboBox()
    box.initStyleOption(option)
    whole, part = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
    field = box.style().subControlRect(whole, option, part, box)
    return box.fontMetrics().horizontalAdvance(text) + box.width() - field.width()


def _day_of(alarm: Alarm) -> date | None:
    """The day of an event on this computer; None of one without a time that can be read."""
    try:
        return parse_utc(alarm.started_utc).astimezone().date()
    except (ValueError, OverflowError, OSError):
        return None


def _begin(day: date) -> str:
    """When a day begins on this computer, as the record writes it."""
    # Without a zone: each day gets the offset it had, in summer or winter.
    return utc_text(datetime.combine(day, time()).astimezone())


def _offer(box: ComboBox, words: str, data: str, *, newest_first: bool = False) -> None:
    if box.findData(data) >= 0:
        return
    index = box.count()
    if newest_first:
        later = [i for i in range(1, box.count()) if box.itemData(i) < data]
        index = min(later, default=index)
    # Adding is no choice of anybody's.
    blocked = box.blockSignals(True)
    box.insertItem(index, words, data)
    box.blockSignals(blocked)
