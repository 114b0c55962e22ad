"""The banner across the window while an alarm waits for an answer."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from PySide6.QtCore import QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.priority import is_technical
from fallwatch.core.types import Alarm, Analysis, Priority
from fallwatch.ui.alarm.hold_key import ACKNOWLEDGE_KEY, HoldBar, HoldKey
from fallwatch.ui.style.icons import icon, icon_pixmap, set_button_icon
from fallwatch.ui.style.palette import Pair
from fallwatch.ui.style.theme import Theme, scale_font, set_ink
from fallwatch.ui.text.plain_text import breakable
from fallwatch.ui.text.times import local_now
from fallwatch.ui.text.words import headline, since, why
from fallwatch.ui.video.moment import moment_image

#: Half a period: one gentle change of shade a second, far below the 3 Hz that can do harm.
FLASH_MS = 500

FALSE_ALARM_KEY = "Shift+F2"

#: Largest size of the image of the moment; images of older alarms are forgotten.
IMAGE = QSize(176, 132)
_MAX_IMAGES = 20

#: A narrower banner, in heights of a line, gives its place to the words and buttons: without the
#: symbol, then without the image.
_ROOM_FOR_SYMBOL = 64
_ROOM_FOR_IMAGE = 60

#: How large the headline is to the other letters, and how small it may become for a long word.
_HEADLINE, _LEAST_HEADLINE = 1.9, 1.2

#: When another alarm takes the banner by itself, the button waits this long: who was about to
#: answer the one before must not answer the new one unread.
READ_FIRST_MS = 700


class AlarmBanner(QWidget):
    """Shows the alarms nobody has answered, one at a time, the most urgent first.

    Signals:
        acknowledged: Somebody answered the alarm with this ``event_id``.
        false_alarm: Somebody answered it, and says that it was none.
        raised: An alarm that was not there before has come.
        changed: Another alarm is shown, or the same otherwise.
    """

    acknowledged = Signal(str)
    false_alarm = Signal(str)
    raised = Signal()
    changed = Signal()

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        now: Callable[[], datetime] = local_now,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._now = now
        self._alarms: tuple[Alarm, ...] = ()
        self._shown_id = ""
        self._asked: set[str] = set()
        self._images: dict[str, QImage] = {}
        self._stored: Callable[[str], QImage | None] = lambda event_id: None
        self._dim = False
        self._build()
        self._flash = QTimer(self)
        self._flash.setInterval(FLASH_MS)
        self._flash.timeout.connect(self._tick)
        self._read_first = QTimer(self)
        self._read_first.setInterval(READ_FIRST_MS)
        self._read_first.setSingleShot(True)
        self._read_first.timeout.connect(self._refresh)
        theme.changed.connect(self._refresh)
        hold = HoldKey(lambda: self.waiting, self)
        hold.progressed.connect(self.hold.show_progress)
        self.hold.pressed.connect(hold.begin)
        self.hold.released.connect(hold.end)
        hold.completed.connect(self.acknowledge_all)
        self.hide()

    @property
    def shown(self) -> Alarm | None:
        """The alarm on the banner; None if nothing waits for an answer."""
        return next((a for a in self._alarms if a.event_id == self._shown_id), None)

    @property
    def colours(self) -> Pair:
        """Its colours now: red as long as any urgent alarm waits, whichever is being read."""
        return self._pair(dim=False)

    @property
    def can_answer(self) -> bool:
        """Whether the alarm that is shown can be answered now."""
        return self.shown is not None and self._button.isEnabled()

    def show_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        """Show what is open, most urgent first; alarms already answered are left out.

        A new alarm that is the most urgent takes the banner; otherwise the one being read stays.
        """
        waiting = tuple(alarm for alarm in alarms if is_unacknowledged(alarm))
        known = {alarm.event_id for alarm in self._alarms}
        fresh = [alarm for alarm in waiting if alarm.event_id not in known]
        self._alarms = waiting
        self._asked &= {alarm.event_id for alarm in waiting}
        if waiting and (self.shown is None or waiting[0] in fresh):
            self._shown_id = waiting[0].event_id
            if known:
                self._read_first.start()
        # Seen and told first: words that fail must not keep the banner from being there.
        self.setVisible(bool(waiting))
        if waiting and not self._flash.isActive():
            self._flash.start()
        if not waiting:
            self._flash.stop()
        try:
            self._refresh()
        finally:
            if fresh:
                self.raised.emit()

    def acknowledge(self) -> None:
        """Answer the alarm that is shown."""
        self._answer(self.acknowledged)

    def call_false(self) -> None:
        """Answer the alarm that is shown: it was none. Only for alarms about people."""
        if not self._false.isHidden():
            self._answer(self.false_alarm)

    def show_image(self, event_id: str, analysis: Analysis) -> None:
        """Show the moment of an alarm; it may come before the alarm itself."""
        size = IMAGE * self.devicePixelRatioF()
        self._images[event_id] = moment_image(analysis, size)
        while len(self._images) > _MAX_IMAGES:
            del self._images[next(iter(self._images))]
        self._refresh()

    def set_stored(self, stored: Callable[[str], QImage | None]) -> None:
        """Where snapshots of an earlier run come from, by event id; it must not wait."""
        self._stored = stored

    def stored_changed(self, event_id: str) -> None:
        """The stored snapshot of an event is there now."""
        if event_id == self._shown_id:
            self._refresh()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Ids of the alarms that wait for an answer and have got none."""
        return tuple(a.event_id for a in self._alarms if a.event_id not in self._asked)

    def acknowledge_all(self, event_ids: Collection[str]) -> None:
        """Answer these alarms; one that came meanwhile is not among them and stays."""
        for event_id in self.waiting:
            if event_id in event_ids:
                self._asked.add(event_id)
                self.acknowledged.emit(event_id)
        self._refresh()

    def acknowledge_failed(self, event_id: str) -> None:
        """The answer could not be recorded: offer the button again."""
        self._asked.discard(event_id)
        self._refresh()

    def _answer(self, signal: SignalInstance) -> None:
        alarm = self.shown
        if alarm is not None and self._button.isEnabled():
            self._asked.add(alarm.event_id)
            self._refresh()
            signal.emit(alarm.event_id)

    def _build(self) -> None:
        self._symbol, self.image = QLabel(), QLabel()
        self._headline, self._since, self._why = QLabel(), QLabel(), QLabel()
        scale_font(self._headline, _HEADLINE, bold=True)
        scale_font(self._since, 1.2)
        scale_font(self._why, 1.05)
        for label in (self._headline, self._since, self._why):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            # A long name of a room must not push the buttons off the screen.
            label.setMinimumWidth(120)
        self._button = QPushButton()
        scale_font(self._button, 1.5, bold=True)
        self._button.setMinimumHeight(64)
        self._button.setCursor(Qt.CursorShape.PointingHandCursor)
        self._button.clicked.connect(self.acknowledge)
        self._false = QPushButton(self.tr("False alarm"))
        self._false.setToolTip(
            self.tr("Acknowledge it, and record that nobody had fallen ({0})").format(
                FALSE_ALARM_KEY
            )
        )
        self._false.clicked.connect(self.call_false)
        self._back = self._arrow(self.tr("Previous alarm"), -1)
        self._forward = self._arrow(self.tr("Next alarm"), 1)
        self._place = QLabel()
        scale_font(self._place, 1.2, bold=True)

        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        for label in (self._headline, self._since, self._why):
            words.addWidget(label)
        words.addStretch(1)
        self._turn = QWidget()
        turn = QHBoxLayout(self._turn)
        turn.setContentsMargins(0, 0, 0, 0)
        for widget in (self._back, self._place, self._forward):
            turn.addWidget(widget)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(20)
        answers = QVBoxLayout()
        answers.setSpacing(8)
        answers.addStretch(1)
        answers.addWidget(self._button)
        below = QHBoxLayout()
        below.addWidget(self._false, 1)
        below.addWidget(self._turn)
        answers.addLayout(below)
        self.hold = HoldBar()
        answers.addWidget(self.hold)
        answers.addStretch(1)
        layout.addWidget(self._symbol)
        layout.addWidget(self.image)
        layout.addLayout(words, 1)
        layout.addLayout(answers)
        self.setMinimumWidth(460)

    def _arrow(self, name: str, step: int) -> QPushButton:
        button = QPushButton()
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFixedSize(40, 40)
        button.clicked.connect(lambda: self._turn_by(step))
        return button

    def _turn_by(self, step: int) -> None:
        ids = [alarm.event_id for alarm in self._alarms]
        if self._shown_id in ids:
            self._shown_id = ids[(ids.index(self._shown_id) + step) % len(ids)]
            self._refresh()

    def _tick(self) -> None:
        self._dim = not self._dim
        alarm = self.shown
        if alarm is not None:
            self._since.setText(since(alarm, self._now()))
        self.update()

    def _refresh(self) -> None:
        alarm = self.shown
        if alarm is not None:
            self._show(alarm)
        self.changed.emit()

    def _show(self, alarm: Alarm) -> None:
        self._headline.setText(breakable(headline(alarm)))
        self._since.setText(since(alarm, self._now()))
        self._why.setText(breakable(why(alarm)))
        self._why.setVisible(bool(alarm.evidence))
        several = len(self._alarms) > 1
        self._turn.setVisible(several)
        self.hold.show_count(len(self._alarms))
        if several:
            place = [a.event_id for a in self._alarms].index(alarm.event_id) + 1
            self._place.setText(self.tr("{0} of {1}").format(place, len(self._alarms)))
        asked = alarm.event_id in self._asked
        self._button.setEnabled(not asked and not self._read_first.isActive())
        self._false.setVisible(not is_technical(alarm.kind))
        self._false.setEnabled(self._button.isEnabled())
        self._false.setAccessibleName(self.tr("False alarm: {0}").format(headline(alarm)))
        self._show_moment(alarm)
        self._fit_headline()
        words = self.tr("Recording…") if asked else self.tr("Acknowledge")
        self._button.setText(words if asked else f"{words}  ({ACKNOWLEDGE_KEY})")
        self._button.setAccessibleName(self.tr("Acknowledge: {0}").format(headline(alarm)))
        self.setAccessibleName(self.tr("Alarm: {0}. {1}").format(headline(alarm), why(alarm)))
        self._colour()

    def _show_moment(self, alarm: Alarm) -> None:
        image = self._images.get(alarm.event_id) or self._stored(alarm.event_id)
        lines = self.width() / max(1, self.fontMetrics().height())
        self._symbol.setVisible(lines >= _ROOM_FOR_SYMBOL)
        self.image.setVisible(image is not None and lines >= _ROOM_FOR_IMAGE)
        if image is not None:
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(self.devicePixelRatioF())
            self.image.setPixmap(pixmap)
            self.image.setAccessibleName(self.tr("Image of the moment"))

    def _colour(self) -> None:
        pair = self.colours
        for label in (self._headline, self._since, self._why, self._place):
            set_ink(label, pair.ink)
        self.hold.set_colours(pair)
        self._symbol.setPixmap(
            icon_pixmap("alarm", 64, pair.ink, pair.paper, device_ratio=self.devicePixelRatioF())
        )
        style = (
            "QPushButton {{ color: {0}; background: {1}; border: 3px solid {1};"
            " border-radius: 10px; padding: {2}; }}"
            "QPushButton:hover, QPushButton:focus {{ border-color: {0}; }}"
        )
        self._button.setStyleSheet(style.format(pair.paper, pair.ink, "8px 26px"))
        set_button_icon(self._button, "acknowledge", pair.paper)
        outline = (
            "QPushButton {{ color: {1}; background: transparent; border: 2px solid {1};"
            " border-radius: 8px; padding: 5px 18px; }}"
            "QPushButton:hover, QPushButton:focus {{ color: {0}; background: {1}; }}"
        )
        self._false.setStyleSheet(outline.format(pair.paper, pair.ink))
        for arrow, name in ((self._back, "previous"), (self._forward, "next")):
            arrow.setStyleSheet(style.format(pair.paper, pair.ink, "0px"))
            arrow.setIcon(icon(name, pair.paper))
        self.update()

    def _pair(self, *, dim: bool) -> Pair:
        colours = self._theme.palette
        if any(alarm.priority is Priority.HIGH for alarm in self._alarms):
            return colours.alarm_dim if dim else colours.alarm
        return colours.notice_dim if dim else colours.notice

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        alarm = self.shown
        if alarm is not None:
            self._show_moment(alarm)
            self._fit_headline()

    def _fit_headline(self) -> None:
        """Where it happened is read in full: one long word makes the letters smaller."""
        layout = self.layout()
        if layout is None:
            return
        layout.activate()
        words = self._headline.text().replace("\u200b", " ").split()
        factor = _HEADLINE
        scale_font(self._headline, factor, bold=True)
        while factor > _LEAST_HEADLINE and any(
            self._headline.fontMetrics().horizontalAdvance(word) > self._headline.width()
            for word in words
        ):
            factor -= 0.1
            scale_font(self._headline, factor, bold=True)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._pair(dim=self._dim).paper))
        painter.end()
