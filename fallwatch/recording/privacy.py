"""Privacy: what may be seen of people, on the screen and in what is kept. Decided here alone.

The judge always sees the camera's own picture; this is applied to what leaves the analysis.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from fallwatch.core.geometry import landmarks_px
from fallwatch.core.overlay import Line, overlay
from fallwatch.core.types import Analysis, Box, Frame, Image, Person

PrivacyMode = Literal["off", "blur", "skeleton"]

#: Hands, hair and a poor estimate reach beyond a person's box: part of its size on each side.
_MARGIN = 0.15

#: A person is made of this many blocks along the longer side: enough to see how they lie, too
#: few for a face.
_BLOCKS = 10

_PLAIN_BGR = (46, 38, 32)
_BONE_BGR = (154, 227, 95)


def apply_privacy(analysis: Analysis, mode: PrivacyMode) -> Image:
    """The picture that may be shown or stored.

    Args:
        analysis: A verdict with its frame, which stays as it is.
        mode: ``off``: the camera's picture. ``blur``: everyone who is tracked is made of coarse
            blocks; somebody the analysis does not see is not blurred. ``skeleton``: no pixel of
            the camera, only skeletons on a plain ground.

    Returns:
        (height, width, 3) uint8, blue, green, red.
    """
    if mode == "off":
        return analysis.frame.image_bgr
    return _skeletons(analysis) if mode == "skeleton" else _blurred(analysis)


def private(analysis: Analysis, mode: PrivacyMode) -> Analysis:
    """The same verdict with the picture that may be shown."""
    if mode == "off":
        return analysis
    image = apply_privacy(analysis, mode)
    return replace(analysis, frame=replace(analysis.frame, image_bgr=image))


def _blurred(analysis: Analysis) -> Image:
    from fallwatch.sources.opencv import cv2

    frame = analysis.frame
    image = frame.image_bgr.copy()
    for person in analysis.people:
        left, top, right, bottom = _region(person, frame)
        if right <= left or bottom <= top:
            continue
        region = image[top:bottom, left:right]
        longer = max(right - left, bottom - top)
        blocks = [max(1, round(_BLOCKS * side / longer)) for side in (right - left, bottom - top)]
        coarse = cv2.resize(region, (blocks[0], blocks[1]), interpolation=cv2.INTER_AREA)
        image[top:bottom, left:right] = cv2.resize(
            coarse, (right - left, bottom - top), interpolation=cv2.INTER_NEAREST
        )
    return image


def _region(person: Person, frame: Frame) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all that is seen of a person, in whole pixels of the frame."""
    box = person.box_px
    if person.pose is not None:
        # Also what the pose only guesses at: outside the box, but perhaps in the picture.
        points = landmarks_px(person.pose, frame.width_px, frame.height_px)
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        box = Box(
            min(box.left_px, left),
            min(box.top_px, top),
            max(box.right_px, right),
            max(box.bottom_px, bottom),
        )
    pad = _MARGIN * max(box.width_px, box.height_px)
    return (
        max(0, int(box.left_px - pad)),
        max(0, int(box.top_px - pad)),
        min(frame.width_px, int(box.right_px + pad) + 1),
        min(frame.height_px, int(box.bottom_px + pad) + 1),
    )


def _skeletons(analysis: Analysis) -> Image:
    from fallwatch.sources.opencv import cv2

    image: Image = np.empty_like(analysis.frame.image_bgr)
    image[:] = _PLAIN_BGR
    for shape in overlay(analysis):
        if isinstance(shape, Line):
            start = round(shape.x1_px), round(shape.y1_px)
            end = round(shape.x2_px), round(shape.y2_px)
            cv2.line(image, start, end, _BONE_BGR, 2, cv2.LINE_AA)
    return image
