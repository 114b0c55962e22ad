"""The banner above the rooms, which comes without moving what somebody may be about to press."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from fallwatch.ui.alarm.click_guard import ClickGuard

#: Once nobody has moved the mouse or pressed a key for this long, the rooms below make way.
SETTLE_MS = 1500

_BUSY = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.KeyPress,
    QEvent.Type.Wheel,
)


class FloatingBanner(QObject):
    """Lays a banner over the top of a place, and later makes room for it there.

    Nothing moves while somebody is busy in the window. What does move at last, and the coming of
    the banner itself, guard the window against clicks for a moment.

    Args:
        banner: What floats; a child of the place.
        place: Over whose top it lies.
        spacer: A widget at the top of the place that is as high as what has made way.
        guard: Told of each move.
    """

    def __init__(self, banner: QWidget, place: QWidget, spacer: QWidget, guard: ClickGuard) -> None:
        super().__init__(place)
        self._banner, self._place, self._spacer, self._guard = banner, place, spacer, guard
        self._spacer.setFixedHeight(0)
        self._settle = QTimer(self)
        self._settle.setInterval(SETTLE_MS)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.settle)
        banner.setParent(place)
        banner.installEventFilter(self)
        place.installEventFilter(self)

    @property
    def made_way_px(self) -> int:
        """How far what is below has made way."""
        return self._spacer.height()

    def settle(self) -> None:
        """Make room for the banner, or take the room back once it is gone."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        height = 0 if self._banner.isHidden() else self._banner.height()
        if height != self._spacer.height():
            self._spacer.setFixedHeight(height)
            self._guard.moved()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._banner:
            if kind in (QEvent.Type.Show, QEvent.Type.Hide):
                self._guard.moved()
                self._fit()
                self._settle_later()
            elif kind in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
                self._fit()
        elif watched is self._place:
            if kind is QEvent.Type.Resize:
                self._fit()
        elif kind in _BUSY and self._settle.isActive() and _is_in(watched, self._place):
            self._settle.start()
        return False

    def _fit(self) -> None:
        if self._banner.isHidden():
            return
        width = self._place.width()
        height = max(
            self._banner.minimumSizeHint().height(),
            self._banner.heightForWidth(width) if self._banner.hasHeightForWidth() else 0,
        )
        grown = height != self._banner.height()
        if grown or width != self._banner.width():
            self._banner.setGeometry(0, 0, width, height)
        self._banner.raise_()
        if self._spacer.height() not in (0, height) and (grown or not self._settle.isActive()):
            # Words that change each second must not put it off.
            self._settle_later()

    def _settle_later(self) -> None:
        """Settle as soon as nobody is busy."""
        self._settle.start()
        application = QApplication.instance()
        if application is not None:
            # Until then only: each event of the application is a call into Python.
            application.installEventFilter(self)


def _is_in(watched: QObject, place: QWidget) -> bool:
    return isinstance(watched, QWidget) and watched.window() is place.window()
