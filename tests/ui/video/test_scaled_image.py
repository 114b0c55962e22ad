"""The copy of a frame at the size in which it is shown."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from fallwatch.core.types import Image
from fallwatch.ui.video.scaled_image import ScaledImage

SMALL = QSize(32, 24)


def shade(level: int, height: int = 48, width: int = 64) -> Image:
    return np.full((height, width, 3), level, np.uint8)


def middle(image: QImage) -> QColor:
    return image.pixelColor(image.width() // 2, image.height() // 2)


def test_each_frame_replaces_the_one_before_in_the_same_memory() -> None:
    scaled = ScaledImage()
    places = set()
    for level in (10, 200, 90):
        scaled.show(shade(level))
        image = scaled.at(SMALL)
        assert image.size() == SMALL
        assert middle(image) == QColor(level, level, level)
        places.add(np.frombuffer(image.constBits(), np.uint8).ctypes.data)
    assert len(places) == 1


def test_a_frame_that_is_as_large_as_it_is_shown_is_not_changed() -> None:
    scaled, frame = ScaledImage(), np.arange(24 * 32 * 3, dtype=np.uint8).reshape(24, 32, 3)
    scaled.show(frame)
    blue, green, red = frame[5, 7].tolist()
    assert scaled.at(SMALL).pixelColor(7, 5) == QColor(red, green, blue)


def test_another_size_or_a_finer_screen_gets_pixels_of_its_own() -> None:
    scaled = ScaledImage()
    scaled.show(shade(70))
    assert scaled.at(SMALL).size() == SMALL
    fine = scaled.at(SMALL, 2.0)
    assert (fine.size(), fine.devicePixelRatio()) == (QSize(64, 48), 2.0)
    assert middle(fine) == QColor(70, 70, 70)


def test_without_a_frame_there_is_nothing_to_show() -> None:
    scaled = ScaledImage()
    scaled.show(shade(1))
    assert scaled.size_px == (64, 48)
    scaled.show(None)
    assert scaled.size_px is None
    with pytest.raises(ValueError, match="no frame"):
        scaled.at(SMALL)
