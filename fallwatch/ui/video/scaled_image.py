"""An image made as large as it is shown, so that painting it is a plain copy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from fallwatch.core.types import Image

_FEW_PIXELS = np.zeros((8, 8, 3), np.uint8)


class _Copy(NamedTuple):
    """Memory for one size of the image; the ``QImage`` borrows its pixels."""

    image: QImage
    bgr: Image
    bgra: Image


class ScaledImage:
    """The newest frame of a view, and the same frame at the size in which it is shown.

    Qt scales with helper threads and waits for them: on a busy computer each wait for a turn of
    theirs held up the window. OpenCV takes 0.1 ms for a tile on this thread, and waits for nobody.
    The memory is used again for the next frame: to be given new pages by the system for each
    frame took four times as long as the scaling.
    """

    def __init__(self) -> None:
        self._frame_bgr: Image | None = None
        self._copy: _Copy | None = None
        self._is_copied = False

    def show(self, image_bgr: Image | None) -> None:
        """Take another frame.

        Args:
            image_bgr: (height, width, 3) uint8; it must not change any more. None for no frame:
                its memory is given back.
        """
        self._frame_bgr, self._is_copied = image_bgr, False
        if image_bgr is None:
            self._copy = None

    @property
    def size_px(self) -> tuple[int, int] | None:
        """Width and height of the frame; None without one."""
        frame = self._frame_bgr
        return None if frame is None else (int(frame.shape[1]), int(frame.shape[0]))

    def at(self, size: QSize, pixel_ratio: float = 1.0) -> QImage:
        """The frame at a size. It is valid until the next frame is shown at a size.

        Args:
            size: What it takes of the widget.
            pixel_ratio: Pixels of the screen for one unit of the widget.

        Raises:
            ValueError: There is no frame.
        """
        if self._frame_bgr is None:
            raise ValueError("there is no frame to be scaled")
        width = max(1, round(size.width() * pixel_ratio))
        height = max(1, round(size.height() * pixel_ratio))
        copy = self._copy
        if copy is None or copy.image.size() != QSize(width, height):
            copy = self._copy = _memory_for(width, height)
            self._is_copied = False
        if not self._is_copied:
            _scale(self._frame_bgr, copy)
            self._is_copied = True
        copy.image.setDevicePixelRatio(pixel_ratio)
        return copy.image


def _memory_for(width: int, height: int) -> _Copy:
    """Blue, green, red and an empty byte for each pixel, as Qt paints fastest."""
    bgra = np.empty((height, width, 4), np.uint8)
    image = QImage(bgra.data, width, height, 4 * width, QImage.Format.Format_RGB32)
    return _Copy(image, np.empty((height, width, 3), np.uint8), bgra)


def _scale(frame_bgr: Image, copy: _Copy) -> None:
    # An image comes from a thread that has loaded cv2 long ago.
    from fallwatch.sources.opencv import cv2

    if frame_bgr.shape != copy.bgr.shape:
        height, width = copy.bgr.shape[:2]
        # Qt paints with 256-bit registers and leaves them so; until something clears them, the
        # 128-bit instructions of resize() wait for each other: 0.5 ms instead of 0.1. Converting
        # a few pixels clears them, in 0.002 ms.
        cv2.cvtColor(_FEW_PIXELS, cv2.COLOR_BGR2BGRA)
        cv2.resize(frame_bgr, (width, height), dst=copy.bgr)
        frame_bgr = copy.bgr
    cv2.cvtColor(frame_bgr, cv2.COLOR_BGR2BGRA, dst=copy.bgra)
