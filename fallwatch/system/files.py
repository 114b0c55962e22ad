"""Files of the user that several processes may write: whole, private, and locked."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# Windows locks bytes, and nobody else can read those that are locked: far behind any content.
_LOCKED_BYTE = 1 << 40
_LOOK_S = 0.02

#: Windows moves and deletes no file that somebody has open.
OPEN_FILES_STAY: bool = sys.platform == "win32"
_PATIENCE_S = 1.0


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read; at any moment the old or the new one is whole.

    Its folder is made if need be.

    Raises:
        OSError: It could not be written; what was there before is untouched.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # mkstemp makes a file that only its owner can read.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        replace_patiently(Path(name), path)
    except OSError:
        with contextlib.suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise


def replace_patiently(source: Path, target: Path, within_s: float = _PATIENCE_S) -> None:
    """Give a file another name, in place of what is there.

    On Windows a file that somebody has open, such as a virus scanner that looks at each new one,
    can be neither moved nor replaced: it is tried again for a moment.

    Raises:
        OSError: It could not be done; both files are as before.
    """
    patiently(lambda: source.replace(target), within_s)


def patiently(act: Callable[[], object], within_s: float = _PATIENCE_S) -> None:
    """Do what fails on Windows while somebody has the file open, again and again for a moment.

    Raises:
        OSError: It could not be done.
    """
    deadline_s = time.monotonic() + within_s
    while True:
        try:
            act()
        except PermissionError:
            if not OPEN_FILES_STAY or time.monotonic() >= deadline_s:
                raise
            time.sleep(_LOOK_S)
        else:
            return


class FileLock:
    """A lock that one process at a time holds, on a file. Not thread-safe.

    The system lets go of it when a process dies. Where a disk knows no locks, as some in the
    network do, everybody is let in: rather that than never to save again.

    Args:
        path: The file; it is made if need be, and stays.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def acquire(self, within_s: float = 0.0) -> bool:
        """Take the lock, waiting for as long as that; whether it is held now.

        Raises:
            OSError: The file cannot be opened.
        """
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline_s = time.monotonic() + within_s
        while not _lock(handle):
            if time.monotonic() >= deadline_s:
                os.close(handle)
                return False
            time.sleep(_LOOK_S)
        self._handle = handle
        return True

    def release(self) -> None:
        """Let go of the lock, if it is held."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        except OSError:
            return True
        return True

else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True
