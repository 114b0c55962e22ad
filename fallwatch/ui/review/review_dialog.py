"""The page of the morning: the night's timeline, its clips with verdicts, the weeks' figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from PySide6.QtCore import QDate, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fallwatch.alarms.lifecycle import OUTCOMES, is_unacknowledged
from fallwatch.core.types import Alarm
from fallwatch.recording.evidence_track import EvidenceTrack
from fallwatch.runtime.review.event_figures import is_about_people
from fallwatch.runtime.review.night_review import Night
from fallwatch.ui.player.marks import PlayerMarks
from fallwatch.ui.player.player import ClipPlayer
from fallwatch.ui.review.figures_table import FiguresTable
from fallwatch.ui.review.left_out import left_out_words
from fallwatch.ui.review.night_timeline import NightTimeline
from fallwatch.ui.style.fields import DateEdit
from fallwatch.ui.style.theme import Theme, scale_font
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.ui.text.times import clock, day_format, local_now
from fallwatch.ui.text.words import headline, kind_words, outcome_words, state_line

#: A clip is shown from a little before the alarm on.
_LEAD_S = 3.0


class ReviewDialog(QDialog):
    """Shows one night. Page Down and Page Up leaf through its events.

    Args:
        theme: Colours.
        day: The date of the morning shown first.

    Signals:
        night_wanted: The date of the morning somebody wants to see.
        event_wanted: The ``Alarm`` whose clip is to be shown; see `show_recordings`.
        judged: Id of an event, the verdict, and a note.
        csv_wanted: Somebody wants the night as a table.
        print_wanted: Somebody wants the night as a page to print.
    """

    night_wanted = Signal(object)
    event_wanted = Signal(object)
    judged = Signal(str, str, str)
    csv_wanted = Signal()
    print_wanted = Signal()

    def __init__(self, theme: Theme, day: date, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._night: Night | None = None
        self._place = 0
        self.setWindowTitle(self.tr("Night review"))
        self.day = DateEdit(QDate(day.year, day.month, day.day))
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat(day_format())
        self.day.setAccessibleName(self.tr("Morning"))
        self.day.dateChanged.connect(lambda _: self.night_wanted.emit(self.shown_day))
        self.timeline = NightTimeline(theme)
        self.timeline.chosen.connect(self.choose)
        self.player = ClipPlayer(theme, details=False)
        self.heading = plain_label()
        self.heading.setWordWrap(True)
        scale_font(self.heading, 1.15, bold=True)
        self.left_out = plain_label()
        self.left_out.setWordWrap(True)
        self.note = QLineEdit()
        self.note.setMaxLength(300)
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setPlaceholderText(self.tr("A note, before the verdict is pressed"))
        self.verdicts = {each: self._verdict_button(each) for each in OUTCOMES}
        self.back = self._button(self.tr("◀ Before"), lambda: self.turn(-1))
        self.forward = self._button(self.tr("Next ▶"), lambda: self.turn(1))
        self.back.setAccessibleName(self.tr("Event before"))
        self.forward.setAccessibleName(self.tr("Next event"))
        self.figures = FiguresTable()
        self._lay_out()
        for key, step in (("PgDown", 1), ("PgUp", -1)):
            QShortcut(QKeySequence(key), self).activated.connect(lambda by=step: self.turn(by))
        self._show_event()
        self.resize(940, 720)

    @property
    def shown_day(self) -> date:
        """The date of the morning that is chosen."""
        chosen = self.day.date()
        return date(chosen.year(), chosen.month(), chosen.day())

    @property
    def night(self) -> Night | None:
        """What is shown."""
        return self._night

    @property
    def events(self) -> tuple[Alarm, ...]:
        """The night's events about people, oldest first."""
        return () if self._night is None else tuple(filter(is_about_people, self._night.alarms))

    @property
    def shown_event(self) -> Alarm | None:
        """The event that is shown."""
        return self.events[self._place] if self._place < len(self.events) else None

    def show_night(self, night: Night) -> None:
        """Show a night; of the same one, the event that was shown stays."""
        same = self._night is not None and self._night.day == night.day
        self._night = night
        self._place = min(self._place, max(0, len(self.events) - 1)) if same else 0
        self.timeline.show_night(night)
        self.figures.show_figures(night)
        self.left_out.setText(left_out_words(night))
        self.left_out.setVisible(night.clips > 0)
        self._show_event(again=same)

    def choose(self, event_id: str) -> None:
        """Show an event by its id."""
        ids = [each.event_id for each in self.events]
        if event_id in ids:
            self._place = ids.index(event_id)
            self._show_event()

    def turn(self, by: int) -> None:
        """Go to the next event, or the one before."""
        place = self._place + by
        if 0 <= place < len(self.events):
            self._place = place
            self._show_event()

    def show_recordings(self, event_id: str, open_in: Callable[[ClipPlayer], None]) -> None:
        """Show what there is of an event, unless another is shown by now."""
        if self.shown_event is not None and self.shown_event.event_id == event_id:
            open_in(self.player)

    def done(self, result: int) -> None:
        """Let go of the clip, then close."""
        self.player.close_clip()
        super().done(result)

    def _show_event(self, *, again: bool = False) -> None:
        event = self.shown_event
        self.back.setEnabled(self._place > 0)
        self.forward.setEnabled(self._place + 1 < len(self.events))
        can_judge = event is not None and not is_unacknowledged(event)
        for outcome, button in self.verdicts.items():
            button.setEnabled(can_judge)
            button.setChecked(event is not None and event.outcome == outcome)
        self.note.setEnabled(can_judge)
        if event is None:
            self.heading.setText(self.tr("Nothing happened to anybody in this night."))
            self.player.close_clip()
            self.player.show_controls(False)
            self.player.view.show_words("")
            self.timeline.show_event("")
            return
        place = self.tr("{0} of {1}").format(self._place + 1, len(self.events))
        when = clock(event.started_utc, local_now())
        self.heading.setText(f"{place}   {when}   {headline(event)}. {state_line(event)}")
        self.timeline.show_event(event.event_id)
        if not again:
            self.note.clear()
            self.event_wanted.emit(event)

    def _judge(self, outcome: str) -> None:
        event = self.shown_event
        if event is not None:
            self.judged.emit(event.event_id, outcome, self.note.text().strip())

    def _verdict_button(self, outcome: str) -> QPushButton:
        button = self._button(outcome_words(outcome), lambda: self._judge(outcome))
        button.setCheckable(True)
        return button

    def _button(self, words: str, slot: Callable[[], object]) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: slot())
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        before = self._button("◀", lambda: self._go(-1))
        before.setAccessibleName(self.tr("Night before"))
        after = self._button("▶", lambda: self._go(1))
        after.setAccessibleName(self.tr("Next night"))
        for widget in (before, self.day, after):
            top.addWidget(widget)
        top.addWidget(QLabel(self.tr("from noon to noon")))
        top.addStretch(1)
        top.addWidget(self._button(self.tr("Table…"), self.csv_wanted.emit))
        top.addWidget(self._button(self.tr("PDF…"), self.print_wanted.emit))
        line = QHBoxLayout()
        line.addWidget(self.back)
        line.addWidget(self.forward)
        line.addWidget(self.note, 1)
        for button in self.verdicts.values():
            line.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.addLayout(top)
        layout.addWidget(self.timeline)
        layout.addWidget(self.heading)
        layout.addWidget(self.left_out)
        layout.addWidget(self.player, 1)
        layout.addLayout(line)
        layout.addWidget(self.figures)

    def _go(self, days: int) -> None:
        self.day.setDate(self.day.date().addDays(days))


def first_day(now: datetime) -> date:
    """The morning that is looked back from: today's, in the evening, too. Tonight comes after."""
    return now.date()


def marks_of(alarm: Alarm, track: EvidenceTrack | None) -> tuple[PlayerMarks, float]:
    """Marks of an event's clip, and where to begin, in seconds."""
    if track is None:
        return PlayerMarks(), 0.0
    return PlayerMarks.of_event(track, kind_words(alarm.kind)), max(0.0, track.event_s - _LEAD_S)
