"""A drawn person, the same to the last pixel everywhere, and what TensorFlow.js sees in it.

A clip would not do: decoders differ by a shade, and that changes what a network says of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from fallwatch.core.types import Floats, Image

_EXPECTED = Path(__file__).with_name("expected.json")

_SKIN, _HAIR, _SHIRT = (214, 168, 140), (60, 40, 30), (40, 70, 150)
_TROUSERS, _BLACK, _LIPS = (50, 50, 56), (30, 30, 30), (150, 60, 60)
_WALL, _FLOOR = (176, 170, 160), (120, 96, 72)

_Colour = tuple[int, int, int]
#: From x, y to x, y, radius and colour, in hundredths of the height; x counts from the middle.
_Stroke = tuple[float, float, float, float, float, _Colour]


def expected_rows() -> dict[tuple[int, int], Floats]:
    """Height and width of an image -> the row (56,) of the person found in it.

    Worked out by TensorFlow.js from the package's own files; see ``expected.json``.
    """
    rows = json.loads(_EXPECTED.read_text(encoding="utf-8"))["rows"]
    return {
        (int(height), int(width)): np.array(row, np.float32)
        for size, row in rows.items()
        for height, width in [size.split("x")]
    }


def drawn_person(height_px: int, width_px: int) -> Image:
    """Somebody who stands and looks into the camera, (height, width, 3) RGB."""
    image = np.empty((height_px, width_px, 3), np.uint8)
    image[:] = _WALL
    image[height_px * 4 // 5 :] = _FLOOR
    y, x = np.mgrid[0:height_px, 0:width_px] * (100 / height_px)
    x -= 50 * width_px / height_px
    for x0, y0, x1, y1, radius, colour in _strokes():
        dx, dy = x1 - x0, y1 - y0
        # How far along the stroke the nearest of its points is: 0 its beginning, 1 its end.
        along = np.clip(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy), 0, 1)
        image[(x - x0 - along * dx) ** 2 + (y - y0 - along * dy) ** 2 <= radius**2] = colour
    return image


def _strokes() -> Iterator[_Stroke]:
    for side in (-1, 1):
        yield side * 5, 52, side * 6, 72, 4.2, _TROUSERS
        yield side * 6, 72, side * 6, 91, 3.3, _TROUSERS
        yield side * 6, 92, side * 9, 93, 2.4, _BLACK
        yield side * 9, 28, side * 14, 42, 3.0, _SHIRT
        yield side * 14, 42, side * 15, 55, 2.3, _SKIN
    yield 0, 30, 0, 50, 9.0, _SHIRT
    yield -6, 27, 6, 27, 4.0, _SHIRT
    yield 0, 20, 0, 23, 3.0, _SKIN
    yield 0, 12, 0, 13, 6.6, _HAIR
    yield 0, 14, 0, 16, 5.4, _SKIN
    for side in (-1, 1):
        yield side * 2.2, 14, side * 2.2, 14.1, 0.9, _BLACK
    yield -1.6, 18.5, 1.6, 18.5, 0.5, _LIPS
