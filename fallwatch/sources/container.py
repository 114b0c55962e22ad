"""What the header of a video file says: is it all there, and how long should it be?"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_MAX_BOXES = 10_000  # a healthy file has a few; fragmented ones some per second


def is_mp4(path: Path) -> bool:
    """Whether it begins as MP4, MOV and 3GP files do."""
    return _start(path)[4:8] == b"ftyp"


def is_avi(path: Path) -> bool:
    """Whether it begins as AVI files do."""
    start = _start(path)
    return start[:4] == b"RIFF" and start[8:12] == b"AVI "


def lacks_index(path: Path) -> bool:
    """Whether it is an MP4 without its ``moov`` box: a recording or copy that was cut short."""
    with path.open("rb") as file:
        return is_mp4(path) and not any(kind == b"moov" for kind, _, _ in _boxes(file, 0, None))


def mp4_duration_s(path: Path) -> float | None:
    """Playing time by the movie header of an MP4, in seconds; None where it does not say.

    Unlike the count of stored frames, it leaves out what was trimmed from the clip.
    """
    with path.open("rb") as file:
        for kind, start, end in _boxes(file, 0, None):
            if kind == b"moov":
                for inner, inner_start, _ in _boxes(file, start, end):
                    if inner == b"mvhd":
                        return _movie_header_duration_s(file, inner_start)
    return None


def _start(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(12)


def _boxes(file: BinaryIO, start: int, end: int | None) -> Iterator[tuple[bytes, int, int | None]]:
    """Type, first byte and end of the content of each box, by ISO/IEC 14496-12, 4.2."""
    position = start
    for _ in range(_MAX_BOXES):
        file.seek(position)
        header = file.read(8)
        if len(header) < 8 or (end is not None and position >= end):
            return
        size, kind = struct.unpack(">I4s", header)
        content = position + 8
        if size == 1:  # the size stands in 64 bits after the type
            long_size = file.read(8)
            if len(long_size) < 8:
                return
            size, content = struct.unpack(">Q", long_size)[0], position + 16
        if size == 0:  # reaches to the end of the file
            yield kind, content, end
            return
        if size < content - position:
            return
        yield kind, content, position + size
        position += size


def _movie_header_duration_s(file: BinaryIO, start: int) -> float | None:
    file.seek(start)
    content = file.read(32)
    if len(content) < 32:
        return None
    if content[0] == 1:
        units_per_s, units = struct.unpack(">IQ", content[20:32])
        unknown = 2**64 - 1
    else:
        units_per_s, units = struct.unpack(">II", content[12:20])
        unknown = 2**32 - 1
    if not units_per_s or not units or units == unknown:
        return None
    return float(units / units_per_s)
