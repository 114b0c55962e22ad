"""JPEG images out of bytes in which anything may stand between them.

Cameras disagree with each other, and with RFC 2046, on how to part the images of a Motion JPEG
stream: no boundary before the first, another than was announced, wrong lengths, any content type or
none. So only the images themselves are believed: ITU-T T.81 says where one begins and ends.
"""

from __future__ import annotations

import re

#: A larger image, in bytes or in pixels, is no camera's: it would only fill the memory.
MOST_BYTES = 16 << 20
_MOST_PIXELS = 100_000_000

_BEGINS = b"\xff\xd8\xff"

# In the image's data a byte FF is followed by 00, or by a restart marker. Fill bytes are FF.
_MARKER_IN_DATA = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")

_START_OF_SCAN, _END, _BEGIN = 0xDA, 0xD9, 0xD8
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class JpegScanner:
    """Feed it bytes as they come, and take images out."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._at = 0  # where the next segment is expected; 0 while no image has begun
        self._in_data = False
        #: Width or height, whichever is larger, of the image that was taken last.
        self.longer_side_px = 0

    def feed(self, data: bytes) -> None:
        """Take in what has come."""
        self._held += data

    def take(self) -> bytes | None:
        """The next whole image; None if more bytes are needed for it."""
        while True:
            if not self._at and not self._find_beginning():
                return None
            end = self._walk()
            if end is None:
                if len(self._held) <= MOST_BYTES:
                    return None
                self._give_up_image()
            elif end > 0:
                image = bytes(self._held[:end])
                del self._held[:end]
                self._at, self._in_data = 0, False
                return image
            else:
                self._give_up_image()

    def _find_beginning(self) -> bool:
        start = self._held.find(_BEGINS)
        if start < 0:
            # Its first bytes may have come, and the rest not yet.
            del self._held[: max(0, len(self._held) - len(_BEGINS) + 1)]
            return False
        del self._held[:start]
        self._at = 2
        return True

    def _give_up_image(self) -> None:
        """What began was no whole image: look for another behind its first bytes."""
        del self._held[:2]
        self._at, self._in_data = 0, False

    def _walk(self) -> int | None:
        """Go from segment to segment; the image's end, 0 if it is broken, None for more bytes."""
        while True:
            found = self._next_marker()
            if found is None:
                return None
            marker, at = found
            if marker == _END:
                return at
            if marker == _BEGIN or marker == 0:
                return 0
            if len(self._held) < at + 2:
                return None
            length = int.from_bytes(self._held[at : at + 2], "big")
            if marker in _FRAME_HEADERS and len(self._held) < at + 7:
                return None
            if length < 2 or (marker in _FRAME_HEADERS and not self._takes_size(at)):
                return 0
            self._at, self._in_data = at + length, marker == _START_OF_SCAN

    def _next_marker(self) -> tuple[int, int] | None:
        """A marker's second byte and the place behind it; 0 for what is none."""
        if self._in_data:
            found = _MARKER_IN_DATA.search(self._held, self._at)
            if found is None:
                self._at = max(self._at, len(self._held) - 1)
                return None
            return self._held[found.end() - 1], found.end()
        at = self._at
        if at >= len(self._held):
            return None
        if self._held[at] != 0xFF:
            return 0, at
        while at < len(self._held) and self._held[at] == 0xFF:
            at += 1
        return None if at >= len(self._held) else (self._held[at], at + 1)

    def _takes_size(self, at: int) -> bool:
        """Read the size of the image; False if it is too large."""
        height = int.from_bytes(self._held[at + 3 : at + 5], "big")
        width = int.from_bytes(self._held[at + 5 : at + 7], "big")
        self.longer_side_px = max(height, width)
        return height * width <= _MOST_PIXELS
