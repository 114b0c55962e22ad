"""Body features of a pose: where head and hips are, how upright, how large.

Lengths are divided by the body's *size*, so that near and far people, and large and small
images, give the same numbers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from fallwatch.core.geometry import landmarks_px
from fallwatch.core.types import Box, Floats, Pose

# BlazePose's numbers of the points used here.
FACE = slice(0, 9)
LEFT_SHOULDER, RIGHT_SHOULDER = 11, 12
LEFT_HIP, RIGHT_HIP = 23, 24
LEFT_KNEE, RIGHT_KNEE = 25, 26
LEFT_ANKLE, RIGHT_ANKLE = 27, 28
FEET = slice(27, 33)
TORSO = (LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP)

#: Face centre to shoulder line, times this, is head and neck (BlazePose has no crown point).
_HEAD_AND_NECK = 1.6


@dataclass(frozen=True, slots=True)
class BodyMeasure:
    """One body in one frame, in pixels of that frame (y down).

    Attributes:
        size_px: Body size: head and neck + torso + thigh + shank, as seen in the image. Close
            to the height when standing, and much the same when sitting or lying.
        head_px: Centre of the face, x and y.
        hips_px: Middle of the two hip points, x and y.
        feet_y_px: The lowest foot point.
        torso_angle_deg: Hip-to-shoulder line against the vertical: 0 upright, 90 flat, 180 head
            down.
        head_over_feet: Height of the head over the lower foot, over size: about 1 standing,
            0.7 sitting, 0 or below lying.
        aspect: Width over height of the box around the visible points.
        shin_angle_deg: Knee-to-ankle line against the vertical: 0 with the feet under the knees.
        hips_over_ankles: Height of the hips over the ankles, over size: about 0.45 standing, 0.3
            crouching, 0 lying.
        visibility: Mean visibility of the torso's four corners and the head, 0 to 1.
        cut_off: Part of the torso's and legs' points that lie outside the image, 0 to 1.
    """

    size_px: float
    head_px: tuple[float, float]
    hips_px: tuple[float, float]
    feet_y_px: float
    torso_angle_deg: float
    head_over_feet: float
    aspect: float
    shin_angle_deg: float
    hips_over_ankles: float
    visibility: float
    cut_off: float


def measure_body(pose: Pose, box: Box, width_px: int, height_px: int) -> BodyMeasure | None:
    """Measure one pose.

    Args:
        pose: The landmarks.
        box: The person's box, from `fallwatch.core.geometry.person_box`.
        width_px: Width of the frame.
        height_px: Height of the frame.

    Returns:
        None where the points coincide and no size can be given.
    """
    points = landmarks_px(pose, width_px, height_px)
    head = points[FACE].mean(axis=0)
    shoulders = points[[LEFT_SHOULDER, RIGHT_SHOULDER]].mean(axis=0)
    hips = points[[LEFT_HIP, RIGHT_HIP]].mean(axis=0)
    size = _body_size(points, head, shoulders, hips)
    if size < 4.0:
        return None
    feet_y = float(points[FEET, 1].max())
    torso = hips - shoulders
    ankles = points[[LEFT_ANKLE, RIGHT_ANKLE]].mean(axis=0)
    shins = ankles - points[[LEFT_KNEE, RIGHT_KNEE]].mean(axis=0)
    limbs = pose.landmarks_norm[LEFT_SHOULDER:]
    outside = ((limbs < 0.0) | (limbs > 1.0)).any(axis=1)
    seen = pose.visibility[[0, *TORSO]]
    return BodyMeasure(
        size_px=size,
        head_px=(float(head[0]), float(head[1])),
        hips_px=(float(hips[0]), float(hips[1])),
        feet_y_px=feet_y,
        torso_angle_deg=_from_vertical_deg(torso),
        head_over_feet=(feet_y - float(head[1])) / size,
        aspect=box.width_px / max(box.height_px, 1.0),
        shin_angle_deg=_from_vertical_deg(shins),
        hips_over_ankles=float(ankles[1] - hips[1]) / size,
        visibility=float(seen.mean()),
        cut_off=float(outside.mean()),
    )


def _from_vertical_deg(line: Floats) -> float:
    """Angle of a line (x, y down) against the vertical: 0 downwards, 90 level, 180 upwards."""
    return math.degrees(math.atan2(abs(float(line[0])), float(line[1])))


def _body_size(points: Floats, head: Floats, shoulders: Floats, hips: Floats) -> float:
    """Sum of the segments from the head to the ankles, left and right averaged."""

    def length(a: int, b: int) -> float:
        return float(np.linalg.norm(points[a] - points[b]))

    thigh = (length(LEFT_HIP, LEFT_KNEE) + length(RIGHT_HIP, RIGHT_KNEE)) / 2
    shank = (length(LEFT_KNEE, LEFT_ANKLE) + length(RIGHT_KNEE, RIGHT_ANKLE)) / 2
    neck = float(np.linalg.norm(head - shoulders)) * _HEAD_AND_NECK
    return neck + float(np.linalg.norm(hips - shoulders)) + thigh + shank
