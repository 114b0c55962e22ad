"""Source for recorded clips."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from pathlib import Path

from fallwatch.core.message import Message
from fallwatch.core.protocols import EndOfStreamError, SourceError
from fallwatch.core.text import clean_name
from fallwatch.core.types import Frame
from fallwatch.sources.clip.clip_clock import ClipClock, sane_fps
from fallwatch.sources.clip.clip_decoder import ClipDecoder, DecodedFrame, unreadable
from fallwatch.sources.clip.pacing import Pacer

# A clip that stops this much before its announced end is damaged; less is sloppy bookkeeping.
_MISSING_S = 1.0
_MISSING_SHARE = 0.05


class VideoFileSource:
    """A clip, frame by frame, upright, with the time stamps of the file.

    After ``interrupt`` each ``read`` raises `SourceError`, until it is opened again: an
    interrupted clip has not come to its end.

    Args:
        path: The file.
        realtime: Whether ``read`` waits until the frame is due; otherwise it is as fast as it can.
        loop: Whether it begins again at its end, for ever, with time going on.
    """

    def __init__(self, path: str | Path, realtime: bool = False, loop: bool = False) -> None:
        self._path = Path(path).expanduser()
        self._realtime = realtime
        self._loop = loop
        self._interrupted = threading.Event()
        self._decoder: ClipDecoder | None = None
        self._first: DecodedFrame | None = None
        self._index = 0
        self._clock = ClipClock(0.0)
        self._pacer = Pacer()
        self._laps_end_s = 0.0

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return clean_name(self._path.name)

    @property
    def is_live(self) -> bool:
        """False: every frame can be read."""
        return False

    @property
    def fps(self) -> float:
        """Frames per second on average; 0.0 while it is not open."""
        return 0.0 if self._decoder is None else sane_fps(self._decoder.fps)

    @property
    def duration_s(self) -> float | None:
        """Length in seconds; None where the file does not say, and while it is not open."""
        return None if self._decoder is None else self._decoder.duration_s

    def open(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.open`."""
        self._interrupted.clear()
        try:
            self._check_file()
            self._open_decoder()
        except OSError as error:
            raise unreadable(self._path, _reason(error)) from error
        self._index = 0
        self._clock = ClipClock(self.fps)
        self._pacer = Pacer()
        self._laps_end_s = 0.0

    def read(self) -> Frame:
        """See `fallwatch.core.protocols.FrameSource.read`."""
        try:
            decoded = self._next_frame() or self._first_of_next_lap()
        except OSError as error:
            raise unreadable(self._path, _reason(error)) from error
        stamp_s = self._clock.stamp(decoded.file_time_s)
        if self._realtime:
            self._pacer.wait_for(stamp_s, self._interrupted)
        self._raise_if_interrupted()
        frame = Frame(
            self.name,
            self._index,
            stamp_s,
            decoded.image_bgr,
            time.time(),
            clip_s=stamp_s - self._laps_end_s,
        )
        self._index += 1
        return frame

    def interrupt(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.interrupt`."""
        self._interrupted.set()

    def close(self) -> None:
        """See `fallwatch.core.protocols.FrameSource.close`."""
        if self._decoder is not None:
            self._decoder.close()
        self._decoder = None
        self._first = None

    def _check_file(self) -> None:
        if not self._path.exists():
            raise SourceError(
                Message("{0} does not exist. Check the name and the folder.", (str(self._path),))
            )
        if self._path.is_dir():
            raise SourceError(
                Message("{0} is a folder. Choose a video file in it.", (str(self._path),))
            )
        if not self._path.is_file():
            raise SourceError(
                Message("{0} is not a file. Choose a video file.", (str(self._path),))
            )
        if self._path.stat().st_size == 0:
            raise SourceError(
                Message("{0} is empty (0 bytes). Copy or record it again.", (str(self._path),))
            )

    def _open_decoder(self) -> None:
        self.close()
        with ExitStack() as on_failure:
            decoder = ClipDecoder(self._path)
            on_failure.callback(decoder.close)
            # The first frame is decoded here: some broken files open, and only then show nothing.
            self._first = decoder.next_frame()
            if self._first is None:
                raise SourceError(
                    Message(
                        "{0} holds no frame that can be read. It may be damaged, or a sound "
                        "recording: copy or record it again.",
                        (str(self._path),),
                    )
                )
            on_failure.pop_all()
        self._decoder = decoder

    def _next_frame(self) -> DecodedFrame | None:
        self._raise_if_interrupted()
        if self._decoder is None:
            raise SourceError(Message("{0} is not open.", (str(self._path),)))
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return self._decoder.next_frame()

    def _first_of_next_lap(self) -> DecodedFrame:
        self._check_complete()
        if not self._loop:
            raise EndOfStreamError(Message("{0} has ended.", (self.name,)))
        self._open_decoder()
        self._clock.start_over()
        self._laps_end_s = self._clock.end_s
        first, self._first = self._first, None
        assert first is not None  # or opening had failed
        return first

    def _check_complete(self) -> None:
        """Raise if the clip ended clearly before the end that its header promises."""
        promised_s = None if self._decoder is None else self._decoder.promised_s
        if promised_s is None:
            return
        reached_s = self._clock.end_s - self._laps_end_s
        if promised_s - reached_s > max(_MISSING_S, _MISSING_SHARE * promised_s):
            raise SourceError(
                Message(
                    "{0} ended early, at {1} s of {2} s; it may be damaged. Copy it again from "
                    "where it came.",
                    (str(self._path), f"{reached_s:.1f}", f"{promised_s:.1f}"),
                )
            )

    def _raise_if_interrupted(self) -> None:
        if self._interrupted.is_set():
            raise SourceError(Message("Reading {0} was interrupted.", (str(self._path),)))


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
