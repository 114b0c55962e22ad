"""BlazePose: several bodies, followed from frame to frame; a second eye for those it loses.

The detector is dear and looks at the whole image; the landmarks of one body are cheap and tell
where to look for it next. So bodies are followed by their landmarks, and the detector is asked
only when nobody is followed, when somebody was lost, and every half second for those who came in.
It is then, too, that the image is found good or in need of a remedy.

BlazePose knows upright people and loses those who lie. Whoever was lost on the way down, or lying,
is looked for by the second eye where they were last seen; and where BlazePose finds nobody although
something moves, the second eye looks over the whole image.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fallwatch.core.features import TORSO
from fallwatch.core.geometry import intersection_over_union
from fallwatch.core.image_checks.motion_gate import MotionGate
from fallwatch.core.protocols import PoseEstimator
from fallwatch.core.types import Frame, Pose
from fallwatch.pose.detector import BodyDetector
from fallwatch.pose.enhancement import NO_ENHANCEMENT, enhancement_for
from fallwatch.pose.followed import NEWCOMER_SCORE, FollowedBody, LostBody
from fallwatch.pose.landmarks import Body, BodyLandmarks
from fallwatch.pose.networks import shared_networks
from fallwatch.pose.region import Region
from fallwatch.pose.second_eye import Glimpse, SecondEye
from fallwatch.system.inference_device import CPU

#: While all who were seen are still followed, newcomers are looked for this often.
_LOOK_FOR_OTHERS_EVERY_S = 0.5

#: Squares that share more than this of their joint area mean the same body.
_SAME_BODY_OVERLAP = 0.5

#: A second look at furniture finds ghosts: a body must show this much of its torso, as BlazePose
#: sees it, or as the second eye does, which is more modest.
_MIN_TORSO_VISIBILITY = 0.5
_MIN_TORSO_SCORE = 0.12

#: The whole image is looked at by the second eye this often at most.
_NEWCOMERS_EVERY_S = 0.5


class BlazePose:
    """Follows the bodies of one camera. One owner thread; cameras share the networks.

    Args:
        weights_dir: A ``pose_landmarker_*.task`` in here goes before fallwatch's networks.
        max_people: Bodies followed at most.
        device: What runs the networks, as OpenVINO names devices.

    Raises:
        fallwatch.pose.networks.PoseModelError: The networks cannot be had.
    """

    def __init__(self, weights_dir: Path, max_people: int = 2, device: str = CPU) -> None:
        self._networks = shared_networks(weights_dir, device)
        self._detector = BodyDetector(self._networks.detector)
        self._landmarks = BodyLandmarks(self._networks.landmarks)
        self._eye = SecondEye(self._networks.second_eye)
        self._max_people = max_people
        self.reset()

    def reset(self) -> None:
        """See `fallwatch.core.protocols.PoseEstimator.reset`."""
        self._followed: list[FollowedBody] = []
        self._lost: list[LostBody] = []
        self._looked_s = float("-inf")
        self._eye_looked_s = float("-inf")
        self._scene = MotionGate()
        self._remedy = NO_ENHANCEMENT

    def close(self) -> None:
        """Nothing to free: the networks go with the last who uses them."""

    def estimate(self, frame: Frame) -> list[Pose]:
        """See `fallwatch.core.protocols.PoseEstimator.estimate`."""
        now = frame.timestamp_s
        as_sent, frame = frame, self._smoothed(frame)
        bodies: list[Body] = []
        found: list[FollowedBody] = []
        before = self._followed
        for known in before:
            if self._add(bodies, self._find_body(frame, known.region)):
                found.append(known)
        missing = [known for known in before if known not in found]
        due = now - self._looked_s >= _LOOK_FOR_OTHERS_EVERY_S
        if not bodies or missing or due:
            self._looked_s = now
            self._remedy = enhancement_for(as_sent.image_bgr)
            frame = self._smoothed(as_sent)
            self._look_for_others(frame, bodies)
        self._lost += [LostBody.of(known) for known in missing if known.may_lie]
        # Whoever is followed already is somebody else, however near they stand.
        newcomers = bodies[len(found) :]
        self._lost = [lost for lost in self._lost if lost.is_awaited(now, newcomers)]
        poses = [body.pose for body in bodies]
        # However many others there are: nobody matters more than who may lie unseen.
        poses += self._look_for_lost(frame, bodies)
        if not poses:
            poses += self._look_for_newcomers(frame, bodies)
        self._followed = [
            FollowedBody.of(body, frame, found[row].seen if row < len(found) else ())
            for row, body in enumerate(bodies)
        ]
        return poses

    def take_over(self, earlier: PoseEstimator) -> None:
        """See `fallwatch.core.protocols.PoseEstimator.take_over`."""
        if isinstance(earlier, BlazePose):
            self._followed, self._lost = earlier._followed, earlier._lost

    def _smoothed(self, frame: Frame) -> Frame:
        return replace(frame, image_bgr=self._remedy.smoothed(frame.image_bgr))

    def _look_for_others(self, frame: Frame, bodies: list[Body]) -> None:
        if len(bodies) == self._max_people:
            return
        for region in self._detector.find(frame.image_bgr, _whole(frame), remedy=self._remedy):
            if not _is_among(region, bodies):
                self._add(bodies, self._find_body(frame, region))
            if len(bodies) == self._max_people:
                return

    def _look_for_lost(self, frame: Frame, bodies: list[Body]) -> list[Pose]:
        """Look for the one who was lost and has waited longest; add a body that can be followed.

        Returns:
            Their pose, if they were found.
        """
        now = frame.timestamp_s
        due = [lost for lost in self._lost if lost.is_due(now)]
        if not due:
            return []
        lost = min(due, key=lambda lost: lost.looked_s)
        lost.looked_s = now
        glimpses = self._eye.find(frame.image_bgr, lost.place, lost.min_score, remedy=self._remedy)
        for glimpse in glimpses:
            if not lost.may_be(glimpse) or _is_among(glimpse.region, bodies):
                continue
            followed = len(bodies)
            pose = self._pose_of(frame, glimpse, bodies)
            if pose is None:
                continue
            if len(bodies) > followed:
                self._lost.remove(lost)
            else:
                lost.seen_again(glimpse, now)
            return [pose]
        return []

    def _look_for_newcomers(self, frame: Frame, bodies: list[Body]) -> list[Pose]:
        """Look over the whole image, if something has moved since that was last done."""
        now = frame.timestamp_s
        if now - self._eye_looked_s < _NEWCOMERS_EVERY_S or not self._scene.moved(frame.image_bgr):
            return []
        self._scene.keep()
        self._eye_looked_s = now
        for glimpse in self._eye.find(
            frame.image_bgr, _whole(frame), NEWCOMER_SCORE, remedy=self._remedy
        ):
            pose = self._pose_of(frame, glimpse, bodies)
            if pose is None:
                continue
            if bodies:
                self._lost = [lost for lost in self._lost if lost.is_awaited(now, bodies)]
            else:
                self._go_on_looking_for(glimpse, now)
            return [pose]
        return []

    def _go_on_looking_for(self, glimpse: Glimpse, now: float) -> None:
        """Somebody only the second eye sees is looked at again, also when nothing moves."""
        for lost in self._lost:
            if lost.may_be(glimpse):
                lost.seen_again(glimpse, now)
                return
        self._lost.append(LostBody.glimpsed(glimpse, now))

    def _pose_of(self, frame: Frame, glimpse: Glimpse, bodies: list[Body]) -> Pose | None:
        """BlazePose's landmarks for what the second eye sees, or the second eye's own points.

        The former can be followed, and are added to the bodies.
        """
        body = self._find_body(frame, glimpse.region)
        sure = body is not None and _torso_visibility(body.pose) >= _MIN_TORSO_VISIBILITY
        if sure and self._add(bodies, body):
            return bodies[-1].pose
        if glimpse.torso_score < _MIN_TORSO_SCORE:
            return None
        in_focus = not self._remedy.out_of_focus
        return glimpse.pose(frame.width_px, frame.height_px, in_focus=in_focus)

    def _find_body(self, frame: Frame, region: Region) -> Body | None:
        return self._landmarks.find(frame.image_bgr, region, remedy=self._remedy)

    @staticmethod
    def _add(bodies: list[Body], body: Body | None) -> bool:
        if body is None or _is_among(body.region, bodies):
            return False
        bodies.append(body)
        return True


def _whole(frame: Frame) -> Region:
    """The square around the whole image."""
    width, height = frame.width_px, frame.height_px
    return Region(width / 2, height / 2, float(max(width, height)))


def _is_among(region: Region, bodies: list[Body]) -> bool:
    return any(
        intersection_over_union(region.box_px, body.region.box_px) > _SAME_BODY_OVERLAP
        for body in bodies
    )


def _torso_visibility(pose: Pose) -> float:
    return float(pose.visibility[[0, *TORSO]].mean())
