"""The shots of a clip on disk as they come, so that nothing ends with the program but its last one.

Encoding a clip takes its time, on a busy computer many seconds. A JPEG that is there already is
written in no time: whatever ends the program, the next start makes the clip from the spool.
"""

from __future__ import annotations

import contextlib
import logging
import math
import os
import struct
from pathlib import Path

from fallwatch.recording.pre_roll import Shot

_log = logging.getLogger(__name__)

_MAGIC = b"fallwatch shots 1\n"
_EVENT = struct.Struct("<d")  # when the alarm was raised, on the clock of the shots
_SHOT = struct.Struct("<dffI")  # time_s, p_fall, score, bytes of the JPEG that follows

# No camera sends larger images; a length beyond it is damage.
_MAX_JPEG_BYTES = 64 * 1024 * 1024


class SpoolError(ValueError):
    """A file is no spool. The message names it."""


class Spool:
    """Writes the shots of one clip. A disk that does not take them ends the spool, not the clip.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._is_open = False

    def begin(self, event_s: float) -> None:
        """Make the file; without it the other methods have nothing to do.

        Args:
            event_s: When the alarm was raised, on the clock of the shots.
        """
        self.delete()
        self._is_open = True
        with contextlib.suppress(OSError):
            self._path.touch(mode=0o600)  # so that nobody else can read it
        self._append(_MAGIC + _EVENT.pack(event_s))

    def add(self, shot: Shot) -> None:
        """Write a shot."""
        head = _SHOT.pack(shot.time_s, shot.p_fall, shot.score, len(shot.jpeg))
        self._append(head + shot.jpeg)

    def touch(self) -> None:
        """Show that somebody is still at work on the clip."""
        with contextlib.suppress(OSError):
            os.utime(self._path)

    def delete(self) -> None:
        """The clip is written, or given up. Safe to call twice."""
        self._is_open = False
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def _append(self, content: bytes) -> None:
        if self._is_open:
            try:
                # Closed each time: what was written is the system's, and survives the program.
                with self._path.open("ab") as file:
                    file.write(content)
            except OSError as error:
                _log.warning("%s cannot be written (%s).", self._path, error)
                self.delete()


def read_spool(path: Path) -> tuple[float, list[Shot]]:
    """When the alarm was raised, and the shots that were written in full, in order.

    Raises:
        SpoolError: It is something else.
        OSError: It cannot be read.
    """
    shots: list[Shot] = []
    with path.open("rb") as file:
        begin = file.read(len(_MAGIC) + _EVENT.size)
        if not begin.startswith(_MAGIC) or len(begin) < len(_MAGIC) + _EVENT.size:
            raise SpoolError(f"{path} holds no shots of a clip.")
        event_s = float(_EVENT.unpack_from(begin, len(_MAGIC))[0])
        while len(head := file.read(_SHOT.size)) == _SHOT.size:
            time_s, p_fall, score, size = _SHOT.unpack(head)
            if size > _MAX_JPEG_BYTES or not math.isfinite(time_s + p_fall + score):
                break
            jpeg = file.read(size)
            if len(jpeg) < size:
                break
            shots.append(Shot(time_s, jpeg, p_fall, score))
    if not math.isfinite(event_s):
        raise SpoolError(f"{path} holds no shots of a clip.")
    return event_s, shots
