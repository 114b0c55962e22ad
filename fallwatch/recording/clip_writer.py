"""Writes a clip that can be played up to its last second, whatever ends the program."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from fallwatch.core.message import Message, MessageError
from fallwatch.core.types import Image

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

#: Everything up to the last fragment is safe on disk.
FRAGMENT_S = 1.0

# A fragment ends where the next key frame comes, so those come a little sooner.
_KEY_FRAME_EVERY_S = 0.9 * FRAGMENT_S

# Fragmented: the index is not at the end of the file, but in front of each fragment.
_FORMAT = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "flush_packets": "1"}

# Fast before small: the cores are needed for watching.
_ENCODER = {"preset": "superfast", "tune": "zerolatency", "crf": "27"}

_TIME_BASE = Fraction(1, 1000)


class ClipError(MessageError):
    """A clip cannot be written. The message says why."""


class ClipWriter:
    """An MP4 with H.264, from frames with time stamps.

    All frames get the size of the first, made even, as H.264 wants it.

    Args:
        path: The file; its folder is there.

    Raises:
        ClipError: It cannot be begun.
    """

    def __init__(self, path: Path) -> None:
        import av
        from av.container import OutputContainer

        self._error = av.FFmpegError
        self._path = path
        self._size: tuple[int, int] | None = None
        self._last_ms = -1
        self._next_key_ms = 0.0
        try:
            # Made before FFmpeg does, so that nobody else can read it.
            path.touch(mode=0o600)
            container = av.open(str(path), "w", format="mp4", options=_FORMAT)
        except (av.FFmpegError, OSError) as error:
            raise ClipError(self._message(error)) from error
        assert isinstance(container, OutputContainer)
        self._container = container
        self._stream = container.add_stream("libx264", rate=15, options=dict(_ENCODER))
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = _TIME_BASE
        self._stream.codec_context.gop_size = 600  # Key frames are set by time instead.
        self._stream.codec_context.thread_count = 1

    def write(self, time_s: float, image_bgr: Image) -> None:
        """Add a frame.

        Args:
            time_s: Time in the clip, from 0; later than the last.
            image_bgr: (height, width, 3) uint8.

        Raises:
            ClipError: It cannot be written.
        """
        import av
        from av.video.frame import PictureType

        frame = av.VideoFrame.from_ndarray(self._fitted(image_bgr), format="bgr24")
        stamp_ms = max(round(time_s * 1000), self._last_ms + 1)
        frame.pts, frame.time_base = stamp_ms, _TIME_BASE
        self._last_ms = stamp_ms
        if stamp_ms >= self._next_key_ms:
            frame.pict_type = PictureType.I
            self._next_key_ms = stamp_ms + _KEY_FRAME_EVERY_S * 1000
        self._encode(frame)

    def close(self) -> None:
        """Write what is left. Safe to call twice.

        Raises:
            ClipError: It cannot be written; the file is closed all the same.
        """
        container, size = self._container, self._size
        self._size = None
        try:
            if size is not None:
                self._encode(None)
        finally:
            try:
                container.close()
            except (self._error, OSError) as error:
                raise ClipError(self._message(error)) from error

    def __enter__(self) -> ClipWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _encode(self, frame: VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(frame):
                self._container.mux(packet)
        except (self._error, OSError) as error:
            raise ClipError(self._message(error)) from error

    def _fitted(self, image_bgr: Image) -> Image:
        import cv2
        import numpy as np

        height, width = image_bgr.shape[:2]
        if self._size is None:
            self._size = (max(2, width - width % 2), max(2, height - height % 2))
            self._stream.width, self._stream.height = self._size
        if (width, height) == self._size:
            return image_bgr
        return np.asarray(cv2.resize(image_bgr, self._size), dtype=np.uint8)

    def _message(self, error: Exception) -> Message:
        return Message("The clip {0} cannot be written ({1}).", (str(self._path), str(error)))
