"""Makes the program's icons for each system out of ``resources/icons/fallwatch.svg``.

``python resources/packaging/icons.py`` writes them to ``resources/packaging/icons``. Qt paints the
picture, so nothing but what fallwatch needs is needed here.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path

HERE = Path(__file__).parent
SVG = HERE.parent / "icons" / "fallwatch.svg"
FOLDER = HERE / "icons"

#: Of the freedesktop theme, on Linux.
PNG_SIDES = (16, 32, 48, 128, 256)

#: Of Windows, all of them as PNG, which it reads since Vista.
ICO_SIDES = (16, 24, 32, 48, 64, 128, 256)

#: Of macOS: kinds of entries and their side; see Apple's ``IconFamily``.
ICNS_KINDS = {b"icp4": 16, b"icp5": 32, b"ic07": 128, b"ic08": 256, b"ic09": 512, b"ic10": 1024}


def paint(side_px: int) -> bytes:
    """The icon as PNG."""
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(side_px, side_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SVG)).render(painter, QRectF(0, 0, side_px, side_px))
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(data.data())


def ico(images: dict[int, bytes]) -> bytes:
    """A Windows icon.

    Args:
        images: PNG by side in pixels, at most 256.
    """
    head = struct.pack("<HHH", 0, 1, len(images))
    offset = len(head) + 16 * len(images)
    entries = b""
    for side_px, data in images.items():
        shown = side_px % 256  # 0 stands for 256
        entries += struct.pack("<BBBBHHII", shown, shown, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    return head + entries + b"".join(images.values())


def icns(images: dict[bytes, bytes]) -> bytes:
    """A macOS icon.

    Args:
        images: PNG by kind of entry.
    """
    body = b"".join(kind + struct.pack(">I", 8 + len(data)) + data for kind, data in images.items())
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def main() -> None:
    """Write all of them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication([])
    FOLDER.mkdir(exist_ok=True)
    for side_px in PNG_SIDES:
        (FOLDER / f"fallwatch-{side_px}.png").write_bytes(paint(side_px))
    (FOLDER / "fallwatch.ico").write_bytes(ico({side: paint(side) for side in ICO_SIDES}))
    pictures = {kind: paint(side) for kind, side in ICNS_KINDS.items()}
    (FOLDER / "fallwatch.icns").write_bytes(icns(pictures))
    application.quit()


if __name__ == "__main__":
    main()
