"""The strip below the picture: how sure the classifier and the decision were lately."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from fallwatch.core.types import Analysis
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.numbers import number
from fallwatch.ui.video.history import SPAN_S, ScoreHistory
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
            seconds: 0 for the newest picture, less than 0 before it.
            value: 0 to 1.
        """
        area = self.area
        return QPointF(area.right() + area.width() * seconds / SPAN_S, area.bottom()) - QPointF(
            0, area.height() * value
        )

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
            painter.setPen(QPen(QColor(colour), 2, stroke))
            for run in _runs(seconds.tolist(), values.tolist()):
                painter.drawPolyline(QPolygonF([self.point(*place) for place in run]))
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


def _runs(seconds: list[float], values: list[float]) -> list[list[tuple[float, float]]]:
    """The points of a curve, cut into pieces where a value is missing."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for place in zip(seconds, values, strict=True):
        if place[1] != place[1]:  # not a number: a hole begins
            pieces.append([])
        else:
            pieces[-1].append(place)
    return [piece for piece in pieces if len(piece) > 1]


def _time_words(before_s: int) -> str:
    """What stands on the time axis."""
    if before_s == 0:
        return QCoreApplication.translate("StripPlot", "now")
    return QCoreApplication.translate("StripPlot", "{0} s").format(-before_s)
