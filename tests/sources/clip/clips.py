"""Makes small clips, sound and broken ones."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from fallwatch.core.types import Image
from fallwatch.sources.opencv import cv2


def plain_image(width_px: int, height_px: int, brightness: int = 128) -> Image:
    """An evenly grey image."""
    return np.full((height_px, width_px, 3), brightness, np.uint8)


def write_avi(path: Path, images: list[Image], fps: float = 25.0) -> Path:
    """An AVI of Motion JPEG."""
    height_px, width_px = images[0].shape[:2]
    codec = cv2.VideoWriter.fourcc(*"MJPG")
    writer = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, codec, fps, (width_px, height_px))
    assert writer.isOpened()
    for image in images:
        writer.write(image)
    writer.release()
    return path


def write_clip(
    path: Path,
    images: Sequence[Image],
    *,
    codec: str = "libx264",
    times_ms: Sequence[int] | None = None,
    b_frames: int = 0,
    title: str = "",
    options: dict[str, str] | None = None,
) -> Path:
    """A clip in the container that the name's ending says, 25 frames per second.

    Args:
        path: Where to write it.
        images: All of one size.
        codec: FFmpeg's name of the encoder.
        times_ms: When to show each, if not evenly.
        b_frames: How many frames in a row may refer to later ones, and are stored after them.
        title: To stand in the header.
        options: For FFmpeg's writer of the container.
    """
    height_px, width_px = images[0].shape[:2]
    with av.open(str(path), "w", container_options=options) as output:
        output.metadata["title"] = title
        stream = output.add_stream(codec, rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = width_px, height_px
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.max_b_frames = b_frames
        if times_ms is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for number, image in enumerate(images):
            frame = av.VideoFrame.from_ndarray(image, format="bgr24")
            if times_ms is not None:
                frame.pts, frame.time_base = times_ms[number], Fraction(1, 1000)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def write_jpeg_stream(path: Path, images: list[Image]) -> Path:
    """JPEG images one after the other, each of any size: no header, no index, no times."""
    path.write_bytes(b"".join(jpeg(image) for image in images))
    return path


def jpeg(image: Image) -> bytes:
    """One image as JPEG."""
    done, data = cv2.imencode(".jpg", image)
    assert done
    return data.tobytes()


def turned_sideways(mp4: Path, path: Path) -> Path:
    """A copy whose header asks to be shown turned by 90 degrees, as phones write it."""
    data = bytearray(mp4.read_bytes())
    matrix = data.index(b"tkhd") + 44
    assert struct.unpack_from(">i", data, matrix)[0] == 0x10000
    struct.pack_into(">9i", data, matrix, 0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
    path.write_bytes(data)
    return path


def trimmed(mp4: Path, path: Path, start_s: int, length_s: int) -> Path:
    """A copy that plays only a part, by its edit list, though all frames are still in it."""
    data = bytearray(mp4.read_bytes())
    movie, edit = data.index(b"mvhd") + 4, data.index(b"elst") + 4
    track, media = data.index(b"tkhd") + 4, data.index(b"mdhd") + 4
    movie_units_per_s = struct.unpack_from(">I", data, movie + 12)[0]
    media_units_per_s = struct.unpack_from(">I", data, media + 12)[0]
    for position in (movie + 16, track + 20, edit + 8):
        struct.pack_into(">I", data, position, length_s * movie_units_per_s)
    struct.pack_into(">i", data, edit + 12, start_s * media_units_per_s)
    path.write_bytes(data)
    return path
