"""A recorded clip, frame by frame at any place. No Qt; one thread uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Image

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

# Decoding on is quicker than looking for a key frame up to about this far.
_DECODE_ON_S = 2.0

# Times in files are rounded; a frame this much later still counts as the one asked for.
_ROUNDING_S = 0.002


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One frame of a clip.

    Attributes:
        time_s: Its time in the clip.
        image_bgr: (height, width, 3) uint8, upright.
    """

    time_s: float
    image_bgr: Image


class ClipLoader:
    """Gives the frame that is shown at a time, and the one after it.

    Args:
        path: The file; it is opened at once.

    Raises:
        SourceError: It cannot be played; the message names it.
    """

    def __init__(self, path: Path) -> None:
        import av

        self._path = path
        self._av = av
        self._container: Any = None
        self._reopen()
        self.duration_s = self._duration_s()

    def at(self, time_s: float) -> Still:
        """The frame shown at a time; the first or last one outside the clip.

        Raises:
            SourceError: The clip is damaged there.
        """
        current = self._current
        if current is None or not 0 <= time_s - self._time(current) <= _DECODE_ON_S:
            self._seek(time_s)
        while self._ahead is not None and self._time(self._ahead) <= time_s + _ROUNDING_S:
            self._advance()
        return self._still()

    def after(self) -> Still | None:
        """The frame after the last one given; None at the end.

        Raises:
            SourceError: The clip is damaged there.
        """
        return self._still() if self.skip() else None

    def skip(self) -> bool:
        """Go to the next frame without making it ready to be shown; False at the end."""
        if self._ahead is None:
            return False
        self._advance()
        return True

    def current(self) -> Still:
        """The frame that was reached.

        Raises:
            SourceError: The clip is damaged there.
        """
        return self._still()

    def before(self) -> Still:
        """The frame before the last one given, or again the first.

        Raises:
            SourceError: The clip is damaged there.
        """
        wanted_s = self._time(self._current) - 2 * _ROUNDING_S
        return self.at(max(0.0, wanted_s))

    def close(self) -> None:
        """Let go of the file."""
        if self._container is not None:
            self._container.close()
            self._container = None

    def _reopen(self) -> None:
        self.close()
        try:
            self._container = self._av.open(str(self._path.resolve()), metadata_errors="replace")
            if not self._container.streams.video:
                raise SourceError(Message("{0} holds no images.", (str(self._path),)))
        except (self._av.FFmpegError, OSError) as error:
            raise SourceError(
                Message(
                    "{0} cannot be played. It may have been moved, deleted or damaged.",
                    (str(self._path),),
                )
            ) from error
        self._stream = self._container.streams.video[0]
        self._stream.codec_context.thread_count = 1  # The cores are needed for watching.
        self._start_s = float((self._stream.start_time or 0) * self._stream.time_base)
        self._restart()

    def _restart(self) -> None:
        self._frames: Iterator[VideoFrame] = self._decode()
        self._current: VideoFrame | None = next(self._frames, None)
        self._ahead: VideoFrame | None = next(self._frames, None)

    def _decode(self) -> Iterator[VideoFrame]:
        """All frames from here on; bad ones are left out."""
        try:
            for packet in self._container.demux(self._stream):
                try:
                    frames = packet.decode()
                except self._av.FFmpegError:
                    continue
                yield from (frame for frame in frames if frame.time is not None)
        except self._av.FFmpegError:
            return  # The file breaks off here.

    def _seek(self, time_s: float) -> None:
        try:
            target = round((max(0.0, time_s) + self._start_s) / self._stream.time_base)
            self._container.seek(target, stream=self._stream)
            self._restart()
        except self._av.FFmpegError:
            self._current = None
        if self._current is None or self._time(self._current) > time_s + _ROUNDING_S:
            self._reopen()  # Without an index: from the beginning.

    def _advance(self) -> None:
        self._current, self._ahead = self._ahead, next(self._frames, None)

    def _time(self, frame: VideoFrame | None) -> float:
        return 0.0 if frame is None or frame.time is None else float(frame.time) - self._start_s

    def _still(self) -> Still:
        frame = self._current
        if frame is None:
            raise SourceError(Message("{0} holds no image that can be shown.", (str(self._path),)))
        try:
            image = frame.to_ndarray(format="bgr24")
        except (self._av.FFmpegError, ValueError) as error:
            raise SourceError(
                Message("{0} holds images that cannot be shown.", (str(self._path),))
            ) from error
        quarters = round(frame.rotation / 90) % 4
        return Still(self._time(frame), np.ascontiguousarray(np.rot90(image, quarters)))

    def _duration_s(self) -> float:
        stream = self._stream
        if stream.duration:
            return float(stream.duration * stream.time_base)
        if self._container.duration:
            return float(self._container.duration) / 1e6
        return 0.0
