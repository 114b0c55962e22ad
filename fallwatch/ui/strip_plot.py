"""The strip below the picture: how sure the classifier and the decision were lately."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from fallwatch.core.types import Analysis
from fallwatch.ui.history import SPAN_S, History
from fallwatch.ui.strip_legend import (
    P_FALL_STROKE,
    SCORE_STROKE,
    THRESHOLD_STROKE,
    StripLegend,
)
from fallwatch.ui.theme import Theme, set_ink

#: Five times a second looks live and costs little.
REFRESH_MS = 200

#: From being shown to being loaded.
LOAD_AFTER_MS = 150


class StripPlot(QWidget):
    """Plots the last minute. pyqtgraph is slow to import, so ``load`` comes when it is seen."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._history = History()
        self._dirty = False
        self._threshold: float | None = None
        self._plot: Any = None
        self.setObjectName("card")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(self.fontMetrics().height() * 11)
        self.setAccessibleName(self.tr("Evidence for a fall during the last minute"))
        self._waiting = QLabel(self.tr("Preparing the plot…"))
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(6, 6, 10, 2)
        self._layout.setSpacing(0)
        self._layout.addWidget(StripLegend(theme))
        self._layout.addWidget(self._waiting, 1)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        theme.changed.connect(self._colour)

    @property
    def is_loaded(self) -> bool:
        """True once the plot is there."""
        return self._plot is not None

    def load(self) -> None:
        """Import pyqtgraph and build the plot."""
        if self._plot is not None:
            return
        import pyqtgraph as pg

        self._pg = pg
        self._plot = pg.PlotWidget()
        self._plot.setAntialiasing(True)
        # The numbers are for reading, not for dragging about.
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setXRange(-SPAN_S, 0, padding=0.03)
        self._plot.setYRange(0, 1, padding=0.08)
        self._plot.getAxis("left").setTicks([[(0, "0"), (0.5, "0.5"), (1, "1")]])
        self._plot.getAxis("bottom").setTicks([_time_ticks()])
        self._p_fall = self._plot.plot(connect="finite")
        self._score = self._plot.plot(connect="finite")
        self._line = pg.InfiniteLine(angle=0)
        self._plot.addItem(self._line)
        self._colour()
        self.set_threshold(self._threshold)
        self._layout.replaceWidget(self._waiting, self._plot)
        self._waiting.hide()
        self._timer.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # pyqtgraph takes some tenths of a second to import: not in the moment of the first
        # paint, and not at all while several rooms are seen and the strip is not.
        QTimer.singleShot(LOAD_AFTER_MS, self, self.load)

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
        self._threshold = threshold
        if self._plot is not None:
            self._line.setVisible(threshold is not None)
            self._line.setValue(threshold or 0.0)

    def refresh(self) -> None:
        """Draw what came since last time; done by itself while it is seen."""
        if not self._dirty or self.isHidden():
            return
        self._dirty = False
        seconds, p_fall, score = self._history.curves()
        self._p_fall.setData(seconds, p_fall)
        self._score.setData(seconds, score)

    def _colour(self) -> None:
        colours = self._theme.palette
        set_ink(self._waiting, colours.muted_surface.ink)
        if self._plot is None:
            return
        pen = self._pg.mkPen
        self._plot.setBackground(colours.surface.paper)
        self._p_fall.setPen(pen(colours.plot_p_fall.ink, width=2, style=P_FALL_STROKE))
        self._score.setPen(pen(colours.plot_score.ink, width=2, style=SCORE_STROKE))
        self._line.setPen(pen(colours.plot_threshold.ink, width=1.5, style=THRESHOLD_STROKE))
        for side, words in (
            ("left", self.tr("Evidence")),
            ("bottom", self.tr("Before the newest picture")),
        ):
            axis = self._plot.getAxis(side)
            axis.setPen(colours.muted_surface.ink)
            axis.setTextPen(colours.muted_surface.ink)
            axis.setLabel(words, color=colours.muted_surface.ink)


def _time_ticks() -> list[tuple[float, str]]:
    """Places on the time axis and what is written there."""
    words = QCoreApplication.translate("StripPlot", "{0} s")
    now = QCoreApplication.translate("StripPlot", "now")
    return [(-float(s), words.format(s) if s else now) for s in range(0, int(SPAN_S) + 1, 10)]
