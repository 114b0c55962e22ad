"""One room on the screen: its name, state, picture, and how fresh the picture is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from fallwatch.core.types import Analysis
from fallwatch.pipeline.monitor import MonitorStatus
from fallwatch.ui.source_choice import SourceChoice
from fallwatch.ui.state_chip import StateChip
from fallwatch.ui.state_look import StateLook, look_of, nothing_open, stopped_by_hand
from fallwatch.ui.theme import Theme, header_height, scale_font, set_ink
from fallwatch.ui.video_view import VideoView


class RoomTile(QWidget):
    """Shows one room. It holds no state of its own beyond what it shows."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.name = _ElidedLabel()
        scale_font(self.name, 1.35, bold=True)
        self.name.setFixedHeight(header_height())
        self.chip = StateChip(theme)
        self.video = VideoView()
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setFixedHeight(4)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName(self.tr("Getting ready"))
        self.freshness = QLabel()
        self.freshness.setAccessibleName(self.tr("Pictures analysed"))

        header = QHBoxLayout()
        header.addWidget(self.name, 1)
        header.addWidget(self.freshness)
        header.addSpacing(8)
        header.addWidget(self.chip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(header)
        layout.addWidget(self.video, 1)
        layout.addWidget(self.busy)
        # The bar keeps its place when hidden: the picture must not jump.
        policy = self.busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.busy.setSizePolicy(policy)
        theme.changed.connect(self._colour)
        self._colour()
        self.show_look(nothing_open())

    def open(self, choice: SourceChoice) -> None:
        """Make ready for another source: its name, and nothing of the old picture."""
        self.name.setText(choice.name)
        self.video.clear()
        self.freshness.clear()

    def show_analysis(self, analysis: Analysis) -> None:
        """Show a judged picture."""
        self.video.set_analysis(analysis)

    def show_status(self, status: MonitorStatus) -> StateLook:
        """Show how the monitor is doing; returns what is shown."""
        if status.camera:
            self.name.setText(status.camera)
        look = look_of(status)
        self.show_look(look)
        self.freshness.setText(self._freshness_words(status) if look.monitoring else "")
        return look

    def show_stopped(self) -> None:
        """Show that somebody stopped it."""
        self.show_look(stopped_by_hand())
        self.freshness.clear()

    def show_look(self, look: StateLook) -> None:
        """Show a state in all places at once."""
        self.chip.set_look(look)
        self.video.set_look(look)
        self.busy.setVisible(look.busy)

    def _freshness_words(self, status: MonitorStatus) -> str:
        return self.tr("{0} pictures/s analysed, last {1} s ago").format(
            f"{status.analysed_fps:.0f}", f"{status.last_analysed_age_s or 0.0:.1f}"
        )

    def _colour(self) -> None:
        set_ink(self.freshness, self._theme.palette.muted.ink)


class _ElidedLabel(QLabel):
    """A label that shortens a long name in the middle instead of widening the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(80)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = QFontMetrics(self.font()).elidedText(
            self.text(), Qt.TextElideMode.ElideMiddle, self.width()
        )
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.end()
