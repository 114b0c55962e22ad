"""The strip below the image: how sure the classifier and the decision were lately."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fallwatch.core.types import Analysis
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.numbers import number
from fallwatch.ui.video.history import SPAN_S, Curve, ScoreHistory
from fallwatch.ui.video.strip_legend import (
    P_FALL_STROKE,
    SCORE_STROKE,
    THRESHOLD_STROKE,
    StripLegend,
)

#: Five times a second looks live and costs little.
REFRESH_MS = 200

_TICK_S = 10
_GAP_PX = 6.0
_DASH_PX = 12.0


class StripPlot(QWidget):
    """A heading and the curves of the last minute, redrawn a few times a second."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._history = ScoreHistory()
        self._dirty = False
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(self.fontMetrics().height() * 7)
        self.setAccessibleName(self.tr("Evidence for a fall during the last minute"))
        self.curves = StripCurves(theme, self._history)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 10, 4)
        layout.setSpacing(0)
        layout.addWidget(StripLegend(theme))
        layout.addWidget(self.curves, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()

    def add(self, analysis: Analysis) -> None:
        """Take a verdict in; it shows at the next refresh."""
        self._history.add(analysis)
        self._dirty = True

    def clear(self) -> None:
        """Begin an empty minute."""
        self._history.clear()
        self._dirty = True

    def set_threshold(self, threshold: float | None) -> None:
        """Show from which decision score an alarm is raised; None hides the line."""
        self.curves.set_threshold(threshold)

    def refresh(self) -> None:
        """Draw what came since last time; done by itself while it is seen."""
        if self._dirty and not self.isHidden():
            self._dirty = False
            self.curves.update()


class StripCurves(QWidget):
    """The curves themselves, between an axis of evidence and one of time.

    Painted here: a library for plots took a quarter of a second to import, on the window's thread.
    """

    def __init__(self, theme: Theme, history: ScoreHistory) -> None:
        super().__init__()
        self._theme, self._history = theme, history
        self._threshold: float | None = None
        theme.changed.connect(self.update)

    def set_threshold(self, threshold: float | None) -> None:
        """Score of the dotted line; None hides it."""
        self._threshold = threshold
        self.update()

    @property
    def area(self) -> QRectF:
        """Where the curves are; the axes lie to the left and below."""
        metrics = self.fontMetrics()
        left = metrics.horizontalAdvance("0.5") + 2 * _GAP_PX
        below = 1.2 * metrics.height()
        edge = metrics.horizontalAdvance(_time_words(0)) / 2
        return QRectF(self.rect()).adjusted(left, _GAP_PX, -max(edge, _GAP_PX), -below)

    def point(self, seconds: float, value: float) -> QPointF:
        """Where a value lies.

        Args:
            seconds: 0 for the newest frame, less than 0 before it.
            value: 0 to 1.
        """
        area = self.area
        return QPointF(area.right() + area.width() * seconds / SPAN_S, area.bottom()) - QPointF(
            0, area.height() * value
        )

    def _places(self, seconds: Curve, values: Curve) -> tuple[Curve, Curve]:
        """Where many values lie, x and y: as `point` says of one."""
        area = self.area
        across = area.right() + area.width() / SPAN_S * seconds
        return across, area.bottom() - area.height() * values

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._theme.palette
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axes(painter, colours.muted_surface.ink, colours.border)
        seconds, p_fall, score = self._history.curves()
        for values, colour, stroke in (
            (p_fall, colours.plot_p_fall.ink, P_FALL_STROKE),
            (score, colours.plot_score.ink, SCORE_STROKE),
        ):
            painter.setPen(QPen(QColor(colour), 2, c=Qt.PenCapStyle.SquareCap))
            across, down = self._places(seconds, values)
            painter.drawLines(_lines(across, down, dashed=stroke is Qt.PenStyle.DashLine))
        if self._threshold is not None:
            painter.setPen(QPen(QColor(colours.plot_threshold.ink), 1.5, THRESHOLD_STROKE))
            painter.drawLine(self.point(-SPAN_S, self._threshold), self.point(0, self._threshold))
        painter.end()

    def _paint_axes(self, painter: QPainter, ink: str, border: str) -> None:
        metrics = self.fontMetrics()
        height = float(metrics.height())
        flags = int(Qt.AlignmentFlag.AlignCenter)
        for value, words in ((0.0, "0"), (0.5, number(0.5, 1)), (1.0, "1")):
            left, right = self.point(-SPAN_S, value), self.point(0, value)
            painter.setPen(QPen(QColor(border), 1))
            painter.drawLine(left, right)
            painter.setPen(QColor(ink))
            place = QRectF(0, left.y() - height / 2, left.x() - _GAP_PX, height)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignRight), words)
        below = self.area.bottom() + 3
        for before_s in range(0, round(SPAN_S) + 1, _TICK_S):
            words = _time_words(before_s)
            width = metrics.horizontalAdvance(words) + 2.0
            x = self.point(-before_s, 0).x()
            painter.drawText(QRectF(x - width / 2, below, width, height), flags, words)


def _lines(across: Curve, down: Curve, *, dashed: bool) -> list[QLineF]:
    """The pieces of a curve, each as a line of its own; none where a value is missing.

    Qt took fifteen times as long for the same curve as one line with joints and dashes.

    Args:
        across: x of each point, shape (n,).
        down: y of each point, shape (n,); NaN where a value is missing.
        dashed: Whether pieces are left out, at the same places of the axis each time.
    """
    if dashed and len(across):
        across, down = _cut_at_dashes(across, down)
    wanted = ~np.isnan(down[:-1]) & ~np.isnan(down[1:])
    if dashed:
        wanted &= (across[:-1] + across[1:]) / 2 % _DASH_PX < _DASH_PX / 2
    ends = np.column_stack((across[:-1], down[:-1], across[1:], down[1:]))[wanted]
    return [QLineF(*each) for each in ends.tolist()]


def _cut_at_dashes(across: Curve, down: Curve) -> tuple[Curve, Curve]:
    """The same curve with points where dashes begin and end.

    Of a quiet room there is one point a second, and a piece is as long as a dash: left out or drawn
    as a whole, it would blink while the curve moves on.
    """
    first, last = np.ceil(across[0] / _DASH_PX * 2), np.floor(across[-1] / _DASH_PX * 2)
    cuts = np.arange(first, last + 1) * (_DASH_PX / 2)
    places = np.union1d(across, cuts)
    return places, np.interp(places, across, down)


def _time_words(before_s: int) -> str:
    """What stands on the time axis."""
    if before_s == 0:
        return QCoreApplication.translate("StripPlot", "now")
    return QCoreApplication.translate("StripPlot", "{0} s").format(-before_s)
