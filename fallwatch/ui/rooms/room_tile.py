"""One room on the screen: its name, state, image, and how fresh the image is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from fallwatch.core.types import Alarm, Analysis
from fallwatch.pipeline.monitor import MonitorStatus
from fallwatch.runtime.analyzers import zones_of
from fallwatch.runtime.source_choice import SourceChoice
from fallwatch.runtime.views.state_look import (
    StateLook,
    look_of,
    nothing_open,
    paused,
    stopped_by_hand,
    visited,
)
from fallwatch.ui.rooms.room_menu import RoomMenu
from fallwatch.ui.style.icons import icon
from fallwatch.ui.style.state_chip import StateChip
from fallwatch.ui.style.theme import Theme, header_height, scale_font, set_ink
from fallwatch.ui.text.numbers import number
from fallwatch.ui.text.plain_text import tip
from fallwatch.ui.text.times import clip_clock
from fallwatch.ui.video.video_view import VideoView

#: A lower tile keeps its place for the image.
_HIGH_PX = 130

#: A narrower tile shows its state by the icon alone where its name and the words do not fit, and
#: the words below or over its image.
_ROOM_FOR_STATE_PX = 260

_HEADER_GAP_PX = 6

#: A narrower tile says how fresh it is in fewer words.
_WIDE_PX = 400


class RoomTile(QWidget):
    """Shows one room. It holds no state of its own beyond what it shows.

    Signals:
        activated: Somebody clicked the image, or pressed Enter or Space on it.
    """

    activated = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._status: MonitorStatus | None = None
        self._look = nothing_open()
        self._is_paused = False
        self.name = _ElidedLabel()
        scale_font(self.name, 1.35, bold=True)
        self.name.setFixedHeight(header_height())
        self.chip = StateChip(theme)
        self.video = VideoView()
        self.video.activated.connect(self.activated)
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setFixedSize(90, 4)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName(self.tr("Getting ready"))
        self.freshness = QLabel()
        self.freshness.setAccessibleName(self.tr("Frames analysed"))
        self.freshness.setMinimumSize(1, self.fontMetrics().height())
        self.menu = RoomMenu(self)
        self.menu_button = QToolButton()
        self.menu_button.setMenu(self.menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.menu_button.hide()
        self._by, self._visit_left_s, self._silence_left_s = "", 0.0, 0.0
        self._silence_row = _CountdownRow(self.tr("Sound on"))
        self.silence, self.sound_on = self._silence_row.words, self._silence_row.button
        self.sound_on.clicked.connect(lambda: self.menu.silenced.emit(0))
        self._visit_row = _CountdownRow(self.tr("Visit over"))
        self.visit, self.visit_over = self._visit_row.words, self._visit_row.button
        self.visit_over.clicked.connect(lambda: self.menu.visit_wanted.emit(False))
        self._lay_out()
        theme.changed.connect(self._colour)
        self._colour()
        self.show_look(nothing_open())

    def _lay_out(self) -> None:
        header = QHBoxLayout()
        header.setSpacing(_HEADER_GAP_PX)
        header.addWidget(self.name, 1)
        header.addWidget(self.chip)
        header.addWidget(self.menu_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(header)
        layout.addWidget(self._visit_row)
        layout.addWidget(self._silence_row)
        layout.addWidget(self.video, 1)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.freshness, 1)
        foot.addWidget(self.busy)
        layout.addWidget(self._foot)
        self.setMinimumSize(120, 76)

    def open(self, choice: SourceChoice) -> None:
        """Make ready for another source: its name, and nothing of the old image."""
        self._set_name(choice.name)
        self.menu.set_configured(choice.camera is not None)
        self.follow(choice)
        self.menu_button.show()
        self.video.clear()
        self._status = None
        self.freshness.clear()

    def follow(self, choice: SourceChoice) -> None:
        """Take on the room's own settings, such as its zones; what is shown stays."""
        if choice.camera is not None:
            self.menu.set_privacy(choice.camera.privacy)
        self.video.set_zones(() if choice.camera is None else zones_of(choice.camera))

    def show_analysis(self, analysis: Analysis) -> None:
        """Show a judged frame."""
        self.video.set_analysis(analysis)

    def show_status(self, status: MonitorStatus) -> StateLook:
        """Show how the monitor is doing; returns what is shown."""
        look = look_of(status)
        if self._by:
            look = visited(look, self._by)
        self.show_look(look)
        self._status = status if look.live else None
        self._show_freshness()
        return look

    def show_stopped(self) -> None:
        """Show that somebody stopped it."""
        self.show_look(stopped_by_hand())
        self._status = None
        self.freshness.clear()

    def show_pause(self, left_s: float, by: str) -> None:
        """Show for how long the room is paused, and by whom; 0 if it is not."""
        is_paused = left_s > 0
        # While it is being stopped or started, the monitor says how far that is.
        settled = not (self._look.busy or self._look.live)
        if is_paused and settled:
            self.show_look(paused(clip_clock(math.ceil(left_s)), by))
        elif self._is_paused and settled:
            self.show_stopped()
        self._is_paused = is_paused

    def show_visit(self, left_s: float, by: str) -> None:
        """Show for how long the room's alarms are paused at most, and who is there; 0 if not."""
        is_visited = left_s > 0
        self._by, self._visit_left_s = by if is_visited else "", left_s
        self._visit_row.setVisible(is_visited)
        self.menu.set_visited(is_visited)
        if is_visited:
            self._say_visit()
            self.visit.setToolTip(tip(self.tr("In the room: {0}").format(by)))
            name = self.tr("The visit to {0} is over").format(self.name.text())
            self.visit_over.setAccessibleName(name)

    @property
    def look(self) -> StateLook:
        """The state that is shown."""
        return self._look

    def show_look(self, look: StateLook) -> None:
        """Show a state in all places at once."""
        self._look = look
        self.chip.set_look(look)
        self.video.set_look(look)
        self.busy.setVisible(look.busy)
        self._fit_state()

    def _fit_state(self) -> None:
        name_px = self.name.fontMetrics().horizontalAdvance(self.name.text())
        others_px = self.menu_button.sizeHint().width() + 2 * _HEADER_GAP_PX
        fits = name_px + self.chip.full_px + others_px <= self.width()
        self.chip.set_short(not fits and self.width() < _ROOM_FOR_STATE_PX)
        self._show_freshness()

    def show_alarms(self, alarms: Sequence[Alarm]) -> None:
        """Show what waits for an answer in this room, most urgent first; nothing if empty."""
        self.video.set_alarm(alarms[0] if alarms else None)

    def show_silence(self, left_s: float) -> None:
        """Show for how long the room's alarms make no sound; 0 if they do."""
        silenced, self._silence_left_s = left_s > 0, left_s
        self._silence_row.setVisible(silenced)
        self.menu.set_silenced(silenced)
        if silenced:
            self._say_silence()
            name = self.tr("Alarm sound of {0} on again").format(self.name.text())
            self.sound_on.setAccessibleName(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._foot.setVisible(self.height() >= _HIGH_PX)
        self._fit_state()
        self._say_visit()
        self._say_silence()

    def _say_silence(self) -> None:
        full, short = self.tr("No alarm sound here for {0}"), self.tr("No sound: {0}")
        self._silence_row.say((full, short, "{0}"), self._silence_left_s, self.width())

    def _say_visit(self) -> None:
        full, short = self.tr("Care visit, alarms paused: {0}"), self.tr("Visit: {0}")
        self._visit_row.say((full, short, "{0}"), self._visit_left_s, self.width())

    def _set_name(self, name: str) -> None:
        self.name.setText(name)
        self._fit_state()
        self.name.setToolTip(tip(name))
        self.video.set_room(name)
        self.menu_button.setAccessibleName(self.tr("What to do with {0}").format(name))
        self.menu_button.setToolTip(tip(self.menu_button.accessibleName()))

    def _show_freshness(self) -> None:
        if self._status is None:
            self.freshness.clear()
            return
        fps, age_s = self._status.analysed_fps, self._status.last_analysed_age_s or 0.0
        words = self.tr("Last image looked at {0} s ago")
        if self.width() < _WIDE_PX:
            words = self.tr("{0} s ago")
        said = words.format(number(age_s, 1))
        if self.chip.is_short:
            both, state = f"{self.chip.text} · {said}", self.chip.text
            said = _widest_that_fits(self.freshness, (both, state), self.width())
        self.freshness.setText(said)
        self.freshness.setToolTip(self.tr("Frames analysed each second: {0}").format(number(fps)))

    def _colour(self) -> None:
        set_ink(self.freshness, self._theme.palette.muted.ink)
        for row in (self._silence_row, self._visit_row):
            set_ink(row.words, self._theme.palette.window.ink)
        self.menu_button.setIcon(icon("menu", self._theme.palette.window.ink))


def _widest_that_fits(label: QLabel, texts: Sequence[str], room_px: int) -> str:
    """The first text that fits; the last one if none does."""
    metrics = label.fontMetrics()
    return next((each for each in texts if metrics.horizontalAdvance(each) <= room_px), texts[-1])


class _CountdownRow(QWidget):
    """A line that counts down, and a button that ends it early; hidden at first."""

    def __init__(self, ends: str) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setMinimumWidth(1)
        self.button = QPushButton(ends)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)
        self._gap_px = max(0, row.spacing())
        self.hide()

    def say(self, wordings: Sequence[str], left_s: float, width_px: int) -> None:
        """Say how much time is left, by the first of the wordings that has room."""
        time = clip_clock(math.ceil(left_s))
        room_px = width_px - self.button.sizeHint().width() - self._gap_px
        texts = [wording.format(time) for wording in wordings]
        self.words.setText(_widest_that_fits(self.words, texts, room_px))


class _ElidedLabel(QLabel):
    """A label that shortens a long name in the middle instead of widening the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(60)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, self.width()
        )
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()
