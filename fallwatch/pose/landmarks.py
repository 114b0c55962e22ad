"""BlazePose's second network: the landmarks of one body, and where to look for it next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.logistic import probability
from fallwatch.core.types import Floats, Image, Pose
from fallwatch.pose.enhancement import NO_ENHANCEMENT, Enhancement
from fallwatch.pose.region import Region
from fallwatch.system.inference_device import Inference, Network

#: Side of the network's input.
_SIDE = 256

#: Below this probability there is no body.
_MIN_PRESENCE = 0.5

#: Landmarks of the body; of those that follow, the first two tell where to look next.
_BODY = 33
_HIPS, _RIM = 33, 34

#: What an image out of focus needs: a body is larger here than in the whole image.
_SHARPEN_RADIUS_PX = 3.0
_SHARPEN_AMOUNT = 2.0

# Landmarks are refined by the heat around them, as in mediapipe's graph: cells to either side, and
# how hot one of them must be.
_REACH = 3
_MIN_HEAT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """A body that was found.

    Attributes:
        pose: Its landmarks in the whole image.
        region: The square around it, to look for it in the next frame.
    """

    pose: Pose
    region: Region


class BodyLandmarks:
    """Finds the landmarks of the one body in a square. One owner thread.

    Args:
        network: The network, see `networks.PoseNetworks`.
    """

    def __init__(self, network: Network) -> None:
        self._ask = Inference(network)

    def find(
        self, image_bgr: Image, region: Region, *, remedy: Enhancement = NO_ENHANCEMENT
    ) -> Body | None:
        """The body that stands upright in a turned square; None if there is none.

        Args:
            image_bgr: (height, width, 3) uint8.
            region: Where to look, such as the detector or an earlier frame's body says.
            remedy: What the image needs.
        """
        patch = region.cut(image_bgr, _SIDE)
        patch = remedy.apply(patch, _SHARPEN_RADIUS_PX, _SHARPEN_AMOUNT)
        found = self._ask(patch[None])
        if found[1][0, 0] < _MIN_PRESENCE:
            return None
        # x, y and depth in pixels of the input, logits of visibility and of presence.
        values = found[0].reshape(-1, 5)
        points = region.to_image(
            _refined(np.divide(values[:, :2], _SIDE, dtype=np.float32), found[2][0])
        )
        height, width = image_bgr.shape[:2]
        pose = Pose(
            np.divide(points[:_BODY], (width, height), dtype=np.float32),
            probability(values[:_BODY, 3]),
            in_focus=not remedy.out_of_focus,
        )
        return Body(pose, Region.around_body(points[_HIPS], points[_RIM]))


def _refined(points: Floats, heat_logits: Floats) -> Floats:
    """Each landmark moved to the middle of the heat around it, where it is hot enough.

    Args:
        points: (n, 2), x and y as fractions of the input.
        heat_logits: (rows, columns, n).
    """
    rows, columns, count = heat_logits.shape
    cells = (points * (columns, rows)).astype(np.int64)
    hidden = ((cells < 0) | (cells >= (columns, rows))).any(axis=1)
    steps = np.arange(-_REACH, _REACH + 1)
    across, down = cells[:, :1] + steps, cells[:, 1:] + steps
    outside = _beyond(down, rows)[:, :, None] | _beyond(across, columns)[:, None, :]
    heat = probability(
        heat_logits[
            down.clip(0, rows - 1)[:, :, None],
            across.clip(0, columns - 1)[:, None, :],
            np.arange(count)[:, None, None],
        ]
    )
    heat = np.where(outside, 0.0, heat)
    cold = hidden | (heat.max(axis=(1, 2)) < _MIN_HEAT)
    total = np.where(cold, 1.0, heat.sum(axis=(1, 2)))
    x = (heat.sum(axis=1) * across).sum(axis=1) / total / columns
    y = (heat.sum(axis=2) * down).sum(axis=1) / total / rows
    middle = np.stack([x, y], axis=1)
    return np.asarray(np.where(cold[:, None], points, middle), dtype=np.float32)


def _beyond(places: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    return (places < 0) | (places >= count)
