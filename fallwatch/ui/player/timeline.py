"""The line below a clip: the evidence over time, the alarms, and where one is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from fallwatch.recording.evidence_track import Point
from fallwatch.ui.player.marks import PlayerMarks
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.times import clip_clock
from fallwatch.ui.video.strip_legend import P_FALL_STROKE, SCORE_STROKE, THRESHOLD_STROKE

#: What an arrow key moves.
KEY_STEP_S = 1.0

_MARGIN = 12.0


class PlayerTimeline(QWidget):
    """Shows the evidence; a click, a drag or an arrow key goes to another place.

    Signals:
        wanted: Time in the clip, in seconds, that somebody wants to see.
    """

    wanted = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._marks = PlayerMarks()
        self._duration_s = 0.0
        self._time_s = 0.0
        self._has_curves = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Timeline"))
        self.setToolTip(self.tr("Click or use the arrow keys to go to another place."))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(400, self.fontMetrics().height() * (6 if self._has_curves else 3))

    def show_marks(self, marks: PlayerMarks) -> None:
        """Show what is known about the clip."""
        self._marks = marks
        self.update()

    def show_curves(self, shown: bool) -> None:
        """Show the evidence over time, or the alarms alone."""
        self._has_curves = shown
        self.updateGeometry()
        self.update()

    def set_duration(self, duration_s: float) -> None:
        """Length of the clip."""
        self._duration_s = duration_s
        self.update()

    def set_time(self, time_s: float) -> None:
        """Where one is."""
        self._time_s = time_s
        self.setAccessibleDescription(clip_clock(time_s))
        self.update()

    @property
    def length_s(self) -> float:
        """What the width stands for."""
        return max(self._duration_s, self._marks.end_s, 0.001)

    def x_of(self, time_s: float) -> float:
        """Where a time lies."""
        return _MARGIN + (self.width() - 2 * _MARGIN) * time_s / self.length_s

    def time_at(self, x: float) -> float:
        """Which time lies there; within the clip."""
        share = (x - _MARGIN) / max(1.0, self.width() - 2 * _MARGIN)
        return min(max(share, 0.0), 1.0) * self.length_s

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.wanted.emit(self.time_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.wanted.emit(self.time_at(event.position().x()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        places = {
            Qt.Key.Key_Left: self._time_s - KEY_STEP_S,
            Qt.Key.Key_Right: self._time_s + KEY_STEP_S,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: self.length_s,
        }
        place = places.get(Qt.Key(event.key()))
        if place is None:
            super().keyPressEvent(event)
        else:
            self.wanted.emit(min(max(place, 0.0), self.length_s))

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        border = colours.accent.paper if self.hasFocus() else colours.border
        painter.setPen(QPen(QColor(border), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(colours.surface.paper))
        painter.drawRoundedRect(frame, 6, 6)
        self._paint_falls(painter)
        if self._has_curves:
            self._paint_curves(painter)
        self._paint_alarms(painter)
        painter.setPen(QPen(QColor(colours.surface.ink), 2))
        x = self.x_of(self._time_s)
        painter.drawLine(QPointF(x, 3), QPointF(x, self.height() - 3))
        painter.end()

    def _paint_curves(self, painter: QPainter) -> None:
        colours = self._theme.palette
        for stroke, colour, values in (
            (P_FALL_STROKE, colours.plot_p_fall.ink, 1),
            (SCORE_STROKE, colours.plot_score.ink, 2),
        ):
            painter.setPen(QPen(QColor(colour), 2, stroke))
            for run in self._marks.runs():
                painter.drawPolyline(QPolygonF([self._place(p, p[values]) for p in run]))
        if self._marks.threshold is not None:
            painter.setPen(QPen(QColor(colours.plot_threshold.ink), 1.5, THRESHOLD_STROKE))
            y = self._y(self._marks.threshold)
            painter.drawLine(QPointF(_MARGIN, y), QPointF(self.width() - _MARGIN, y))

    def _paint_falls(self, painter: QPainter) -> None:
        """Annotated falls: a bar with a word, behind the curves."""
        colours = self._theme.palette
        for start_s, end_s in self._marks.falls_s:
            left, right = self.x_of(start_s), self.x_of(end_s)
            bar = QRectF(left, 3, max(3.0, right - left), self.height() - 6)
            painter.fillRect(bar, QColor(colours.neutral.paper))
            painter.setPen(QColor(colours.neutral.ink))
            words = self.tr("annotated fall")
            width = self.fontMetrics().horizontalAdvance(words)
            x = right + 4 if right + 4 + width < self.width() else left - 4 - width
            painter.drawText(QPointF(x, self.height() - 8.0), words)

    def _paint_alarms(self, painter: QPainter) -> None:
        """Alarms: a line with a flag and a word, above the curves."""
        colours = self._theme.palette
        metrics = self.fontMetrics()
        for mark in self._marks.alarms:
            x = self.x_of(mark.time_s)
            painter.setPen(QPen(QColor(colours.alarm.paper), 2))
            painter.drawLine(QPointF(x, 3), QPointF(x, self.height() - 3))
            width = metrics.horizontalAdvance(mark.words) + 10
            left = min(x, self.width() - width - 2.0)
            flag = QRectF(left, 3, width, metrics.height() + 2)
            painter.fillRect(flag, QColor(colours.alarm.paper))
            painter.setPen(QColor(colours.alarm.ink))
            painter.drawText(flag, int(Qt.AlignmentFlag.AlignCenter), mark.words)

    def _place(self, point: Point, value: float) -> QPointF:
        return QPointF(self.x_of(point.time_s), self._y(value))

    def _y(self, value: float) -> float:
        top, bottom = self.fontMetrics().height() + 8.0, self.height() - 6.0
        return bottom - (bottom - top) * value
