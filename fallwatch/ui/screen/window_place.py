"""Place of the window on the screen: never larger than what is free, remembered and repaired."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QMargins, QPoint, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from fallwatch.settings import WindowSettings
from fallwatch.ui.background.preferences import Preferences

#: Size of the window on a screen that has room for it, in logical pixels.
FIRST_SIZE = QSize(1240, 760)

#: Everything can be read and pressed from this size on, in every language.
USABLE_SIZE = QSize(800, 480)

#: What a window manager draws around a window whose frame is not known yet: its title.
FRAME = QMargins(4, 34, 4, 4)


def fitted(wanted: QRect, free: Sequence[QRect]) -> QRect:
    """Where a window can go so that all of it is seen.

    Args:
        wanted: Where it shall be; an invalid rectangle has no wish.
        free: What is free of task bars on each screen, the main one first; without the window's
            frame.

    Returns:
        The wanted place, moved and made smaller as far as it has to be.
    """
    if not free:
        return wanted if wanted.isValid() else QRect(QPoint(), FIRST_SIZE)
    if not wanted.isValid():
        area = free[0]
        size = FIRST_SIZE.boundedTo(area.size())
        spare = area.size() - size
        return QRect(area.topLeft() + QPoint(spare.width() // 2, spare.height() // 2), size)
    area = max(free, key=lambda each: _shared(each, wanted))
    place = QRect(wanted.topLeft(), wanted.size().boundedTo(area.size()))
    place.moveLeft(min(max(place.left(), area.left()), area.right() + 1 - place.width()))
    place.moveTop(min(max(place.top(), area.top()), area.bottom() + 1 - place.height()))
    return place


def free_places() -> list[QRect]:
    """What is free for a window's inside on each screen, the main one first."""
    main = QGuiApplication.primaryScreen()
    screens = sorted(QGuiApplication.screens(), key=lambda screen: screen is not main)
    return [screen.availableGeometry().marginsRemoved(FRAME) for screen in screens]


def restore_place(window: QWidget, kept: WindowSettings) -> None:
    """Put a window where it was, or into the middle; all of it on a screen."""
    wanted = QRect(kept.left, kept.top, kept.width, kept.height)
    place = fitted(wanted if kept.width and kept.height else QRect(), free_places())
    window.setMinimumSize(USABLE_SIZE.boundedTo(place.size()))
    window.setGeometry(place)
    if kept.maximized:
        window.setWindowState(window.windowState() | window.windowState().WindowMaximized)


def keep_place(window: QWidget, preferences: Preferences) -> None:
    """Remember where a window is."""
    place = window.normalGeometry()
    if not place.isValid():
        place = window.geometry()
    preferences.change(
        window=WindowSettings(
            left=place.left(),
            top=place.top(),
            width=place.width(),
            height=place.height(),
            maximized=window.isMaximized(),
        )
    )


def _shared(area: QRect, wanted: QRect) -> int:
    common = area.intersected(wanted)
    return common.width() * common.height() if common.isValid() else 0
