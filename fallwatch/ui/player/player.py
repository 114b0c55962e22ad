"""Plays a recorded clip with what was found in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from fallwatch.core.message import Message
from fallwatch.core.overlay import Shape
from fallwatch.ui.player.clip_view import ClipView
from fallwatch.ui.player.decoder_thread import (
    Ended,
    Failed,
    Move,
    PlayerWorker,
    Ready,
    SeekRequest,
)
from fallwatch.ui.player.marks import PlayerMarks
from fallwatch.ui.player.reader import Still
from fallwatch.ui.player.timeline import PlayerTimeline
from fallwatch.ui.style.fields import ComboBox
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.numbers import number
from fallwatch.ui.text.times import clip_clock
from fallwatch.ui.text.translate import translate
from fallwatch.ui.video.strip_legend import StripLegend

#: How much faster than in life a clip can be played.
SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)

#: Stands for as fast as the clip can be decoded.
FASTEST = float("inf")

_TICK_MS = 30

#: The longest place that stands on one line.
_LONG_PLACE = "0:00:00 / 0:00:00"
_HURRIED_TICK_MS = 8


class ClipPlayer(QWidget):
    """An image, its timeline, and the buttons to move about.

    Decoding happens elsewhere, and where it is too slow frames are left out: the clip keeps its
    speed, and the window stays quick.

    Signals:
        failed: Why the clip cannot be played.
        moved: Time in the clip of the frame that is shown.
        finished: The clip was played to its end.
    """

    failed = Signal(object)
    moved = Signal(float)
    finished = Signal()

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        details: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._monotonic = monotonic
        self._worker: PlayerWorker | None = None
        self._marks = PlayerMarks()
        self._shapes_at: Callable[[float], Sequence[Shape]] = lambda time_s: ()
        self._playing = self._awaiting = False
        self._duration_s = 0.0
        self._time_s = 0.0
        # While it plays: the place and the moment from which on time is counted.
        self._from_s, self._since_s = 0.0, 0.0
        self.view = ClipView()
        self.timeline = PlayerTimeline(theme)
        self.play_button = self._button(self.tr("&Play"), self.toggle)
        self.back_button = self._button(self.tr("◀ Frame"), lambda: self.step(forward=False))
        self.forward_button = self._button(self.tr("Frame ▶"), lambda: self.step(forward=True))
        self.back_button.setAccessibleName(self.tr("One frame back"))
        self.forward_button.setAccessibleName(self.tr("One frame on"))
        self.speed = ComboBox()
        self.speed.setAccessibleName(self.tr("Speed"))
        # Its longest words are read in the open list; closed they would make the window too wide.
        self.speed.setSizeAdjustPolicy(
            ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.speed.setMinimumContentsLength(8)
        for factor in SPEEDS:
            self.speed.addItem(f"{number(factor, _decimals(factor))} ×", factor)
        self.speed.addItem(self.tr("As fast as possible"), FASTEST)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.currentIndexChanged.connect(self._count_anew)
        self.details = QPushButton(self.tr("De&tails"))
        self.details.setCheckable(True)
        self.details.setChecked(details)
        self.details.setAutoDefault(False)
        self.details.setToolTip(self.tr("Show the figures behind the decision, for engineers."))
        self.details.toggled.connect(self._show_details)
        self.place = QLabel()
        self.place.setWordWrap(True)
        self.place.setMinimumWidth(self.fontMetrics().horizontalAdvance(_LONG_PLACE))
        self.place.setAccessibleName(self.tr("Place in the clip"))
        self._lay_out(theme)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self.timeline.wanted.connect(self.seek)
        self._show_details(details)
        self._tell_place()

    @property
    def is_playing(self) -> bool:
        """Whether the clip runs."""
        return self._playing

    @property
    def time_s(self) -> float:
        """Time in the clip of the frame that is shown."""
        return self._time_s

    def open(self, path: Path, marks: PlayerMarks | None = None, *, start_s: float = 0.0) -> None:
        """Show a clip, paused.

        Args:
            path: The file; that it cannot be played comes as ``failed``.
            marks: What is known about it.
            start_s: Where to begin.
        """
        self.close_clip()
        self.show_marks(marks or PlayerMarks())
        worker = self._worker = PlayerWorker(path)
        worker.want(SeekRequest(time_s=start_s))
        worker.start()
        self._timer.start()

    def show_marks(self, marks: PlayerMarks) -> None:
        """Show what is known about the clip."""
        self._marks = marks
        self.timeline.show_marks(marks)
        self._legend.show_threshold(marks.threshold is not None)
        if self.view.image is not None:
            self.view.show_image(self.view.image, self._shapes_at(self._time_s))
        self._tell_place()

    def draw_over(self, shapes_at: Callable[[float], Sequence[Shape]]) -> None:
        """Where the shapes over the frame of a time come from."""
        self._shapes_at = shapes_at

    def show_controls(self, shown: bool) -> None:
        """Show or hide everything but the image: where there is no clip they are of no use."""
        for widget in self._controls:
            widget.setVisible(shown)
        self._legend.setVisible(shown and self.details.isChecked())

    def _show_details(self, shown: bool) -> None:
        self._legend.setVisible(shown)
        self.timeline.show_curves(shown)
        self._tell_place()

    def close_clip(self) -> None:
        """Let go of the clip. Whoever owns the player calls it at the end; safe at any time."""
        self.pause()
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.stop()
        self._timer.stop()
        self._time_s = self._duration_s = 0.0
        self.view.show_image(None)
        self.timeline.set_duration(0.0)
        self.timeline.set_time(0.0)

    def toggle(self) -> None:
        """Play or pause; at the end, from the beginning."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Let the clip run."""
        if self._worker is None or self._duration_s <= 0:
            return
        at_end = self._time_s >= self._duration_s - 0.1
        self._from_s = 0.0 if at_end else self._time_s
        self._since_s = self._monotonic()
        self._playing, self._awaiting = True, False
        if at_end:
            self.seek(0.0)
        self._set_pace()
        self.play_button.setText(self.tr("&Pause"))

    def pause(self) -> None:
        """Stop where it is."""
        self._playing = False
        self._set_pace()
        self.play_button.setText(self.tr("&Play"))

    def step(self, *, forward: bool) -> None:
        """Show the next or the previous frame."""
        self.pause()
        self._want(SeekRequest(Move.NEXT if forward else Move.PREVIOUS))

    def seek(self, time_s: float) -> None:
        """Go to a place; if the clip runs it runs on from there."""
        self._from_s, self._since_s = time_s, self._monotonic()
        self.timeline.set_time(time_s)
        self._want(SeekRequest(time_s=time_s))

    def _want(self, wish: SeekRequest) -> None:
        if self._worker is not None:
            self._awaiting = True
            self._worker.want(wish)

    def _tick(self) -> None:
        """Take over what was decoded, and ask for what is due."""
        answer = None if self._worker is None else self._worker.fetch()
        if answer is not None:
            self._awaiting = False
        if isinstance(answer, Still):
            self._on_shown(answer)
        elif isinstance(answer, Ready):
            self._on_opened(answer.duration_s)
        elif isinstance(answer, Failed):
            self._on_failed(answer.message)
        elif isinstance(answer, Ended) and self._playing:
            self._end()
        if self._playing and self._is_fastest:
            # A newer wish would replace one that is not granted yet.
            if not self._awaiting:
                self._want(SeekRequest(Move.ON))
        elif self._playing:
            self._play_on(self._place_s())

    def _play_on(self, place_s: float) -> None:
        self._want(SeekRequest(time_s=min(place_s, self._duration_s)))
        if place_s >= self._duration_s:
            self._end()

    def _end(self) -> None:
        self.pause()
        self.finished.emit()

    @property
    def _is_fastest(self) -> bool:
        return float(self.speed.currentData()) == FASTEST

    def _place_s(self) -> float:
        factor = float(self.speed.currentData())
        return self._from_s + (self._monotonic() - self._since_s) * factor

    def _count_anew(self) -> None:
        """Another speed holds from here on, not for what was played already."""
        self._set_pace()
        self._from_s, self._since_s = self._time_s, self._monotonic()

    def _set_pace(self) -> None:
        """Look for frames more often where they come as fast as they can."""
        hurried = self._playing and self._is_fastest
        self._timer.setInterval(_HURRIED_TICK_MS if hurried else _TICK_MS)

    def _on_opened(self, duration_s: float) -> None:
        self._duration_s = duration_s
        self.timeline.set_duration(duration_s)
        self._tell_place()

    def _on_shown(self, still: Still) -> None:
        height, width, _ = still.image_bgr.shape
        borrowed = QImage(
            still.image_bgr.data, width, height, 3 * width, QImage.Format.Format_BGR888
        )
        image = borrowed.convertToFormat(QImage.Format.Format_RGB32)
        self.view.show_image(image, self._shapes_at(still.time_s))
        self._time_s = still.time_s
        self._duration_s = max(self._duration_s, still.time_s)
        self.timeline.set_time(still.time_s)
        self._tell_place()
        self.moved.emit(still.time_s)

    def _on_failed(self, message: Message) -> None:
        self.pause()
        self.view.show_words(translate(message))
        self.failed.emit(message)

    def _tell_place(self) -> None:
        words = f"{clip_clock(self._time_s)} / {clip_clock(self._duration_s)}"
        point = self._marks.at(self._time_s)
        if point is not None and self.details.isChecked():
            words += self.tr("   p(fall) {0}, score {1}").format(
                number(point.p_fall, 2), number(point.score, 2)
            )
        self.place.setText(words)

    def _button(self, words: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(words)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: slot())
        return button

    def _lay_out(self, theme: Theme) -> None:
        self._legend = StripLegend(theme, heading=self.tr("Evidence"))
        self._legend.show_threshold(False)
        row = QHBoxLayout()
        for widget in (self.play_button, self.back_button, self.forward_button, self.speed):
            row.addWidget(widget)
        self._controls: tuple[QWidget, ...] = (
            *(self.play_button, self.back_button, self.forward_button, self.speed),
            *(self.place, self.timeline, self.details),
        )
        row.addSpacing(8)
        row.addWidget(self.place, 1)
        row.addWidget(self.details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._legend)
        layout.addWidget(self.timeline)
        layout.addLayout(row)


def _decimals(value: float) -> int:
    """How many decimals a speed needs."""
    return len(f"{value:g}".partition(".")[2])
