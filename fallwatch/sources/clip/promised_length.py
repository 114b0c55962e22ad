"""Length of a clip by the header that was written when it was whole.

FFmpeg's own figure will not do: where a header says nothing it estimates from what is left of the
file, and it does not tell which of the two it has done.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

#: All headers stand in the first part of a file; a title picture may stand before them.
_HEAD_BYTES = 1 << 20

# Matroska, RFC 9559: in the element Info, Duration is a float of 4 or 8 bytes in units of
# TimestampScale, in nanoseconds.
_INFO = b"\x15\x49\xa9\x66"
_INFO_BYTES = 4096
_DURATION = re.compile(rb"\x44\x89(?:\x84(.{4})|\x88(.{8}))", re.DOTALL)
_SCALE = re.compile(rb"\x2a\xd7\xb1([\x81-\x88])(.{8})", re.DOTALL)
_DEFAULT_SCALE_NS = 1_000_000

# Flash video: onMetaData holds a number of the name duration.
_FLASH_DURATION = re.compile(rb"\x00\x08duration\x00(.{8})", re.DOTALL)

# ASF: in the object File Properties, behind its size and the file's id, size, date and packets.
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_ASF_FIELDS = struct.Struct("<48xQQQL")  # play time, send time, preroll, flags
_ASF_IS_LIVE = 1


def promised_length_s(path: Path, formats: list[str]) -> float | None:
    """The length that the header names, of the longest stream, in seconds; None if it names none.

    Args:
        path: The file.
        formats: FFmpeg's names of its container.

    Raises:
        OSError: It cannot be read.
    """
    readers = {"matroska": _of_matroska, "flv": _of_flash, "asf": _of_asf}
    read = next((readers[each] for each in formats if each in readers), None)
    if read is None:
        return None
    with path.open("rb") as file:
        length_s = read(file.read(_HEAD_BYTES))
    return length_s if length_s is not None and 0 < length_s < float("inf") else None


def _of_matroska(head: bytes) -> float | None:
    at = head.find(_INFO)
    info = head[at : at + _INFO_BYTES] if at >= 0 else b""
    found = _DURATION.search(info)
    if found is None:
        return None
    (duration,) = struct.unpack(">f" if found[1] else ">d", found[1] or found[2])
    scale = _SCALE.search(info)
    scale_ns = _DEFAULT_SCALE_NS
    if scale is not None:
        scale_ns = int.from_bytes(scale[2][: scale[1][0] - 0x80], "big")
    return float(duration) * scale_ns / 1e9


def _of_flash(head: bytes) -> float | None:
    found = _FLASH_DURATION.search(head)
    return None if found is None else float(struct.unpack(">d", found[1])[0])


def _of_asf(head: bytes) -> float | None:
    at = head.find(_ASF_PROPERTIES) + len(_ASF_PROPERTIES)
    if at < len(_ASF_PROPERTIES) or len(head) < at + _ASF_FIELDS.size:
        return None
    play_100ns, _, preroll_ms, flags = _ASF_FIELDS.unpack_from(head, at)
    return None if flags & _ASF_IS_LIVE else float(play_100ns / 1e7 - preroll_ms / 1e3)
