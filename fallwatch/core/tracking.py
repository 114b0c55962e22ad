"""Tracking of people: poses of successive frames joined into tracks."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

from fallwatch.core.features import BodyMeasure, measure_body
from fallwatch.core.geometry import intersection_over_union, person_box
from fallwatch.core.types import Box, Frame, Pose

#: Two poses whose boxes overlap this much are the same body found twice.
_DUPLICATE_IOU = 0.55

#: A body this much smaller than another, and this much inside its box, is a part of it.
_GHOST_SIZE = 0.5
_GHOST_SHARE = 0.7

#: Two bodies of unlike size are less likely the same: the logarithm of the ratio counts this much,
#: in body sizes of distance.
_UNLIKE_SIZE = 0.3

#: How far hips may move between two sightings, in body sizes: a floor for jitter, plus a speed.
#: A fall moves the hips at up to 3 body sizes a second.
_REACH = 0.35
_REACH_PER_S = 3.0
_MAX_REACH = 1.5

#: After a loss longer than this a body found near by must also have about the same size: the pose
#: model sees small phantoms in furniture once a room is empty.
_FLICKER_S = 0.25
_MIN_SIZE_RATIO = 0.4

#: Whoever has been in view until now is more likely this body than somebody out of sight who was
#: last seen here: so much, in body sizes of distance. Without it, who fell where another had lain
#: before was taken for that one, and the fall for the one that was told already.
_OUT_OF_SIGHT = 0.25

#: Whoever stands, sits or kneels has the head this high over the feet, in body sizes.
_UP = 0.45

#: A body mostly hidden is more often a coat on a chair than a person.
_MIN_VISIBILITY = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One body found in one frame."""

    pose: Pose
    box: Box
    body: BodyMeasure


@dataclass(slots=True, eq=False)
class Track:
    """One person over time.

    Attributes:
        track_id: Number, from 1, never used twice.
        born_s: Time stamp of the first sighting.
        seen_s: Time stamp of the latest sighting.
        detection: The latest sighting.
        visible: Whether the latest frame showed the person.
    """

    track_id: int
    born_s: float
    seen_s: float
    detection: Detection
    visible: bool = True


def detect(frame: Frame, poses: list[Pose]) -> list[Detection]:
    """Measure the poses of one frame; drop doubles and what is hardly visible."""
    found: list[Detection] = []
    for pose in poses:
        box = person_box(pose, frame.width_px, frame.height_px)
        body = measure_body(pose, box, frame.width_px, frame.height_px) if box else None
        if box is None or body is None or body.visibility < _MIN_VISIBILITY:
            continue
        if any(intersection_over_union(box, other.box) > _DUPLICATE_IOU for other in found):
            continue
        found.append(Detection(pose, box, body))
    return [one for one in found if not any(_is_ghost_in(one, other) for other in found)]


def _is_ghost_in(one: Detection, other: Detection) -> bool:
    """Whether a small body lies inside a large one: a part of it, taken for somebody."""
    if one.body.size_px > _GHOST_SIZE * other.body.size_px:
        return False
    width = min(one.box.right_px, other.box.right_px) - max(one.box.left_px, other.box.left_px)
    height = min(one.box.bottom_px, other.box.bottom_px) - max(one.box.top_px, other.box.top_px)
    return width > 0 and height > 0 and width * height > _GHOST_SHARE * one.box.area_px


class Tracker:
    """Joins detections to tracks, nearest hips first.

    Args:
        keep_lost_s: How long a person out of sight keeps the number.
    """

    def __init__(self, keep_lost_s: float = 3.0) -> None:
        self._keep_lost_s = keep_lost_s
        self._next_id = 1
        self._tracks: list[Track] = []

    def update(
        self, timestamp_s: float, detections: list[Detection], keep: Collection[int] = ()
    ) -> list[Track]:
        """Take in one frame.

        Args:
            timestamp_s: Later than the one before.
            detections: The bodies found in it.
            keep: Numbers of people to remember however long they are out of sight: somebody
                lying on the floor is often lost by the pose model. Whoever then stands or sits
                there counts as somebody else: it may be one who came to help, or who got up unseen
                and may fall again.

        Returns:
            All tracks alive, oldest first; those not ``visible`` are remembered, not seen.
        """
        for track in self._tracks:
            track.visible = False
        unmatched = list(range(len(detections)))
        for _, track, index in sorted(
            self._candidates(timestamp_s, detections), key=lambda item: (item[0], item[1].track_id)
        ):
            if track.visible or index not in unmatched:
                continue
            unmatched.remove(index)
            track.detection, track.seen_s, track.visible = detections[index], timestamp_s, True
        self._tracks = [
            track
            for track in self._tracks
            if timestamp_s - track.seen_s <= self._keep_lost_s or track.track_id in keep
        ]
        for index in unmatched:
            self._tracks.append(Track(self._next_id, timestamp_s, timestamp_s, detections[index]))
            self._next_id += 1
        return list(self._tracks)

    def _candidates(
        self, timestamp_s: float, detections: list[Detection]
    ) -> list[tuple[float, Track, int]]:
        return [
            (
                _unlikeness(track.detection, detection)
                + _OUT_OF_SIGHT * (timestamp_s - track.seen_s > _FLICKER_S),
                track,
                index,
            )
            for track in self._tracks
            for index, detection in enumerate(detections)
            if self._may_be(track, timestamp_s, detection)
        ]

    def _may_be(self, track: Track, timestamp_s: float, detection: Detection) -> bool:
        lost_s = timestamp_s - track.seen_s
        if lost_s > _FLICKER_S and _size_ratio(track.detection, detection) < _MIN_SIZE_RATIO:
            return False
        if lost_s > self._keep_lost_s and detection.body.head_over_feet >= _UP:
            return False
        reach = min(_REACH + _REACH_PER_S * lost_s, _MAX_REACH)
        return hip_distance(track.detection, detection) <= reach


def hip_distance(a: Detection, b: Detection) -> float:
    """Between the hips, in body sizes of the larger of the two."""
    (ax, ay), (bx, by) = a.body.hips_px, b.body.hips_px
    return math.hypot(ax - bx, ay - by) / max(a.body.size_px, b.body.size_px)


def _unlikeness(a: Detection, b: Detection) -> float:
    """Distance in place and in size, for choosing between people."""
    return hip_distance(a, b) - _UNLIKE_SIZE * math.log(_size_ratio(a, b))


def _size_ratio(a: Detection, b: Detection) -> float:
    """Smaller over larger body size, 0 to 1."""
    small, large = sorted((a.body.size_px, b.body.size_px))
    return small / large
