"""A picture made as large as it is shown, so that painting it is a plain copy."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from fallwatch.core.types import Image


class ScaledPicture:
    """A frame, and the same frame at the size in which it was last shown.

    Qt scales with helper threads and waits for them: on a busy computer each wait for a turn of
    theirs held up the window. OpenCV takes 0.6 ms for it on this thread, and waits for nobody.

    Args:
        image_bgr: (height, width, 3) uint8; it must not change any more.
    """

    def __init__(self, image_bgr: Image) -> None:
        self._image_bgr = image_bgr
        # The image borrows the pixels: both are kept as long as each other.
        self._shown: tuple[QImage, Image] | None = None

    @property
    def width_px(self) -> int:
        return int(self._image_bgr.shape[1])

    @property
    def height_px(self) -> int:
        return int(self._image_bgr.shape[0])

    def at(self, size: QSize, pixel_ratio: float = 1.0) -> QImage:
        """The picture at a size; the same one again while the size is the same.

        Args:
            size: What it takes of the widget.
            pixel_ratio: Pixels of the screen for one unit of the widget.
        """
        width = max(1, round(size.width() * pixel_ratio))
        height = max(1, round(size.height() * pixel_ratio))
        if self._shown is None or self._shown[0].size() != QSize(width, height):
            pixels = _scaled(self._image_bgr, width, height)
            image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(pixel_ratio)
            self._shown = (image, pixels)
        return self._shown[0]


def _scaled(image_bgr: Image, width: int, height: int) -> Image:
    """Blue, green, red and an empty byte for each pixel, as Qt paints fastest."""
    # A picture comes from a thread that has loaded cv2 long ago.
    from fallwatch.sources.opencv import cv2

    if image_bgr.shape[:2] != (height, width):
        image_bgr = cv2.resize(image_bgr, (width, height))  # type: ignore[assignment]
    return cv2.cvtColor(image_bgr, cv2.COLOR_BGR2BGRA)  # type: ignore[return-value]
