"""Simulated camera that sends a clip over and over, at the rate of a real one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from fallwatch.bench.measure.footage import Footage
from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Frame

#: A reader later than this misses frames, as with a camera, whose buffer is short.
_BUFFER_S = 0.2


class LoopCamera:
    """A live source that is due every 1 / ``fps`` seconds, whoever reads it or not.

    Frames are JPEG and decoded where they are read, as with a webcam. Each frame of the clip is
    sent as often as its own rate asks for: a clip of 15 a second twice at 30.

    Args:
        name: Of the room.
        footage: The clip.
        fps: Frames per second.
        begin: Number of the clip's frame to begin with, so that rooms differ.
    """

    def __init__(self, name: str, footage: Footage, fps: float = 30.0, begin: int = 0) -> None:
        self.name = name
        self.is_live = True
        self.fps = fps
        self.duration_s: float | None = None
        self._footage = footage
        self._begin = begin
        self._interrupted = threading.Event()
        self._opened_s = 0.0
        self._opened_unix_s = 0.0
        self._next = 0

    def open(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.open`."""
        self._interrupted.clear()
        self._opened_s, self._opened_unix_s = time.perf_counter(), time.time()
        self._next = 0

    def read(self) -> Frame:
        """See `fallwatch.core.protocols.FrameSource.read`."""
        frame = self.read_if(lambda timestamp_s: True)
        assert frame is not None  # it was wanted
        return frame

    def read_if(self, wanted: Callable[[float], bool]) -> Frame | None:
        """See `fallwatch.core.protocols.SelectiveSource.read_if`."""
        due_s = self._wait_for_next()
        index, self._next = self._next, self._next + 1
        if not wanted(due_s):
            return None
        image = self._footage.image(self.position(index))
        # Its age counts from when the camera had it, not from when it was decoded.
        return Frame(self.name, index, due_s, image, self._opened_unix_s + due_s)

    def position(self, index: int) -> int:
        """Number of the clip's frame that is the camera's frame ``index``."""
        return self._begin + int(index * self._footage.fps / self.fps + 1e-9)

    def next_jpeg(self) -> tuple[float, bytes]:
        """Wait for the next frame and leave it encoded.

        Returns:
            The time at which the camera had it, seconds since 1970 UTC, and the JPEG.
        """
        due_s = self._wait_for_next()
        index, self._next = self._next, self._next + 1
        jpegs = self._footage.jpegs
        return self._opened_unix_s + due_s, jpegs[self.position(index) % len(jpegs)]

    def interrupt(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.interrupt`."""
        self._interrupted.set()

    def close(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.close`."""

    def _wait_for_next(self) -> float:
        """Wait until a frame is due; its time stamp."""
        now_s = time.perf_counter() - self._opened_s
        if now_s - self._next / self.fps > _BUFFER_S:
            self._next = int(now_s * self.fps)
        due_s = self._next / self.fps
        self._interrupted.wait(max(0.0, due_s - now_s))
        if self._interrupted.is_set():
            raise SourceError(Message("Reading {0} was interrupted.", (self.name,)))
        return due_s
