"""Motion gate: an empty, still room costs next to nothing.

Frames are compared as coarse grey grids: a person far off still covers several of its cells,
and a cell averages a camera's noise away. The comparison is with the last frame that was
analysed, not with the last one seen, so that slow movements add up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.types import Analysis, Frame, Image

#: Cells across the longer side of the frame.
_CELLS = 48

#: Of each cell at most so many pixels in a row and column are looked at.
_SAMPLES = 4

#: Grey levels by which a cell must have changed. A camera's noise of 5 levels is 1.3 in a cell.
#: In the dark people are a few levels brighter than the room: where the noise allows it, less is
#: enough. Of noise alone the cell changed most is changed five times as much as half of the cells.
_CHANGED_LEVELS = 8.0
_LEAST_LEVELS = 3.0
_TIMES_NOISE = 8.0

#: After somebody was seen or something moved, every frame is analysed for this long: the pose
#: model finds some people only after a few frames.
QUIET_AFTER_S = 3.0

#: However still it is, a frame is analysed this often.
LOOK_EVERY_S = 1.0


class MotionGate:
    """Compares frames with the last one that was kept."""

    def __init__(self) -> None:
        self._kept: NDArray[np.float32] | None = None
        self._newest: NDArray[np.float32] | None = None

    def moved(self, image_bgr: Image) -> bool:
        """Whether anything differs from the frame kept; yes if there is none of this size.

        Args:
            image_bgr: (height, width, 3) uint8.
        """
        grid = self._newest = coarse_grid(image_bgr)
        if self._kept is None or self._kept.shape != grid.shape:
            return True
        if grid.size == 0:
            return True
        changed = np.abs(grid - self._kept)
        limit = np.clip(_TIMES_NOISE * np.median(changed), _LEAST_LEVELS, _CHANGED_LEVELS)
        return bool(changed.max() >= limit)

    def keep(self) -> None:
        """Compare with the newest frame from now on."""
        self._kept = self._newest


def coarse_grid(image_bgr: Image) -> NDArray[np.float32]:
    """A frame's brightness, cell by cell: (rows, columns) float32, 0 to 255.

    Green stands for brightness, and a cell for a few of its pixels: exact enough to compare.
    """
    height, width = image_bgr.shape[:2]
    step = max(1, max(height, width) // (_CELLS * _SAMPLES))
    green = image_bgr[::step, ::step, 1]
    rows, columns = green.shape[0] // _SAMPLES, green.shape[1] // _SAMPLES
    cells = green[: rows * _SAMPLES, : columns * _SAMPLES]
    cells = cells.reshape(rows, _SAMPLES, columns, _SAMPLES)
    return np.asarray(cells.mean(axis=(1, 3), dtype=np.float32))


class StaticScene:
    """Tells which frames of a camera need no pose model: nobody is there, and nothing moves.

    Nobody is tracked in such a room, so nobody can be missed: the first frame in which anything
    moves is analysed, and all that follow. For cameras only: a clip's verdict must not depend on
    what is spared.
    """

    def __init__(self) -> None:
        self._gate = MotionGate()
        self._moved_s: float | None = None
        self._busy_s = float("-inf")
        self._looked_s = float("-inf")
        self._quiet = False

    @property
    def is_quiet(self) -> bool:
        """Whether nobody has been there and nothing has moved for a while."""
        return self._quiet

    def moved_within(self, seconds: float, now_s: float) -> bool:
        """Whether anything has moved of late, between one frame analysed and the next."""
        return self._moved_s is None or now_s - self._moved_s <= seconds

    def spares(self, frame: Frame) -> bool:
        """Whether the next frame, in order of time, need not be analysed.

        If it is to be, tell `saw` what was found.
        """
        now = frame.timestamp_s
        if self._gate.moved(frame.image_bgr) or self._moved_s is None:
            self._moved_s = self._busy_s = now
        self._quiet = now - self._busy_s > QUIET_AFTER_S
        if self._quiet and now - self._looked_s < LOOK_EVERY_S - 1e-6:
            return True
        self._looked_s = now
        self._gate.keep()
        return False

    def saw(self, analysis: Analysis) -> None:
        """Take in what an analysed frame showed."""
        if analysis.people:
            self._busy_s = analysis.frame.timestamp_s
