"""BlazePose: several bodies, followed from picture to picture.

The detector is dear and looks at the whole picture; the landmarks of one body are cheap and tell
where to look for it next. So bodies are followed by their landmarks, and the detector is asked
only when nobody is followed, when somebody was lost, and every half second for those who came in.
It is then, too, that the picture is found good or in need of a remedy.
"""

from __future__ import annotations

from pathlib import Path

from fallwatch.core.features import TORSO
from fallwatch.core.geometry import intersection_over_union
from fallwatch.core.types import Box, Frame, Pose
from fallwatch.pose.detector import BodyDetector
from fallwatch.pose.enhancement import NO_ENHANCEMENT, enhancement_for
from fallwatch.pose.landmarks import Body, BodyLandmarks
from fallwatch.pose.networks import shared_networks
from fallwatch.pose.region import Region

#: While all who were seen are still followed, newcomers are looked for this often.
_LOOK_FOR_OTHERS_EVERY_S = 0.5

#: Squares that share more than this of their joint area mean the same body.
_SAME_BODY_OVERLAP = 0.5

#: A second look at furniture finds ghosts: a body must show this much of its torso.
_MIN_TORSO_VISIBILITY = 0.5

# Quarter turns by which a second look turns the picture, in radians: as it is, and to either side.
_TURNS_RAD = (0.0, 1.5707963, -1.5707963)


class BlazePose:
    """Follows the bodies of one camera. One owner thread; cameras share the networks.

    Args:
        weights_dir: A ``pose_landmarker_*.task`` in here goes before fallwatch's networks.
        max_people: Bodies followed at most.

    Raises:
        fallwatch.pose.networks.PoseModelError: The networks cannot be had.
    """

    def __init__(self, weights_dir: Path, max_people: int = 2) -> None:
        self._networks = shared_networks(weights_dir)
        self._detector = BodyDetector(self._networks.detector)
        self._landmarks = BodyLandmarks(self._networks.landmarks)
        self._max_people = max_people
        self._followed: list[Region] = []
        self._looked_s = float("-inf")
        self._remedy = NO_ENHANCEMENT

    def estimate(self, frame: Frame) -> list[Pose]:
        """See `fallwatch.core.protocols.PoseEstimator.estimate`."""
        bodies: list[Body] = []
        for region in self._followed:
            self._add(bodies, self._find_body(frame, region))
        lost = len(bodies) < len(self._followed)
        due = frame.timestamp_s - self._looked_s >= _LOOK_FOR_OTHERS_EVERY_S
        if len(bodies) < self._max_people and (not bodies or lost or due):
            self._looked_s = frame.timestamp_s
            self._look_for_others(frame, bodies)
        self._followed = [body.region for body in bodies]
        return [body.pose for body in bodies]

    def _look_for_others(self, frame: Frame, bodies: list[Body]) -> None:
        self._remedy = enhancement_for(frame.image_bgr)
        for region in self._detector.find(frame.image_bgr, _whole(frame), remedy=self._remedy):
            if len(bodies) == self._max_people:
                return
            if not _is_among(region, bodies):
                self._add(bodies, self._find_body(frame, region))

    def _find_body(self, frame: Frame, region: Region) -> Body | None:
        return self._landmarks.find(frame.image_bgr, region, remedy=self._remedy)

    @staticmethod
    def _add(bodies: list[Body], body: Body | None) -> None:
        if body is not None and not _is_among(body.region, bodies):
            bodies.append(body)

    def look_again(self, frame: Frame, region: Box) -> Pose | None:
        """See `fallwatch.core.protocols.PoseEstimator.look_again`.

        The region is looked at as it is and turned a quarter to either side: to BlazePose, which
        knows upright people, somebody lying is then upright.
        """
        x, y = region.center_px
        side = max(region.width_px, region.height_px, 2.0)
        for turn in _TURNS_RAD:
            found = self._detector.find(
                frame.image_bgr, Region(x, y, side, turn), edge_repeated=True, remedy=self._remedy
            )
            body = self._find_body(frame, found[0]) if found else None
            if body is not None and _torso_visibility(body.pose) >= _MIN_TORSO_VISIBILITY:
                return body.pose
        return None

    def reset(self) -> None:
        """See `fallwatch.core.protocols.PoseEstimator.reset`."""
        self._followed = []
        self._looked_s = float("-inf")
        self._remedy = NO_ENHANCEMENT

    def close(self) -> None:
        """Nothing to free: the networks go with the last who uses them."""


def _whole(frame: Frame) -> Region:
    """The square around the whole picture."""
    width, height = frame.width_px, frame.height_px
    return Region(width / 2, height / 2, float(max(width, height)))


def _is_among(region: Region, bodies: list[Body]) -> bool:
    return any(
        intersection_over_union(region.box_px, body.region.box_px) > _SAME_BODY_OVERLAP
        for body in bodies
    )


def _torso_visibility(pose: Pose) -> float:
    return float(pose.visibility[[0, *TORSO]].mean())
