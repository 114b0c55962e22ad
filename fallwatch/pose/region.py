"""A turned square in an image: where a network looks."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fallwatch.core.types import Box, Floats, Image

#: Side of the square around a body over the distance from its hips to the rim of the circle that
#: holds it (twice), as mediapipe's graphs prescribe.
_MARGIN = 1.25


@dataclass(frozen=True, slots=True)
class Region:
    """A square in an image, which may reach beyond it.

    Attributes:
        x_px: Its centre.
        y_px: Its centre.
        side_px: Length of a side.
        turn_rad: By how much it is turned, clockwise as seen; what points up in it is then up no
            longer in the image.
    """

    x_px: float
    y_px: float
    side_px: float
    turn_rad: float = 0.0

    @classmethod
    def around_body(cls, hips_px: Floats, rim_px: Floats) -> Region:
        """The square around a body, turned so that the body stands upright in it.

        Args:
            hips_px: (2,) middle of the hips.
            rim_px: (2,) a point on the circle around the whole body, beyond the head.
        """
        x, y = (rim_px - hips_px).tolist()
        turn = math.atan2(x, -y)
        return cls(float(hips_px[0]), float(hips_px[1]), 2 * _MARGIN * math.hypot(x, y), turn)

    @property
    def box_px(self) -> Box:
        """The same square, not turned."""
        half = self.side_px / 2
        return Box(self.x_px - half, self.y_px - half, self.x_px + half, self.y_px + half)

    def to_image(self, points: Floats) -> Floats:
        """From fractions of the square, x to the right and y down in it, to pixels.

        Args:
            points: (n, 2).

        Returns:
            (n, 2) float32.
        """
        matrix = self._matrix(1.0)
        return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], dtype=np.float32)

    def cut(self, image_bgr: Image, side: int, *, edge_repeated: bool = False) -> Image:
        """What lies in the square, as an image.

        Args:
            image_bgr: (height, width, 3) uint8.
            side: Of the result, in its pixels.
            edge_repeated: Whether beyond the image its edge goes on; else it is black there.

        Returns:
            (side, side, 3) uint8.
        """
        import cv2

        return np.asarray(
            cv2.warpAffine(
                image_bgr,
                self._matrix(float(side)),
                (side, side),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE if edge_repeated else cv2.BORDER_CONSTANT,
            ),
            dtype=np.uint8,
        )

    def _matrix(self, side: float) -> Floats:
        """(2, 3), from a square of this side to pixels of the image."""
        scale = self.side_px / side
        cos, sin = math.cos(self.turn_rad) * scale, math.sin(self.turn_rad) * scale
        half = side / 2
        return np.array(
            [
                [cos, -sin, self.x_px - half * (cos - sin)],
                [sin, cos, self.y_px - half * (sin + cos)],
            ],
            dtype=np.float32,
        )
