"""Acknowledges all alarms at once by a key or bar that is held, with its progress in sight."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QProgressBar, QWidget

from fallwatch.ui.style.palette import Pair

#: Not a letter, and not Space or Enter: nobody hits it by accident while typing.
ACKNOWLEDGE_KEY = "F2"

#: How long the key is held.
HOLD_MS = 1500

_TICK_MS = 50

#: Of a time in which the window did nothing else, so much counts: the key may have been let go in
#: it, which only comes out afterwards.
_LONGEST_TICK_MS = 300


class HoldKey(QObject):
    """Follows the key, whichever window of ours has it.

    Pressed, it acknowledges the alarm that is shown, which is its shortcut's business; held, it
    acknowledges all those that waited when it was pressed.

    Args:
        waiting: Ids of the alarms that wait.
        parent: Its owner.

    Signals:
        progressed: How much of the time it has been held, 0 to 1; 0 when it is let go.
        completed: It was held long enough: ids of the alarms that waited when it was pressed.
    """

    progressed = Signal(float)
    completed = Signal(object)

    def __init__(self, waiting: Callable[[], tuple[str, ...]], parent: QObject) -> None:
        super().__init__(parent)
        self._waiting = waiting
        self._meant: tuple[str, ...] = ()
        self._held_ms = 0
        self._since_tick = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in _TAKES_AWAY:
            self.end()  # it may be let go where nobody tells us
        elif isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F2:
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if kind is QEvent.Type.KeyRelease and not event.isAutoRepeat():
                self.end()
            elif kind in _PRESSED and plain and not event.isAutoRepeat():
                self.begin()
        return False

    def begin(self) -> None:
        """It is held from now on, or something that stands for it."""
        # One press comes to several widgets, and once as what a shortcut may be.
        if not self._timer.isActive() and len(self._waiting()) > 1:
            self._meant, self._held_ms = self._waiting(), 0
            self._since_tick.start()
            self._timer.start()

    def _tick(self) -> None:
        self._held_ms += min(self._since_tick.restart(), _LONGEST_TICK_MS)
        share = self._held_ms / HOLD_MS
        if share < 1:
            self.progressed.emit(share)
            return
        meant = self._meant
        self.end()
        self.completed.emit(meant)

    def end(self) -> None:
        """It is let go."""
        if self._timer.isActive():
            self._timer.stop()
            self.progressed.emit(0.0)


_PRESSED = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)

#: Another program comes to the front, or a dialog over the window.
_TAKES_AWAY = (QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowBlocked)


class HoldBar(QProgressBar):
    """Can be held like the key, and says how far that is. Unseen while one alarm waits.

    Signals:
        pressed: A mouse or finger is on it.
        released: It is gone, or has slipped off.
    """

    pressed = Signal()
    released = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, 100)
        self.setValue(0)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedHeight(round(self.fontMetrics().height() * 1.5))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to hold; overrides Qt's."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Who slips off has not meant it; overrides Qt's."""
        if not self.rect().contains(event.position().toPoint()):
            self.released.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go; overrides Qt's."""
        self.released.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing is held that is not seen; overrides Qt's."""
        self.released.emit()
        super().hideEvent(event)

    def show_count(self, count: int) -> None:
        """How many alarms wait."""
        words = self.tr("Hold: acknowledge all {1} ({0})").format(ACKNOWLEDGE_KEY, count)
        self.setFormat(words)
        self.setAccessibleName(words)
        self.setVisible(count > 1)

    def show_progress(self, share: float) -> None:
        """How much of the time the key has been held, 0 to 1."""
        self.setValue(round(100 * share))

    def set_colours(self, pair: Pair) -> None:
        """Take on the banner's colours."""
        self.setStyleSheet(
            f"QProgressBar {{ color: {pair.ink}; background: transparent; text-align: center;"
            f" border: 1px solid {pair.ink}; border-radius: 6px; }}"
            "QProgressBar::chunk { background: rgba(0, 0, 0, 110); border-radius: 5px; }"
        )
