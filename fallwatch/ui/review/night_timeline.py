"""The night of all rooms: a bar for each, with its events on it."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm
from fallwatch.pipeline.health.occupancy import MINUTES_A_DAY, Minute
from fallwatch.runtime.review.event_figures import is_about_people
from fallwatch.runtime.review.night_review import WORDS, Night
from fallwatch.ui.style.palette import LIGHT, Palette
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.translate import translate

_HOURS = 3
_ROW_LINES = 1.9
_REACH_PX = 8.0


class NightTimeline(QWidget):
    """Shows a night; a click on an event chooses it.

    Signals:
        chosen: Id of the event.
    """

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, on_paper: bool = False
    ) -> None:
        """Show nothing yet.

        Args:
            theme: Colours.
            parent: Its owner.
            on_paper: Whether it is printed: then it is light, whatever the window is.
        """
        super().__init__(parent)
        self._theme, self._on_paper = theme, on_paper
        self._night: Night | None = None
        self._event_id = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("The night of each room"))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        rows = 1 if self._night is None else max(1, len(self._night.rooms))
        # A line for the hours above, one for the legend below.
        return QSize(500, round(self._line * (rows * _ROW_LINES + 3.2)))

    def show_night(self, night: Night) -> None:
        """Show another night."""
        self._night = night
        self.setAccessibleDescription("; ".join(night.rooms))
        self.updateGeometry()
        self.update()

    def show_event(self, event_id: str) -> None:
        """Mark one event."""
        self._event_id = event_id
        self.update()

    def place_of(self, alarm: Alarm) -> QPointF:
        """Where an event lies; an empty place where its room has no bar."""
        night = self._night
        if night is None or alarm.camera not in night.rooms:
            return QPointF()
        row = list(night.rooms).index(alarm.camera)
        minutes = (parse_utc(alarm.started_utc) - night.begin) / timedelta(minutes=1)
        bar = self._bar(row)
        return QPointF(bar.left() + bar.width() * minutes / MINUTES_A_DAY, bar.center().y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._night is None:
            return
        for alarm in self._night.alarms:
            away = self.place_of(alarm) - event.position()
            if is_about_people(alarm) and away.manhattanLength() <= 2 * _REACH_PX:
                self.chosen.emit(alarm.event_id)
                return

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = LIGHT if self._on_paper else self._theme.palette
        if self._night is not None:
            self._paint_hours(painter, colours, self._night)
            for row, room in enumerate(self._night.rooms):
                self._paint_room(painter, colours, self._night, row, room)
            for alarm in self._night.alarms:
                self._paint_event(painter, colours, alarm)
            self._paint_legend(painter, colours, len(self._night.rooms))
        painter.end()

    @property
    def _line(self) -> float:
        return float(QFontMetrics(self.font()).height())

    @property
    def _left(self) -> float:
        return min(160.0, self.width() * 0.25)

    def _bar(self, row: int) -> QRectF:
        top = self._line * (1.4 + row * _ROW_LINES)
        return QRectF(self._left, top, self.width() - self._left - 12, self._line * 1.3)

    def _paint_hours(self, painter: QPainter, colours: Palette, night: Night) -> None:
        bar = self._bar(0)
        painter.setPen(QColor(colours.muted.ink))
        for hour in range(0, 25, _HOURS):
            x = bar.left() + bar.width() * hour / 24
            words = f"{(night.begin.hour + hour) % 24}"
            place = QRectF(x - 30, 0, 60, self._line)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_room(
        self, painter: QPainter, colours: Palette, night: Night, row: int, room: str
    ) -> None:
        bar = self._bar(row)
        painter.setPen(QColor(colours.window.ink))
        name = QRectF(0, bar.top(), self._left - 8, bar.height())
        elided = QFontMetrics(self.font()).elidedText(
            room, Qt.TextElideMode.ElideMiddle, round(name.width())
        )
        painter.drawText(name, int(Qt.AlignmentFlag.AlignVCenter), elided)
        for span in night.spans(room):
            left = bar.left() + bar.width() * span.begin_min / MINUTES_A_DAY
            right = bar.left() + bar.width() * span.end_min / MINUTES_A_DAY
            painter.fillRect(
                QRectF(left, bar.top(), right - left, bar.height()), _colour(colours, span.minute)
            )
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)

    def _paint_event(self, painter: QPainter, colours: Palette, alarm: Alarm) -> None:
        place = self.place_of(alarm)
        if place.isNull() or not is_about_people(alarm):
            return
        painter.setPen(QPen(QColor(colours.window.ink), 3 if self._is_shown(alarm) else 1))
        painter.setBrush(QColor(colours.alarm.paper))
        painter.drawEllipse(place, _REACH_PX - 1, _REACH_PX - 1)

    def _is_shown(self, alarm: Alarm) -> bool:
        return alarm.event_id == self._event_id

    def _paint_legend(self, painter: QPainter, colours: Palette, rows: int) -> None:
        x, y = 0.0, self._line * (1.6 + rows * _ROW_LINES)
        metrics = QFontMetrics(self.font())
        for minute in (Minute.WATCHED, Minute.PERSON, Minute.LYING, Minute.FAULT, Minute.PAUSED):
            words = translate(WORDS[minute])
            width = metrics.horizontalAdvance(words)
            if x + width + 24 > self.width():
                break
            square = QRectF(x, y + self._line * 0.15, self._line * 0.7, self._line * 0.7)
            painter.fillRect(square, _colour(colours, minute))
            painter.setPen(QPen(QColor(colours.border), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(square)
            painter.setPen(QColor(colours.window.ink))
            painter.drawText(
                QRectF(x + self._line, y, width + 4, self._line),
                int(Qt.AlignmentFlag.AlignVCenter),
                words,
            )
            x += width + 2.2 * self._line


def _colour(colours: Palette, minute: Minute) -> QColor:
    return QColor(
        {
            Minute.UNKNOWN: colours.window.paper,
            Minute.WATCHED: colours.calm.paper,
            Minute.PAUSED: colours.border,
            Minute.FAULT: colours.error.ink,
            Minute.PERSON: colours.accent.paper,
            Minute.LYING: colours.watch.ink,
        }[minute]
    )
