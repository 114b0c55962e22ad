"""Recorded clips."""

from __future__ import annotations

import math
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from fallwatch.core.protocols import EndOfStreamError, SourceError
from fallwatch.core.types import Frame, Image
from fallwatch.sources import container
from fallwatch.sources.clip_clock import ClipClock, sane_fps
from fallwatch.sources.pacing import Pacer

if TYPE_CHECKING:
    from fallwatch.sources.opencv import cv2

# A clip that stops this much before its announced end is damaged; less is sloppy bookkeeping.
_MISSING_S = 1.0
_MISSING_SHARE = 0.05


class VideoFileSource:
    """A clip, picture by picture, upright, with the time stamps of the file.

    After ``interrupt`` each ``read`` raises `SourceError`, until it is opened again: an
    interrupted clip has not come to its end.

    Args:
        path: The file.
        realtime: Whether ``read`` waits until the picture is due; else it is as fast as it can.
        loop: Whether it begins again at its end, for ever, with time going on.
    """

    def __init__(self, path: str | Path, realtime: bool = False, loop: bool = False) -> None:
        self._path = Path(path).expanduser()
        self._realtime = realtime
        self._loop = loop
        self._interrupted = threading.Event()
        self._capture: cv2.VideoCapture | None = None
        self._first: Image | None = None
        self._fps = 0.0
        self._duration_s: float | None = None
        self._index = 0
        self._clock = ClipClock(0.0)
        self._pacer = Pacer()
        self._laps_end_s = 0.0

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return self._path.name

    @property
    def is_live(self) -> bool:
        """False: every picture can be had."""
        return False

    @property
    def fps(self) -> float:
        """Pictures per second on average; 0.0 while it is not open."""
        return self._fps

    @property
    def duration_s(self) -> float | None:
        """Length in seconds; None where the file does not say, and while it is not open."""
        return self._duration_s

    def open(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.open`."""
        self.close()
        self._interrupted.clear()
        try:
            self._check_file()
            self._open_capture()
            self._duration_s = self._announced_duration_s()
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise SourceError(
                f"{self._path} cannot be read ({reason}). Check that the disk is there and that "
                "you may read the file."
            ) from error
        self._index = 0
        self._clock = ClipClock(self._fps)
        self._pacer = Pacer()
        self._laps_end_s = 0.0

    def read(self) -> Frame:
        """See `fallwatch.core.protocols.FrameSource.read`."""
        image = self._next_image()
        if image is None:
            self._check_complete()
            if not self._loop:
                raise EndOfStreamError(f"{self.name} has ended.")
            self._start_over()
            image = self._next_image()
        if image is None or self._capture is None:
            raise SourceError(f"{self._path} could not be read again from its beginning.")
        stamp_s = self._clock.stamp(self._decoder_ms())
        if self._realtime:
            self._pacer.wait_for(stamp_s, self._interrupted)
        self._raise_if_interrupted()
        frame = Frame(self.name, self._index, stamp_s, image, time.time())
        self._index += 1
        return frame

    def interrupt(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.interrupt`."""
        self._interrupted.set()

    def close(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.close`."""
        if self._capture is not None:
            self._capture.release()
        self._capture = None
        self._first = None
        self._fps = 0.0
        self._duration_s = None

    def _check_file(self) -> None:
        if not self._path.exists():
            raise SourceError(f"{self._path} does not exist. Check the name and the folder.")
        if self._path.is_dir():
            raise SourceError(f"{self._path} is a folder. Choose a video file in it.")
        if not self._path.is_file():
            raise SourceError(f"{self._path} is not a file. Choose a video file.")
        if self._path.stat().st_size == 0:
            raise SourceError(f"{self._path} is empty (0 bytes). Copy or record it again.")
        if container.lacks_index(self._path):
            raise SourceError(
                f"{self._path} is incomplete: its index is missing, as when a recording or a copy "
                "was cut short. Copy it again from where it came."
            )

    def _open_capture(self) -> None:
        from fallwatch.sources.opencv import cv2, next_picture, open_video

        # The absolute path, because FFmpeg takes what stands before a colon for a protocol.
        capture = open_video(str(self._path.resolve()))
        if not capture.isOpened():
            capture.release()
            raise SourceError(
                f"{self._path} is not a video that can be read. If it plays in another program, "
                "convert it to MP4 with H.264."
            )
        # The first picture is fetched here: some broken files open, and only then show nothing.
        first = next_picture(capture)
        if first is None:
            capture.release()
            raise SourceError(
                f"{self._path} holds no picture that can be read. It may be damaged, or a sound "
                "recording: copy or record it again."
            )
        self._capture = capture
        self._first = first
        self._fps = sane_fps(capture.get(cv2.CAP_PROP_FPS))

    def _announced_duration_s(self) -> float | None:
        from fallwatch.sources.opencv import cv2

        assert self._capture is not None
        by_frames_s = self._capture.get(cv2.CAP_PROP_FRAME_COUNT) / self._fps
        by_header_s = container.mp4_duration_s(self._path) if container.is_mp4(self._path) else None
        known = [
            seconds
            for seconds in (by_frames_s, by_header_s)
            if seconds is not None and math.isfinite(seconds) and seconds > 0
        ]
        return min(known, default=None)

    def _next_image(self) -> Image | None:
        from fallwatch.sources.opencv import next_picture

        self._raise_if_interrupted()
        if self._capture is None:
            raise SourceError(f"{self._path} is not open.")
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next_picture(self._capture)

    def _decoder_ms(self) -> float:
        from fallwatch.sources.opencv import cv2

        assert self._capture is not None
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC))

    def _raise_if_interrupted(self) -> None:
        if self._interrupted.is_set():
            raise SourceError(f"Reading {self._path} was interrupted.")

    def _check_complete(self) -> None:
        """Raise if the clip ended clearly before the end that its header announces."""
        reached_s = self._clock.end_s - self._laps_end_s
        # Other formats have no exact length in their header: there the announced one is a guess.
        exact = container.is_mp4(self._path) or container.is_avi(self._path)
        if self._duration_s is None or not exact:
            return
        missing_s = self._duration_s - reached_s
        if missing_s > max(_MISSING_S, _MISSING_SHARE * self._duration_s):
            raise SourceError(
                f"{self._path} ended early, at {reached_s:.1f} s of {self._duration_s:.1f} s; it "
                "may be damaged. Copy it again from where it came."
            )

    def _start_over(self) -> None:
        assert self._capture is not None
        self._capture.release()
        self._open_capture()
        self._clock.start_over()
        self._laps_end_s = self._clock.end_s
