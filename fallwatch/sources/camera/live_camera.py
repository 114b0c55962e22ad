"""The common part of webcams and network cameras."""

from __future__ import annotations

import math
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Frame, Image
from fallwatch.sources.camera.catch_up import CatchUp
from fallwatch.sources.clip.clip_clock import sane_fps
from fallwatch.sources.decoding.capture import Capture

#: In images of fewer pixels, high or wide, nobody can be seen.
_SMALLEST_PX = 32


class LiveCamera(ABC):
    """A camera read through OpenCV. Time stamps count from ``open``.

    A ``read`` inside the driver cannot be cut short: ``interrupt`` ends it with `SourceError` at
    the next frame or at the driver's time-out.

    Args:
        name: What people call it.
        lost: What to say when it stops sending images.
        patience_s: A frame for which this long was waited does not count: the driver has given
            up, and lets out what was left of a torn one.
    """

    def __init__(self, name: str, lost: Message, patience_s: float = math.inf) -> None:
        self._name = name
        self._lost = lost
        self._patience_s = patience_s
        self._interrupted = threading.Event()
        self._capture: Capture | None = None
        self._fps = 0.0
        self._opened_s = 0.0
        self._count = 0
        self._catch_up = CatchUp()

    @abstractmethod
    def _open_capture(self) -> Capture:
        """A capture that is open.

        Raises:
            SourceError: It cannot be opened.
        """

    def _late_s(self, capture: Capture, now_s: float) -> float:
        """How late the frame is that has just come, in seconds; 0.0 where nobody knows.

        Called once for each frame.

        Args:
            capture: Which has it.
            now_s: When it came, in seconds since ``open``.
        """
        return 0.0

    @property
    def name(self) -> str:
        """What people call it; for a network camera, its address without user and password."""
        return self._name

    @property
    def is_live(self) -> bool:
        """True: frames come at their own pace."""
        return True

    @property
    def fps(self) -> float:
        """Frames per second as the driver says; 0.0 while it is not open."""
        return self._fps

    @property
    def duration_s(self) -> float | None:
        """None: it never ends."""
        return None

    def open(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.open`."""
        from fallwatch.sources.opencv import cv2

        self.close()
        self._interrupted.clear()
        self._capture = self._open_capture()
        self._fps = sane_fps(self._capture.get(cv2.CAP_PROP_FPS))
        self._opened_s = time.perf_counter()
        self._count = 0
        self._catch_up = CatchUp()

    def read(self) -> Frame:
        """See `fallwatch.core.protocols.FrameSource.read`."""
        while (frame := self.read_if(lambda timestamp_s: True)) is None:
            pass  # it was passed over, to catch up with the camera
        return frame

    def read_if(self, wanted: Callable[[float], bool]) -> Frame | None:
        """See `fallwatch.core.protocols.SelectiveSource.read_if`.

        Of a stream that has fallen behind no frame may be wanted for up to 1.5 s.
        """
        capture = self._capture
        if capture is None:
            raise SourceError(Message("{0} is not open.", (self._name,)))
        self._raise_if_interrupted()
        began_s = time.perf_counter()
        arrived = _grab(capture)
        waited_s = time.perf_counter() - began_s
        self._raise_if_interrupted()
        if not arrived or waited_s >= self._patience_s:
            raise SourceError(self._lost)
        stamp_s, unix_s = time.perf_counter() - self._opened_s, time.time()
        index, self._count = self._count, self._count + 1
        late_s = self._late_s(capture, stamp_s)
        if self._catch_up.passes_over(late_s, stamp_s) or not wanted(stamp_s):
            return None
        image = _retrieve(capture)
        if image is None:
            raise SourceError(self._lost)
        self._check_size(image)
        return Frame(self._name, index, stamp_s, image, unix_s - late_s, late_s)

    def interrupt(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.interrupt`."""
        self._interrupted.set()

    def close(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.close`."""
        if self._capture is not None:
            self._capture.release()
        self._capture = None
        self._fps = 0.0

    def _check_size(self, image: Image) -> None:
        height_px, width_px = image.shape[:2]
        if min(height_px, width_px) < _SMALLEST_PX:
            raise SourceError(
                Message(
                    "{0} sends images of {1}x{2} pixels, in which nobody can be seen. Set the "
                    "camera to larger images.",
                    (self._name, width_px, height_px),
                )
            )

    def _raise_if_interrupted(self) -> None:
        if self._interrupted.is_set():
            raise SourceError(Message("Reading {0} was interrupted.", (self._name,)))


def _grab(capture: Capture) -> bool:
    """Wait for the next frame; False if there is none."""
    from fallwatch.sources.opencv import cv2

    try:
        return bool(capture.grab())
    except cv2.error:
        return False


def _retrieve(capture: Capture) -> Image | None:
    """The image that was waited for, (height, width, 3) uint8 BGR; None if it is broken."""
    from fallwatch.sources.opencv import cv2

    try:
        decoded, image = capture.retrieve()
    except cv2.error:
        return None
    if not decoded or image is None or image.size == 0:
        return None
    return np.asarray(image, dtype=np.uint8)
