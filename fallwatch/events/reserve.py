"""Room on the disk that is kept free for the record, for the day on which there is no other."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

#: Enough for hundreds of events.
RESERVE_BYTES = 1_000_000

# The reserve is made only where that leaves room for others.
_ENOUGH_BYTES = 20 * RESERVE_BYTES


class Reserve:
    """A file that says nothing and takes up room; deleted when the disk is full.

    Args:
        path: The file; its folder is there.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def keep(self) -> None:
        """Make the file, if there is none and the disk has room."""
        with contextlib.suppress(OSError):
            if not self._path.exists() and self._free_bytes() >= _ENOUGH_BYTES:
                self._path.touch(mode=0o600)
                # Chance, because some disks store zeros without taking room.
                self._path.write_bytes(os.urandom(RESERVE_BYTES))

    def release(self) -> bool:
        """Give the room free, if the disk is full.

        Returns:
            True if there is more room than before.
        """
        try:
            if self._free_bytes() >= RESERVE_BYTES:
                return False
            self._path.unlink()
        except OSError:
            return False
        return True

    def _free_bytes(self) -> int:
        return shutil.disk_usage(self._path.parent).free
