"""A square cut out of a frame, turned for the pose model, and the way back to the frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fallwatch.core.types import Box, Image, Pose


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A square part of a frame.

    Attributes:
        image_bgr: (side, side, 3) uint8; beyond the frame its edge is repeated.
        left_px: Left edge in the frame.
        top_px: Top edge in the frame.
    """

    image_bgr: Image
    left_px: int
    top_px: int

    def to_frame(self, pose: Pose, quarters: int, width_px: int, height_px: int) -> Pose:
        """A pose found in the turned patch, in coordinates of the whole frame.

        Args:
            pose: Landmarks as fractions of the patch after `numpy.rot90` by ``quarters``.
            quarters: Quarter turns against the clock that the patch was turned by, 0 to 3.
            width_px: Width of the frame.
            height_px: Height of the frame.
        """
        x, y = pose.landmarks_norm[:, 0], pose.landmarks_norm[:, 1]
        # One quarter against the clock takes the point (x, y) to (y, 1 - x); this is its inverse.
        for _ in range(quarters % 4):
            x, y = 1.0 - y, x
        side = self.image_bgr.shape[0]
        points = np.stack(
            [(self.left_px + x * side) / width_px, (self.top_px + y * side) / height_px], axis=1
        )
        return Pose(points.astype(np.float32), pose.visibility)


def square_patch(image_bgr: Image, region: Box) -> Patch:
    """Cut a square around the middle of a region.

    Args:
        image_bgr: (height, width, 3) uint8.
        region: In pixels; its longer side becomes the side of the square.
    """
    x, y = region.center_px
    side = max(round(max(region.width_px, region.height_px)), 2)
    left, top = round(x - side / 2), round(y - side / 2)
    columns = np.clip(np.arange(left, left + side), 0, image_bgr.shape[1] - 1)
    rows = np.clip(np.arange(top, top + side), 0, image_bgr.shape[0] - 1)
    return Patch(image_bgr[rows[:, None], columns[None, :]], left, top)
