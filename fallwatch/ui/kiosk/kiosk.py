"""Full screen for a screen on the wall: no menus, dimmed while unused, awake for trouble."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, QTimer, Signal
from PySide6.QtGui import QAction, QColor, QKeySequence, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from fallwatch.ui.pin.pin_gate import Gate
from fallwatch.ui.rooms.worst_room import Trouble
from fallwatch.ui.window.main_window import MainWindow

KIOSK_KEY = "F11"

#: What is left of the image shows that the screen is on and fallwatch runs.
_SHADE = QColor(0, 0, 0, 200)

_INPUT = frozenset(
    (
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    )
)


class Shade(QWidget):
    """Darkens a window.

    Signals:
        touched: Somebody has touched or clicked it.
    """

    touched = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAccessibleName(self.tr("Dimmed; touch to brighten"))
        self.hide()

    def cover(self, place: QRect) -> None:
        """Lie over everything."""
        self.setGeometry(place)
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        self.touched.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), _SHADE)
        painter.end()


class Kiosk(QObject):
    """Enters and leaves full screen, and dims it.

    It is not dimmed while an alarm waits, something is wrong or a question is open.

    Args:
        window: The window.
        gate: Asks for the PIN before full screen is left.
        dim_after_min: After how many minutes without input it is dimmed; 0 for never. Asked
            each time.
    """

    def __init__(self, window: MainWindow, gate: Gate, dim_after_min: Callable[[], float]) -> None:
        super().__init__(window)
        self._window, self._gate, self._dim_after_min = window, gate, dim_after_min
        self._trouble: Trouble | None = None
        self._was_maximized = False
        self.shade = Shade(window)
        self.shade.touched.connect(self._on_input)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.dim)
        self._action = QAction(self.tr("&Full screen"), window)
        self._action.setShortcut(QKeySequence(KIOSK_KEY))
        self._action.setAutoRepeat(False)
        self._action.triggered.connect(lambda: self.toggle())
        window.watch_menu.addAction(self._action)
        window.controls.kiosk_left.connect(self.toggle)
        window.banner.raised.connect(self.wake)

    @property
    def is_on(self) -> bool:
        """Whether the window fills the screen without menus."""
        return self._window.isFullScreen()

    @property
    def is_dimmed(self) -> bool:
        """Whether the window is dark."""
        return self.shade.isVisibleTo(self._window)

    def toggle(self) -> None:
        """Enter full screen; or leave it, with the PIN where one is set."""
        if self.is_on:
            self.wake()
            self._gate(self.leave)
        else:
            self.enter()

    def enter(self) -> None:
        """Fill the screen."""
        window = self._window
        self._was_maximized = window.isMaximized()
        # Keys of a menu that is hidden are the window's own.
        for menu in window.menuBar().findChildren(QMenu):
            window.addActions(menu.actions())
        window.menuBar().hide()
        window.controls.show_kiosk(True)
        window.showFullScreen()
        handle = window.windowHandle()
        if handle is not None:
            # Of the system's window alone: a filter on all events would slow everything down.
            handle.removeEventFilter(self)
            handle.installEventFilter(self)
        self.wake()

    def leave(self) -> None:
        """Be a window with menus again."""
        self._timer.stop()
        self.shade.hide()
        window = self._window
        handle = window.windowHandle()
        if handle is not None:
            handle.removeEventFilter(self)
        window.controls.show_kiosk(False)
        window.menuBar().show()
        if self._was_maximized:
            window.showMaximized()
        else:
            window.showNormal()

    def show_trouble(self, trouble: Trouble | None) -> None:
        """Something is wrong, or is no longer: that is worth being seen."""
        if trouble is not None and trouble != self._trouble:
            self.wake()
        self._trouble = trouble

    def wake(self) -> None:
        """Somebody is there, or ought to be: be bright, and wait again."""
        self.shade.hide()
        minutes = self._dim_after_min()
        if self.is_on and minutes > 0:
            self._timer.start(round(minutes * 60_000))
        else:
            self._timer.stop()

    def dim(self) -> None:
        """Become dark, unless something has to be seen."""
        busy = (
            self._window.banner.shown is not None
            or self._trouble is not None
            or QApplication.activeModalWidget() is not None
        )
        if busy or not self.is_on:
            self.wake()
        else:
            self.shade.cover(self._window.rect())

    def _on_input(self) -> None:
        if self.is_dimmed:
            # Who touches a dark screen does not see what lies under the finger.
            self._window.click_guard.moved()
        self.wake()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _INPUT:
            self._on_input()
        elif event.type() is QEvent.Type.Resize and self.is_dimmed:
            self.shade.cover(self._window.rect())
        return False
