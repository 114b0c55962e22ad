"""Clicks that were meant for what stood there a moment ago, and do nothing."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

#: Nobody reads what has just moved under the pointer, and decides on it, in less than this.
GUARD_S = 0.7

_CLICKS = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class ClickGuard(QObject):
    """Swallows clicks into a window for a moment after its layout has moved; keys go through.

    Args:
        window: The window, with all that is in it. Other windows are left alone.
        monotonic: Clock, in seconds.
    """

    def __init__(self, window: QWidget, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__(window)
        self._window, self._monotonic = window, monotonic
        self._moved_s = float("-inf")

    def moved(self) -> None:
        """The layout has just moved."""
        self._moved_s = self._monotonic()
        application = QApplication.instance()
        if application is not None:
            # Only for this moment: each event of the application would be a call into Python.
            application.installEventFilter(self)

    @property
    def is_guarding(self) -> bool:
        """Whether a click would do nothing now."""
        return self._monotonic() - self._moved_s < GUARD_S

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self.is_guarding:
            application = QApplication.instance()
            if application is not None:
                application.removeEventFilter(self)
            return False
        if event.type() not in _CLICKS:
            return False
        return isinstance(watched, QWidget) and watched.window() is self._window
