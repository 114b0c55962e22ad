"""The offer to watch a camera's smaller stream instead of the one in full resolution."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from fallwatch.core.types import Frame
from fallwatch.settings import CameraSettings
from fallwatch.sources.network.substreams import ENOUGH_PX, TOO_FEW_PX
from fallwatch.system.secrets.passwords import split_login
from fallwatch.ui.background.latest_task import LatestTask

#: The address of a camera's smaller stream, given the camera, the password that was typed (None:
#: the one that is kept), and width and height of its images. None if it has none. It waits.
FindSmaller = Callable[[CameraSettings, str | None, int, int], str | None]


class SmallerStream(QWidget):
    """A sentence and a button; seen only where there is something to choose.

    It is offered and never chosen by itself, for recordings have the size of what is watched.

    Args:
        trials: Where the camera is asked; for this alone, since only the newest is answered.
        find: Asks it.

    Signals:
        chosen: The address that somebody chose, without login.
    """

    chosen = Signal(str)

    def __init__(self, trials: LatestTask, find: FindSmaller) -> None:
        super().__init__()
        self._trials, self._find = trials, find
        self._large = self._smaller = self._offered = ""
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.button = QPushButton()
        self.button.setAutoDefault(False)
        self.button.clicked.connect(lambda: self.chosen.emit(self._offered))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def forget(self) -> None:
        """Another address is entered, or nobody wants to know any more."""
        self._trials.forget()
        self.hide()

    def tried(self, camera: CameraSettings, typed: str | None, frame: Frame) -> None:
        """The camera works: offer what there is beside this stream.

        Args:
            camera: As it was tried.
            typed: The password that was typed; None for the one that is kept.
            frame: The first of its frames.
        """
        size = frame.width_px * frame.height_px
        if self._large and camera.source == self._smaller:
            words = self.tr("This is the smaller stream.")
            if size < TOO_FEW_PX:
                words = self.tr(
                    "This stream is very small: somebody at the far end of the room may be missed. "
                    "Choose a larger size for it in the camera's settings, or go back."
                )
            self._offer(self._large, words, self.tr("Large stream again"))
        elif size > ENOUGH_PX and camera.source.startswith("rtsp:"):

            def found(address: str | None) -> None:
                if address is not None:
                    self._large, self._smaller = camera.source, split_login(address)[0]
                    words = self.tr(
                        "The camera also has a smaller stream. It costs this computer less and is "
                        "usually enough; recordings are then that small, too."
                    )
                    self._offer(self._smaller, words, self.tr("Use smaller stream"))

            work = (camera, typed, frame.width_px, frame.height_px)
            self._trials.run(lambda: self._find(*work), found, lambda message: None)

    def _offer(self, address: str, words: str, choice: str) -> None:
        self._offered = address
        self.words.setText(words)
        self.button.setText(choice)
        self.show()
