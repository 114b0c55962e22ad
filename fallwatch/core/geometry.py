"""Boxes and squares: from a pose to the region a classifier looks at."""

from __future__ import annotations

import numpy as np

from fallwatch.core.types import Box, Floats, Pose

#: Landmarks below this visibility do not count towards a person's box.
MIN_VISIBILITY = 0.3

#: Part of the longer side added around a person on each side of the crop.
CROP_MARGIN = 0.10

#: BlazePose gives points of the face but not the crown and puts wrists and ankles, not
#: finger tips and soles, near the edge: part of the box size added on each side.
BODY_MARGIN = 0.06


def landmarks_px(pose: Pose, width_px: int, height_px: int) -> Floats:
    """Landmarks in pixels of the frame.

    Returns:
        (33, 2) float32, columns x and y.
    """
    return pose.landmarks_norm * np.array([width_px, height_px], dtype=np.float32)


def person_box(pose: Pose, width_px: int, height_px: int) -> Box | None:
    """Box around the visible landmarks, widened a little, cut at the frame.

    Returns:
        None if fewer than four points are visible, or all lie outside the frame.
    """
    visible = pose.visibility >= MIN_VISIBILITY
    if int(visible.sum()) < 4:
        return None
    points = landmarks_px(pose, width_px, height_px)[visible]
    left, top = points.min(axis=0)
    right, bottom = points.max(axis=0)
    pad = BODY_MARGIN * max(right - left, bottom - top)
    left, right = max(left - pad, 0.0), min(right + pad, float(width_px))
    top, bottom = max(top - pad, 0.0), min(bottom + pad, float(height_px))
    if right - left < 2 or bottom - top < 2:
        return None
    return Box(float(left), float(top), float(right), float(bottom))


def crop_square(box: Box, margin: float = CROP_MARGIN) -> Box:
    """The square around a person's box that the classifier sees.

    The side is the box's longer side plus ``margin`` of it on each side; the centre is the
    box's. The square may reach beyond the frame: what is missing is filled in when it is cut.

    >>> crop_square(Box(0, 0, 10, 20), margin=0.1)
    Box(left_px=-7.0, top_px=-2.0, right_px=17.0, bottom_px=22.0)
    """
    half = max(box.width_px, box.height_px) * (0.5 + margin)
    x, y = box.center_px
    return Box(x - half, y - half, x + half, y + half)


def intersection_over_union(a: Box, b: Box) -> float:
    """Shared area over joint area, between 0 and 1; 0 for two empty boxes.

    >>> intersection_over_union(Box(0, 0, 2, 2), Box(1, 0, 3, 2))
    0.3333333333333333
    """
    width = min(a.right_px, b.right_px) - max(a.left_px, b.left_px)
    height = min(a.bottom_px, b.bottom_px) - max(a.top_px, b.top_px)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (a.area_px + b.area_px - shared)
