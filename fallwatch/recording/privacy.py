"""Privacy: what may be seen of people, on the screen and in what is kept. Decided here alone.

The judge always sees the camera's own image; this is applied to what leaves the analysis.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from fallwatch.core.geometry import landmarks_px
from fallwatch.core.image_checks.empty_places import CELLS, Cells, EmptyPlaces
from fallwatch.core.overlay import Line, overlay
from fallwatch.core.types import Analysis, Box, Frame, Image, Person
from fallwatch.core.zones import Zone

PrivacyMode = Literal["off", "blur", "skeleton"]

#: Hands, hair and a poor estimate reach beyond a person's box: part of its size on each side.
_MARGIN = 0.15

#: A person is made of this many blocks along the longer side: enough to see how they lie, too
#: few for a face.
_BLOCKS = 10

#: Wherever somebody may be who was not found: blocks along the longer side of the image. A
#: face that fills a tenth of it is two blocks wide.
_IMAGE_BLOCKS = 24

#: Frames that may wait to be stored; see `fallwatch.recording.recording_thread.MAX_WAITING`.
_REMEMBERED = 128

_PLAIN_BGR = (46, 38, 32)
_BONE_BGR = (154, 227, 95)


class RoomPrivacy:
    """The privacy of one room: it remembers which places of its image are empty.

    All that is shown or stored of a room goes through one of these, so that live image, snapshot
    and clip hide the same. `private` is called for each frame in order, on the analysis thread;
    `render` may be called later, on any thread.

    Attributes:
        mode: See `apply_privacy`.

    Args:
        mode: See `apply_privacy`.
        zones: Of the room: in its beds nobody counts as seen empty.
    """

    def __init__(self, mode: PrivacyMode, zones: Sequence[Zone] = ()) -> None:
        self.mode = mode
        self._places = EmptyPlaces(zones)
        self._lock = threading.Lock()
        self._hidden: OrderedDict[tuple[int, float], Cells] = OrderedDict()

    def private(self, analysis: Analysis) -> Analysis:
        """The same verdict with the image that may be shown."""
        if self.mode == "off":
            return analysis
        if self.mode == "blur":
            self._look(analysis)
        return replace(analysis, frame=replace(analysis.frame, image_bgr=self.render(analysis)))

    def render(self, analysis: Analysis) -> Image:
        """The image that may be stored; one that was never looked at is blurred altogether."""
        with self._lock:
            hidden = self._hidden.get(_key(analysis))
        return apply_privacy(analysis, self.mode, hidden)

    def see(self, analysis: Analysis) -> None:
        """Take a frame in before anybody wants it rendered."""
        if self.mode == "blur":
            self._look(analysis)

    def _look(self, analysis: Analysis) -> None:
        key = _key(analysis)
        with self._lock:
            if key in self._hidden:
                return
            frame = analysis.frame
            boxes = [person.box_px for person in analysis.people]
            self._hidden[key] = self._places.see(frame.image_bgr, frame.timestamp_s, boxes)
            while len(self._hidden) > _REMEMBERED:
                self._hidden.popitem(last=False)


def _key(analysis: Analysis) -> tuple[int, float]:
    return analysis.frame.index, analysis.frame.timestamp_s


def apply_privacy(analysis: Analysis, mode: PrivacyMode, hidden: Cells | None = None) -> Image:
    """The image that may be shown or stored.

    Args:
        analysis: A verdict with its frame, which stays as it is.
        mode: ``off``: the camera's image. ``blur``: everyone who is tracked is made of coarse
            blocks, and so is every place that may not be empty. ``skeleton``: no pixel of the
            camera, only skeletons on a plain ground.
        hidden: The places that may not be empty, see `EmptyPlaces.see`; None: all of them.

    Returns:
        (height, width, 3) uint8, blue, green, red.
    """
    if mode == "off":
        return analysis.frame.image_bgr
    return _skeletons(analysis) if mode == "skeleton" else _blurred(analysis, hidden)


def _blurred(analysis: Analysis, hidden: Cells | None) -> Image:
    from fallwatch.sources.opencv import cv2

    frame = analysis.frame
    image = _without_hidden(frame, hidden)
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


def _without_hidden(frame: Frame, hidden: Cells | None) -> Image:
    """The image with coarse blocks wherever somebody may be who was not found."""
    from fallwatch.sources.opencv import cv2

    width, height = frame.width_px, frame.height_px
    longer = max(width, height)
    blocks = [max(1, round(_IMAGE_BLOCKS * side / longer)) for side in (width, height)]
    coarse = cv2.resize(frame.image_bgr, (blocks[0], blocks[1]), interpolation=cv2.INTER_AREA)
    image = np.asarray(
        cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8
    )
    if hidden is not None:
        cell = max(1, -(-longer // CELLS))
        whole = hidden.repeat(cell, axis=0).repeat(cell, axis=1)[:height, :width]
        clear = ~whole
        image[clear] = frame.image_bgr[clear]
    return image


def _region(person: Person, frame: Frame) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of all that is seen of a person, in whole pixels of the frame."""
    box = person.box_px
    if person.pose is not None:
        # Also what the pose only guesses at: outside the box, but perhaps in the image.
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
