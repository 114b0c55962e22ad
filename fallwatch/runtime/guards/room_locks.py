"""Room locks: on one computer, one fallwatch watches a room."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from fallwatch.system.files import FileLock

#: Below the folder of the record.
LOCK_FOLDER = "locks"


class RoomLocks:
    """The rooms this process watches, locked against others that use the same folder.

    The system lets go of a lock when a process dies, however it dies. Any thread may claim.

    Args:
        folder: Where the locks lie; made when the first room is claimed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        self._held: dict[str, tuple[FileLock, int]] = {}

    def claim(self, room: str) -> bool:
        """Hold a room until it is released as often; whether no other process holds it.

        A folder that cannot be written keeps nobody from watching.
        """
        with self._guard:
            lock, count = self._held.get(room, (None, 0))
            if lock is None:
                lock = FileLock(self._path(room))
                try:
                    self._folder.mkdir(parents=True, exist_ok=True)
                    if not lock.acquire():
                        return False
                except OSError:
                    return True
            self._held[room] = lock, count + 1
            return True

    def release(self, room: str) -> None:
        """Let a room go that was claimed; nothing happens to one that was not."""
        with self._guard:
            lock, count = self._held.pop(room, (None, 0))
            if lock is None:
                return
            if count > 1:
                self._held[room] = lock, count - 1
            else:
                lock.release()

    def _path(self, room: str) -> Path:
        return self._folder / f"{file_stem(room)}.lock"


def file_stem(room: str) -> str:
    """How files about a room are called: a name may hold what no file name does."""
    return hashlib.sha256(room.encode("utf-8", "replace")).hexdigest()
