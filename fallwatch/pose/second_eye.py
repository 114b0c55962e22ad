"""The second eye: MoveNet MultiPose, which finds people BlazePose does not, above all who lie.

It looks where somebody was just lost, and over the whole image when something moves and
BlazePose finds nobody. What it finds is the start for BlazePose's landmarks, which are finer;
where those fail, its own seventeen points are the pose.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fallwatch.core.types import Floats, Image, Pose
from fallwatch.pose.enhancement import NO_ENHANCEMENT, Enhancement
from fallwatch.pose.region import Region
from fallwatch.system.inference_device import Inference, Network

#: Side of the network's input.
_SIDE = 256

#: What an image out of focus needs.
_SHARPEN_RADIUS_PX = 2.0
_SHARPEN_AMOUNT = 3.0

#: From the middle of the hips to the rim of the circle around a body, in torso lengths, and in
#: distances to the farthest point; BlazePose's own regions have 1.9 at the median.
_RIM_TORSOS = 1.9
_RIM_FARTHEST = 1.1

#: A point this likely is one; MoveNet is modest, and its 0.3 counts as certain.
_MIN_POINT = 0.1
_CERTAIN_POINT = 0.3

#: Which of MoveNet's points (COCO's order) stands for each of BlazePose's 33. It has one point
#: for an eye, and none for mouth, fingers, heels and toes: the nearest joint stands for them.
_FACE = (0, 1, 1, 1, 2, 2, 2, 3, 4, 0, 0)
_ARMS = (5, 6, 7, 8, 9, 10, 9, 10, 9, 10, 9, 10)
_LEGS = (11, 12, 13, 14, 15, 16, 15, 16, 15, 16)
_AS_BLAZEPOSE = np.array((*_FACE, *_ARMS, *_LEGS))

_SHOULDERS, _HIPS = slice(5, 7), slice(11, 13)


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """A body as the second eye sees it.

    Attributes:
        score: How likely it is one, 0 to 1; MoveNet gives most people 0.2 to 0.7.
        points_px: (17, 2), x and y in pixels of the image, in COCO's order.
        point_scores: (17,), 0 to 1.
    """

    score: float
    points_px: Floats
    point_scores: Floats

    @property
    def region(self) -> Region:
        """The square around the body, turned upright: where to look for its landmarks."""
        hips = self.points_px[_HIPS].mean(axis=0)
        up = self.points_px[_SHOULDERS].mean(axis=0) - hips
        torso = max(float(np.linalg.norm(up)), 1.0)
        sure = self.point_scores >= _MIN_POINT
        far = np.linalg.norm(self.points_px[sure] - hips, axis=1).max(initial=0.0)
        rim = hips + up / torso * max(_RIM_TORSOS * torso, _RIM_FARTHEST * float(far))
        return Region.around_body(hips, np.asarray(rim, dtype=np.float32))

    def pose(self, width_px: int, height_px: int, *, in_focus: bool) -> Pose:
        """The body's points as BlazePose numbers them.

        Args:
            width_px: Width of the image.
            height_px: Height of the image.
            in_focus: Whether the image was sharp.
        """
        points = self.points_px[_AS_BLAZEPOSE] / (width_px, height_px)
        visibility = (self.point_scores[_AS_BLAZEPOSE] / _CERTAIN_POINT).clip(0.0, 1.0)
        return Pose(
            np.asarray(points, dtype=np.float32),
            np.asarray(visibility, dtype=np.float32),
            in_focus=in_focus,
        )

    @property
    def torso_score(self) -> float:
        """Mean score of nose, shoulders and hips."""
        return float(self.point_scores[[0, 5, 6, 11, 12]].mean())


class SecondEye:
    """Looks for bodies in any square of an image. One owner thread.

    Args:
        network: The network, see `networks.PoseNetworks`.
    """

    def __init__(self, network: Network) -> None:
        self._ask = Inference(network)

    def find(
        self,
        image_bgr: Image,
        where: Region,
        min_score: float,
        *,
        remedy: Enhancement = NO_ENHANCEMENT,
    ) -> list[Glimpse]:
        """The bodies in a part of an image, surest first.

        Args:
            image_bgr: (height, width, 3) uint8.
            where: The part to look at.
            min_score: Of a body.
            remedy: What the image needs.
        """
        patch = where.cut(image_bgr, _SIDE)
        patch = remedy.apply(patch, _SHARPEN_RADIUS_PX, _SHARPEN_AMOUNT)
        # Each of the six rows: 17 points (y, x, score), the box, and the score of the whole body.
        rows = self._ask(patch[None])[0][0]
        glimpses = []
        for row in sorted(rows, key=lambda row: -float(row[55])):
            if float(row[55]) < min_score:
                break
            points = row[:51].reshape(17, 3)
            places = where.to_image(np.ascontiguousarray(points[:, 1::-1]))
            glimpses.append(Glimpse(float(row[55]), places, points[:, 2].copy()))
        return glimpses
