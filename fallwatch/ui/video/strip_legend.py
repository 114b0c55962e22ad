"""The legend of the strip: which stroke is which."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from fallwatch.ui.style.palette import Palette
from fallwatch.ui.style.theme import Theme, scale_font

#: The strokes differ in more than colour.
P_FALL_STROKE = Qt.PenStyle.DashLine
SCORE_STROKE = Qt.PenStyle.SolidLine
THRESHOLD_STROKE = Qt.PenStyle.DotLine


class StripLegend(QWidget):
    """A heading, and a sample of each stroke with its name."""

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, *, heading: str | None = None
    ) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Last minute") if heading is None else heading)
        scale_font(title, 1.0, bold=True)
        self._strokes: dict[str, tuple[QWidget, QWidget]] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(title)
        layout.addStretch(1)
        for name, stroke, words in (
            ("plot_p_fall", P_FALL_STROKE, self.tr("Each frame alone")),
            ("plot_score", SCORE_STROKE, self.tr("All signs together")),
            ("plot_threshold", THRESHOLD_STROKE, self.tr("Alarm above this")),
        ):
            layout.addSpacing(12)
            self._strokes[name] = (_Sample(theme, name, stroke), QLabel(words))
            for widget in self._strokes[name]:
                layout.addWidget(widget)

    def show_threshold(self, shown: bool) -> None:
        """Name the line of the threshold only where one is drawn."""
        for widget in self._strokes["plot_threshold"]:
            widget.setVisible(shown)


class _Sample(QWidget):
    """A short piece of a stroke, in one of the palette's colours."""

    def __init__(self, theme: Theme, colour: str, stroke: Qt.PenStyle) -> None:
        super().__init__()
        self._theme, self._colour, self._stroke = theme, colour, stroke
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(30, 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        palette: Palette = self._theme.palette
        painter = QPainter(self)
        painter.setPen(QPen(QColor(getattr(palette, self._colour).ink), 2, self._stroke))
        middle = self.height() / 2
        painter.drawLine(QLineF(0, middle, self.width(), middle))
        painter.end()
