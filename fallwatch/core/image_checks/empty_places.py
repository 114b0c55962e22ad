"""Empty places of an image: where nobody can be whom the pose model has missed.

A place counts as empty once it has looked the same for a while with nobody near, and for as long as
it looks as it did then. Whatever has moved lately, or stands where nothing stood, is not empty,
whether or not anybody was found there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.types import Box, Image
from fallwatch.core.zones import Zone, ZoneKind, in_zone

#: Cells across the longer side of the image: a face close to the camera covers several.
CELLS = 64

#: Of each cell at most so many pixels in a row and column are looked at.
_SAMPLES = 4

#: A place must look the same for this long, with nobody near, before it counts as empty. Nobody
#: awake sits so still; beds and sofas never count.
EMPTY_AFTER_S = 120.0

#: What has changed its look for good, such as a chair that was moved, counts as empty after this.
ADOPTED_AFTER_S = 1200.0

#: Levels of any colour by which a cell may vary meanwhile. A camera's noise of 5 levels is 1.3 in
#: the mean of a cell's 16 pixels.
_STILL_LEVELS = 5.0

#: Levels by which a cell differs from its empty look if something stands there.
_CHANGED_LEVELS = 8.0

#: What has moved is hidden for a little longer: the next frame may show more of it.
_LINGER_S = 3.0

#: Cells around one that is not empty belong to it: hair, a hand, a hem alike in colour to the wall.
_MARGIN_CELLS = 2

#: Share of a person's box that is added on each side.
_BOX_MARGIN = 0.15

#: Daylight changes slowly: per second the empty look follows by this share.
_FOLLOW_PER_S = 0.02

#: A longer gap between two frames says nothing about what happened meanwhile.
_GAP_S = 5.0

_NEVER = float("-inf")

Cells = NDArray[np.bool_]


class EmptyPlaces:
    """Learns, frame by frame, which places are empty.

    Args:
        zones: In beds and sofas somebody may lie without moving: they are never empty.
    """

    def __init__(self, zones: Sequence[Zone] = ()) -> None:
        self._zones = tuple(zone for zone in zones if zone.kind is ZoneKind.BED)
        self._seen_s = _NEVER
        self._size: tuple[int, ...] = ()
        none, no_look = np.zeros((0, 0)), np.zeros((0, 0, 3), np.float32)
        # Of each cell: its empty look, whether it has one, when somebody may last have been there,
        # since when it is still, and the darkest and brightest it was since then.
        self._empty_look = self._low = self._high = no_look
        self._known: Cells = none.astype(np.bool_)
        self._beds: Cells = self._known
        self._busy_s = self._still_since_s = none

    def see(self, image_bgr: Image, timestamp_s: float, boxes_px: Sequence[Box]) -> Cells:
        """Take a frame in.

        Args:
            image_bgr: (height, width, 3) uint8.
            timestamp_s: Later than the one before; an earlier one begins anew.
            boxes_px: Where people were found.

        Returns:
            (rows, columns) bool: the cells in which somebody may be.
        """
        look = color_grid(image_bgr)
        passed_s = timestamp_s - self._seen_s
        if image_bgr.shape != self._size or passed_s <= 0:
            self._begin(image_bgr, look, timestamp_s)
            passed_s = 0.0
        self._seen_s = timestamp_s
        height, width = image_bgr.shape[:2]
        people = _covered(boxes_px, look.shape[:2], width, height) | self._beds
        if passed_s > _GAP_S:
            self._restart(np.ones_like(people), look, timestamp_s)
        self._low, self._high = np.minimum(self._low, look), np.maximum(self._high, look)
        varied = (self._high - self._low).max(axis=2) > _STILL_LEVELS
        self._restart(varied | people, look, timestamp_s)
        is_same = np.abs(look - self._empty_look).max(axis=2) < _CHANGED_LEVELS
        # Where something stands that did not stand there, it is much longer taken for somebody.
        needed_s = np.where(self._known & ~is_same, ADOPTED_AFTER_S, EMPTY_AFTER_S)
        learnt = timestamp_s - self._still_since_s >= needed_s
        self._empty_look[learnt] = look[learnt]
        self._known |= learnt
        is_empty = self._known & (is_same | learnt) & ~people
        share = min(1.0, _FOLLOW_PER_S * passed_s)
        self._empty_look[is_empty] += share * (look - self._empty_look)[is_empty]
        self._busy_s[~is_empty] = timestamp_s
        unsure = timestamp_s - self._busy_s <= _LINGER_S
        return grown(unsure, _MARGIN_CELLS)

    def _begin(self, image_bgr: Image, look: NDArray[np.float32], now_s: float) -> None:
        self._size = image_bgr.shape
        cells = look.shape[:2]
        self._empty_look = look.copy()
        self._known = np.zeros(cells, np.bool_)
        self._busy_s = np.full(cells, now_s)
        self._still_since_s = np.full(cells, now_s)
        self._low, self._high = look.copy(), look.copy()
        rows, columns = cells
        self._beds = np.array(
            [
                [
                    in_zone(self._zones, ZoneKind.BED, (column + 0.5) / columns, (row + 0.5) / rows)
                    for column in range(columns)
                ]
                for row in range(rows)
            ],
            np.bool_,
        ).reshape(cells)

    def _restart(self, where: Cells, look: NDArray[np.float32], now_s: float) -> None:
        """Stillness begins anew in some cells."""
        self._still_since_s[where] = now_s
        self._low[where] = self._high[where] = look[where]


def color_grid(image_bgr: Image) -> NDArray[np.float32]:
    """An image's colours, cell by cell: (rows, columns, 3) float32, 0 to 255."""
    height, width = image_bgr.shape[:2]
    cell = max(1, -(-max(height, width) // CELLS))
    step = max(1, cell // _SAMPLES)
    rows, columns = -(-height // cell), -(-width // cell)
    padded = np.pad(
        image_bgr, ((0, rows * cell - height), (0, columns * cell - width), (0, 0)), mode="edge"
    )
    parts = padded.reshape(rows, cell, columns, cell, 3)[:, ::step, :, ::step]
    grid: NDArray[np.float32] = parts.mean(axis=(1, 3), dtype=np.float32)
    return grid


def grown(cells: Cells, by: int) -> Cells:
    """The cells and their neighbours up to so many cells away."""
    padded = np.pad(cells, by)
    rows, columns = cells.shape
    found = np.zeros_like(cells)
    for down in range(2 * by + 1):
        for right in range(2 * by + 1):
            found |= padded[down : down + rows, right : right + columns]
    return found


def _covered(
    boxes_px: Sequence[Box], cells: tuple[int, ...], width_px: int, height_px: int
) -> Cells:
    """The cells that people's boxes touch."""
    rows, columns = cells
    cell = max(1, -(-max(height_px, width_px) // CELLS))
    found = np.zeros((rows, columns), np.bool_)
    for box in boxes_px:
        pad = _BOX_MARGIN * max(box.width_px, box.height_px)
        top, bottom = int((box.top_px - pad) // cell), int((box.bottom_px + pad) // cell) + 1
        left, right = int((box.left_px - pad) // cell), int((box.right_px + pad) // cell) + 1
        found[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
    return found
