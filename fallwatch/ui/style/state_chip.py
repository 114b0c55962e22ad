"""A room's state in words, by a shape and by a colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from fallwatch.runtime.views.state_look import StateLook, nothing_open
from fallwatch.ui.style.icons import paint_icon
from fallwatch.ui.style.palette import Pair
from fallwatch.ui.style.theme import Theme, scale_font
from fallwatch.ui.text.plain_text import tip
from fallwatch.ui.text.translate import translate


class StateChip(QWidget):
    """A small rounded label with an icon. Its text is ``text``."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._look = nothing_open()
        self._is_short = False
        scale_font(self, 1.05, bold=True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self._describe()

    @property
    def text(self) -> str:
        """The state in words, as it is shown."""
        return translate(self._look.title)

    def set_look(self, look: StateLook) -> None:
        """Show a state; nothing is painted while it stays the same."""
        if look != self._look:
            self._look = look
            self._describe()
            self.updateGeometry()
            self.update()

    def set_short(self, short: bool) -> None:
        """Show the icon alone, where there is no place for the words beside a name."""
        if short != self._is_short:
            self._is_short = short
            self.updateGeometry()
            self.update()

    @property
    def is_short(self) -> bool:
        """Whether it shows the icon alone."""
        return self._is_short

    @property
    def full_px(self) -> int:
        """How wide it is with its words."""
        metrics = self.fontMetrics()
        return metrics.horizontalAdvance(self.text) + metrics.height() + 30

    def sizeHint(self) -> QSize:
        height = self.fontMetrics().height() + 12
        return QSize(height + 6 if self._is_short else self.full_px, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        pair: Pair = getattr(self._theme.palette, self._look.mood)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(pair.paper))
        area = QRectF(self.rect())
        painter.drawRoundedRect(area, area.height() / 2, area.height() / 2)
        side = area.height() - 12
        paint_icon(painter, self._look.icon, QRectF(9, 6, side, side), pair.ink, pair.paper)
        painter.setPen(QColor(pair.ink))
        words = "" if self._is_short else self.text
        painter.drawText(
            area.adjusted(side + 15, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), words
        )
        painter.end()

    def _describe(self) -> None:
        self.setAccessibleName(self.tr("State: {0}").format(self.text))
        lines = dict.fromkeys((self.text, translate(self._look.detail)))
        self.setToolTip(tip("\n".join(filter(None, lines))))
