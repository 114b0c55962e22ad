"""Something to look at while the window's own code is loaded: it imports Qt and nothing else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

#: An X server tells when a window may be painted; not waiting longer than this for it.
_PAINT_WITHIN_S = 0.2


class Splash(QLabel):
    """A plain box that says, truly, that nobody is watching yet."""

    def __init__(self) -> None:
        super().__init__("fallwatch is starting.\nNot monitoring yet.")
        self.setWindowFlags(Qt.WindowType.SplashScreen | Qt.WindowType.FramelessWindowHint)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setStyleSheet("font-size: 15pt; padding: 36px 64px; color: #fff; background: #1f242c;")
        self.painted = False

    def paintEvent(self, event: object) -> None:
        """Paint, and remember that it happened."""
        super().paintEvent(event)  # type: ignore[arg-type]
        self.painted = True


def show_splash() -> Callable[[], object]:
    """Paint the splash at once.

    Returns:
        Takes it away again.
    """
    # Importing cv2 sets this to a folder of Qt 5 plugins, with which Qt 6 cannot start.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    splash = Splash()
    splash.show()
    until_s = time.monotonic() + _PAINT_WITHIN_S
    while not splash.painted and time.monotonic() < until_s:
        application.processEvents()
    return splash.close
