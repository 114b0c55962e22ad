"""The project's own SVG icons, tinted.

In the files, ``currentColor`` stands for the icon's colour and ``inkColor`` for what is drawn
upon it.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QPushButton

from fallwatch.paths import resources_dir


def paint_icon(
    painter: QPainter, name: str, target: QRectF, colour: str, ink: str = "#ffffff"
) -> None:
    """Draw an icon into a rectangle.

    Raises:
        FileNotFoundError: There is no icon of this name.
    """
    _renderer(name, colour, ink).render(painter, target)


def icon_pixmap(
    name: str, side: int, colour: str, ink: str = "#ffffff", *, device_ratio: float = 1.0
) -> QPixmap:
    """An icon as a picture of ``side`` device-independent pixels."""
    pixels = round(side * device_ratio)
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_icon(painter, name, QRectF(0, 0, pixels, pixels), colour, ink)
    painter.end()
    pixmap.setDevicePixelRatio(device_ratio)
    return pixmap


def icon(name: str, colour: str = "#000000", ink: str = "#ffffff") -> QIcon:
    """An icon for buttons, menus and the window's title."""
    result = QIcon()
    for side in (16, 24, 32, 48, 64, 128):
        result.addPixmap(icon_pixmap(name, side, colour, ink))
    return result


def set_button_icon(button: QPushButton, name: str, colour: str) -> None:
    """Give a button an icon as high as its text, with some room between the two."""
    side = QFontMetrics(button.font()).height()
    gap = side // 3
    ratio = button.devicePixelRatioF()
    picture = QPixmap(round((side + gap) * ratio), round(side * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    paint_icon(painter, name, QRectF(0, 0, side * ratio, side * ratio), colour)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    button.setIcon(QIcon(picture))
    button.setIconSize(QSize(side + gap, side))


@lru_cache(maxsize=64)
def _renderer(name: str, colour: str, ink: str) -> QSvgRenderer:
    text = (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    text = text.replace("currentColor", colour).replace("inkColor", ink)
    return QSvgRenderer(QByteArray(text.encode("utf-8")))
