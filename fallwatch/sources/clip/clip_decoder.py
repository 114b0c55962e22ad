"""Decoder of recorded clips, by FFmpeg through PyAV.

OpenCV would do it too, but puts frames of another size than the first into one of the first size,
scrambled.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Image
from fallwatch.sources.clip.promised_length import promised_length_s

if TYPE_CHECKING:
    from av.error import FFmpegError
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

# A network disk that is gone, or a playlist of something live, would be waited for without end.
_TIMEOUT_S = 10
# Single bad frames are left out. So many in a row are no accident; the rest is not tried.
_MAX_BAD_IN_A_ROW = 1000

# Other streams that come to within this of the promised end say that the file is whole.
_WHOLE_WITHIN_S = 1.0

# Matroska's tag of a single stream, as FFmpeg and mkvmerge write it; perhaps with a language.
_STREAM_LENGTH = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, eq=False)
class DecodedFrame:
    """One decoded frame.

    Attributes:
        file_time_s: Time to show it, by the file's own clock, which may begin anywhere; None
            where the file does not say.
        image_bgr: (height, width, 3) uint8, upright.
    """

    file_time_s: float | None
    image_bgr: Image


class ClipDecoder:
    """The frames of a file, one after the other, on one thread of one core.

    Args:
        path: The file; it is opened at once.

    Raises:
        SourceError: It is no video, or one of a kind that is not understood.
        OSError: It cannot be read.
    """

    def __init__(self, path: Path) -> None:
        import av  # here, because it takes 0.1 s to load
        from av.video.stream import VideoStream

        av.logging.set_level(None)  # decoders say what only their makers understand
        self._path = path
        try:
            # The absolute path, because FFmpeg takes what stands before a colon for a protocol.
            # A title or a maker's name in another encoding is no reason to refuse the clip.
            self._container = av.open(
                str(path.resolve()), metadata_errors="replace", timeout=_TIMEOUT_S
            )
        except av.error.FFmpegError as error:
            _raise_if_disk_failed(self._path, error)
            raise SourceError(_why_not(path)) from error
        stream = self._container.streams.best("video")
        is_cover = isinstance(stream, VideoStream) and _is_cover(stream)
        if not isinstance(stream, VideoStream) or stream.codec_context is None or is_cover:
            only_sound = bool(self._container.streams.audio) and (stream is None or is_cover)
            self._container.close()
            raise SourceError(_only_sound(path) if only_sound else _why_not(path))
        # More threads here would only take cores from the models.
        stream.codec_context.thread_count = 1
        self._stream = stream
        self._formats = self._container.format.name.split(",")
        self._header_s = promised_length_s(path, self._formats)
        self._others_end_s = 0.0
        self._frames = self._decode(stream)

    @property
    def fps(self) -> float:
        """Frames per second on average, as the file says; 0.0 where it does not."""
        return float(self._stream.average_rate or self._stream.guessed_rate or 0)

    @property
    def promised_s(self) -> float | None:
        """Length by a header that was written when the clip was whole; None if there is none."""
        if "mp4" in self._formats:
            return self._stream_duration_s
        if "avi" in self._formats and self.fps > 0:
            # What FFmpeg gives as the duration of a cut AVI is what is left of it.
            return self._stream.frames / self.fps or None
        if self._header_s is None:
            return None
        of_stream_s = _tagged_length_s(self._stream.metadata)
        if of_stream_s is not None:
            return min(of_stream_s, self._header_s)
        # The header speaks of the longest stream, which may be the sound.
        is_whole = self._others_end_s > self._header_s - _WHOLE_WITHIN_S
        return None if is_whole else self._header_s

    @property
    def duration_s(self) -> float | None:
        """Length in seconds, as well as it is known."""
        if self.promised_s is not None:
            return self.promised_s
        if self._stream_duration_s is not None:
            return self._stream_duration_s
        microseconds = self._container.duration or 0
        return microseconds / 1e6 if microseconds > 0 else None

    def next_frame(self) -> DecodedFrame | None:
        """The next frame, or None at the end of the file.

        Raises:
            SourceError: It is damaged beyond a few frames.
            OSError: The disk failed.
        """
        return next(self._frames, None)

    def close(self) -> None:
        """Let go of the file."""
        self._frames.close()
        self._container.close()

    @property
    def _stream_duration_s(self) -> float | None:
        ticks, tick_s = self._stream.duration or 0, self._stream.time_base
        return float(ticks * tick_s) if ticks > 0 and tick_s else None

    def _decode(self, stream: VideoStream) -> Generator[DecodedFrame, None, None]:
        import av

        bad_in_a_row = 0
        for packet in self._packets(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                bad_in_a_row += 1
                if bad_in_a_row > _MAX_BAD_IN_A_ROW:
                    raise SourceError(
                        Message(
                            "{0} is too damaged to be read on. Copy it again from where it came.",
                            (str(self._path),),
                        )
                    ) from None
                continue
            bad_in_a_row = 0
            for frame in frames:
                yield DecodedFrame(self._file_time_s(frame), self._upright_image(frame))

    def _packets(self, stream: VideoStream) -> Iterator[Packet[VideoStream]]:
        import av

        try:
            for packet in self._container.demux():
                if packet.stream_index == stream.index:
                    yield cast("Packet[VideoStream]", packet)
                elif packet.pts is not None and packet.time_base is not None:
                    end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                    self._others_end_s = max(self._others_end_s, end_s)
        except av.error.FFmpegError as error:
            _raise_if_disk_failed(self._path, error)
            # What follows cannot be made out: whoever reads sees that the end comes early.

    def _file_time_s(self, frame: VideoFrame) -> float | None:
        # An AVI only says when to decode. One thread gives frames in the order of showing, each
        # with the time of the packet that completed it, so that is as good.
        known = (frame.dts, frame.pts) if "avi" in self._formats else (frame.pts, frame.dts)
        ticks = next((ticks for ticks in known if ticks is not None), None)
        return None if ticks is None or frame.time_base is None else float(ticks * frame.time_base)

    def _upright_image(self, frame: VideoFrame) -> Image:
        import av

        try:
            # It makes no copy where rows follow each other without a gap.
            image = frame.to_ndarray(format="bgr24", threads=1)
        except av.error.FFmpegError as error:
            raise SourceError(
                Message(
                    "{0} holds images of a kind that cannot be shown ({1}). Convert it to MP4 "
                    "with H.264.",
                    (str(self._path), frame.format.name),
                )
            ) from error
        return _turned(np.asarray(image, dtype=np.uint8), frame.rotation)


def unreadable(path: Path, reason: str | Message) -> SourceError:
    """The error for a file whose disk fails."""
    return SourceError(
        Message(
            "{0} cannot be read ({1}). Check that the disk is there and that you may read the "
            "file.",
            (str(path), reason),
        )
    )


def _raise_if_disk_failed(path: Path, error: FFmpegError) -> None:
    import av

    if isinstance(error, av.error.ExitError):
        raise unreadable(path, Message("no answer for {0} s", (_TIMEOUT_S,))) from error
    if isinstance(error, OSError):
        raise error


def _turned(image: Image, counterclockwise_deg: int) -> Image:
    """Rotate an image as its header asks; phones write it as the sensor lies."""
    quarters = round(counterclockwise_deg / 90) % 4
    if quarters == 0:
        return image
    from fallwatch.sources.opencv import cv2  # five times as fast as numpy

    turns = (cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE)
    return np.asarray(cv2.rotate(image, turns[quarters - 1]), dtype=np.uint8)


def _is_cover(stream: VideoStream) -> bool:
    """Whether it is the one image that belongs to a piece of music."""
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def _tagged_length_s(tags: Mapping[str, str]) -> float | None:
    for name, text in tags.items():
        found = _STREAM_LENGTH.match(text) if name.upper().startswith("DURATION") else None
        if found is not None:
            return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3])
    return None


def _only_sound(path: Path) -> Message:
    return Message("{0} holds sound only, and no video. Choose a video file.", (str(path),))


def _why_not(path: Path) -> Message:
    with path.open("rb") as file:
        is_mp4 = file.read(8)[4:] == b"ftyp"
    if is_mp4:
        return Message(
            "{0} is incomplete: its index is missing, as when a recording or a copy was cut "
            "short. Copy it again from where it came.",
            (str(path),),
        )
    return Message(
        "{0} is not a video that can be read. If it plays in another program, convert it to "
        "MP4 with H.264.",
        (str(path),),
    )
