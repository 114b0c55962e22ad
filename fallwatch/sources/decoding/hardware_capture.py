"""Captures that are watched: one decoded by hardware, and the processor's after it has failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

import numpy as np

from fallwatch.core.types import Image
from fallwatch.sources.decoding.capture import Opened

#: A network camera's own time-outs are 5 s: who is longer in the driver is stuck in it.
_STUCK_AFTER_S = 6.0

#: Frames of one colour in a row that are a decoder's fault, or a camera's.
_MOST_FLAT = 15

#: An image is looked at in so many places each way; grey levels by which they may differ.
_LOOKS, _FLAT_LEVELS = 16, 2


class Fault(Enum):
    """What may be wrong with a hardware decoder."""

    NO_IMAGE = "no image"
    FLAT = "images of one colour"
    ENDED = "no more images"


class HardwareCapture:
    """A capture that hardware decodes, as long as nothing speaks against it.

    Args:
        suspect: Called when it gives nothing, or nothing to be seen; then nothing comes any more.
        patience_s: A frame for which this long was waited does not count.
    """

    def __init__(
        self,
        suspect: Callable[[Fault], None],
        patience_s: float,
        monotonic: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._suspect, self._patience_s, self._monotonic = suspect, patience_s, monotonic
        self._capture: Opened | None = None
        self._in_driver_since_s: float | None = None
        self._has_given = False
        self._flat = 0
        self._released = False

    def open(self, make: Callable[[], Opened]) -> Opened:
        """Open it, and return what is behind it.

        Args:
            make: Opens the stream.
        """
        with self._in_driver():
            self._capture = make()
        return self._capture

    @property
    def is_stuck(self) -> bool:
        """Whether its driver has not returned for longer than a camera takes. Any thread."""
        since_s = self._in_driver_since_s
        return since_s is not None and self._monotonic() - since_s > _STUCK_AFTER_S

    @property
    def has_opened(self) -> bool:
        """Whether its driver has come back from opening the stream. Any thread."""
        return self._capture is not None

    @property
    def is_released(self) -> bool:
        """Whether the driver has let go of the camera. Any thread."""
        return self._released

    def grab(self) -> bool:
        """Wait for the next frame; False if none comes."""
        from fallwatch.sources.opencv import cv2

        began_s = self._monotonic()
        try:
            with self._in_driver():
                arrived = bool(self._opened.grab())
        except cv2.error:
            arrived = False
        if not arrived or self._monotonic() - began_s >= self._patience_s:
            self._give_nothing()
        return arrived

    def retrieve(self) -> tuple[bool, Any]:
        """Decode the frame that was waited for; nothing if it is one of many of one colour."""
        from fallwatch.sources.opencv import cv2

        try:
            with self._in_driver():
                decoded, image = self._opened.retrieve()
        except cv2.error:
            decoded, image = False, None
        if not decoded or image is None or image.size == 0:
            self._give_nothing()
            return False, None
        self._flat = self._flat + 1 if is_flat(image) else 0
        if self._flat >= _MOST_FLAT:
            self._suspect(Fault.FLAT)
            return False, None
        self._has_given = True
        return True, image

    def get(self, name: int, /) -> float:
        """A property of the capture."""
        return float(self._opened.get(name))

    def release(self) -> None:
        """Let go of the camera."""
        with self._in_driver():
            self._opened.release()
        self._released = True

    @property
    def _opened(self) -> Opened:
        assert self._capture is not None, "it was not opened"
        return self._capture

    def _give_nothing(self) -> None:
        self._suspect(Fault.ENDED if self._has_given else Fault.NO_IMAGE)

    @contextmanager
    def _in_driver(self) -> Iterator[None]:
        self._in_driver_since_s = self._monotonic()
        try:
            yield
        finally:
            self._in_driver_since_s = None


class WitnessCapture:
    """A capture of the processor, whose first frame says whether hardware was at fault.

    Args:
        capture: It is read by.
        on_first: Called with the first image, (height, width, 3) uint8 BGR.
    """

    def __init__(self, capture: Opened, on_first: Callable[[Image], None]) -> None:
        self._capture = capture
        self._on_first: Callable[[Image], None] | None = on_first

    def grab(self) -> bool:
        """Wait for the next frame; False if none comes."""
        return bool(self._capture.grab())

    def retrieve(self) -> tuple[bool, Any]:
        """Decode the frame that was waited for."""
        decoded, image = self._capture.retrieve()
        if self._on_first is not None and decoded and image is not None and image.size:
            on_first, self._on_first = self._on_first, None
            on_first(image)
        return decoded, image

    def get(self, name: int, /) -> float:
        """A property of the capture."""
        return float(self._capture.get(name))

    def release(self) -> None:
        """Let go of the camera."""
        self._capture.release()


def is_flat(image: Image) -> bool:
    """Whether an image has one colour everywhere, as from a decoder that was given nothing.

    Args:
        image: (height, width, 3) uint8.
    """
    rows, columns = (max(1, side // _LOOKS) for side in image.shape[:2])
    looks = np.asarray(image)[::rows, ::columns].reshape(-1, image.shape[-1])
    return bool((looks.max(axis=0) - looks.min(axis=0) <= _FLAT_LEVELS).all())
