"""BlazePose's detector: where in an image there are bodies, and how they lie."""

from __future__ import annotations

import numpy as np

from fallwatch.core.geometry import intersection_over_union
from fallwatch.core.logistic import probability
from fallwatch.core.types import Box, Floats, Image
from fallwatch.pose.enhancement import NO_ENHANCEMENT, Enhancement
from fallwatch.pose.region import Region
from fallwatch.system.inference_device import Inference, Network

#: Side of the network's input.
_SIDE = 224

# The network's grids as mediapipe's graph prescribes them: cells across the image, and how many
# proposals come from the middle of each cell.
_GRIDS = ((28, 2), (14, 2), (7, 6))

#: Proposals below this probability are none.
_MIN_SCORE = 0.5

#: What an image out of focus needs.
_SHARPEN_RADIUS_PX = 2.0
_SHARPEN_AMOUNT = 3.0

#: Boxes that share more than this of their joint area mean the same body.
_SAME_BODY_OVERLAP = 0.3


class BodyDetector:
    """Looks for bodies in any square of an image. One owner thread.

    Args:
        network: The detector, see `networks.PoseNetworks`.
    """

    def __init__(self, network: Network) -> None:
        self._ask = Inference(network)
        self._anchors = _anchors()

    def find(
        self,
        image_bgr: Image,
        where: Region,
        *,
        edge_repeated: bool = False,
        remedy: Enhancement = NO_ENHANCEMENT,
    ) -> list[Region]:
        """The squares around the bodies in a part of an image, surest first.

        Args:
            image_bgr: (height, width, 3) uint8.
            where: The part to look at.
            edge_repeated: See `Region.cut`.
            remedy: What the image needs.
        """
        patch = where.cut(image_bgr, _SIDE, edge_repeated=edge_repeated)
        patch = remedy.apply(patch, _SHARPEN_RADIUS_PX, _SHARPEN_AMOUNT)
        found = self._ask(patch[None])
        scores = probability(found[1][0, :, 0])
        rows = np.flatnonzero(scores >= _MIN_SCORE)
        rows = rows[np.argsort(-scores[rows], kind="stable")]
        points = found[0][0, rows].reshape(-1, 6, 2) / _SIDE
        # The second pair is the box's size; all others are places, counted from the anchor.
        points[:, [0, 2, 3, 4, 5]] += self._anchors[rows, None]
        regions = []
        for body in _merged(points, scores[rows]):
            hips, rim = where.to_image(body[2:4])
            regions.append(Region.around_body(hips, rim))
        return regions


def _anchors() -> Floats:
    """(2254, 2): the middles of the cells, x and y as fractions of the input."""
    grids = []
    for cells, proposals in _GRIDS:
        middles = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(middles, middles, indexing="ij")
        grids.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), proposals, axis=0))
    return np.concatenate(grids)


def _merged(points: Floats, scores: Floats) -> list[Floats]:
    """One set of points for each body: the mean, weighted by score, of all that mean it.

    Args:
        points: (n, 6, 2): middle and size of the box, middle of the hips, rim of the circle
            around the body, and the same two of the upper body; surest first.
        scores: (n,).
    """
    boxes = [
        Box(float(x - w / 2), float(y - h / 2), float(x + w / 2), float(y + h / 2))
        for (x, y), (w, h) in np.abs(points[:, :2])
    ]
    left = list(range(len(boxes)))
    bodies = []
    while left:
        best = boxes[left[0]]
        same = [n for n in left if intersection_over_union(best, boxes[n]) > _SAME_BODY_OVERLAP]
        same = same or left[:1]
        left = [n for n in left if n not in same]
        bodies.append(np.average(points[same], axis=0, weights=scores[same]).astype(np.float32))
    return bodies
