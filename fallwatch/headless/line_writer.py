"""Lines on standard output, which may fail or get stuck without holding up the watch."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable

#: Events that wait for a reader who does not read; more than a year brings in any home.
_MOST_WAITING = 10_000

#: Whoever has a line written waits for it this long, so that it mostly stands before the next one.
_WAIT_S = 1.0

_LOOK_S = 0.1


class LineWriter:
    """Writes lines in order, on a thread that lives while there are any.

    A line that cannot be written is counted, and each later one is tried all the same: a full disk
    may have room again.

    Args:
        on_failure: Told once why lines cannot be written, on whatever thread found out.
    """

    def __init__(self, on_failure: Callable[[str], object]) -> None:
        self._on_failure = on_failure
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()
        self._written = threading.Event()
        self._written.set()
        self._lost = 0
        self._torn = False
        self._told = False

    def put(self, line: str) -> None:
        """Write a line, without its end. Returns within a second, written or not."""
        with self._lock:
            if len(self._waiting) >= _MOST_WAITING:
                self._lost += 1
                return
            self._waiting.append(line)
            if self._written.is_set():
                self._written.clear()
                threading.Thread(
                    target=self._write_all, name="fallwatch-standard-output", daemon=True
                ).start()
        self._written.wait(_WAIT_S)

    def finish(self, stop: threading.Event) -> int:
        """Wait until all is written, or a little longer than ``stop`` is set.

        Returns:
            The number of lines that were not written.
        """
        while not self._written.wait(_LOOK_S) and not stop.is_set():
            pass
        self._written.wait(_WAIT_S)
        with self._lock:
            return self._lost + len(self._waiting)

    def _write_all(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._written.set()
                    return
                line = self._waiting[0]
            problem = self._write(line)
            with self._lock:
                self._waiting.popleft()
                self._lost += problem is not None
            if problem is not None and not self._told:
                self._told = True
                self._on_failure(problem)

    def _write(self, line: str) -> str | None:
        """Write one line at once; why that failed, or None."""
        stream = sys.stdout
        if stream is None:
            return "it is closed"
        try:
            number = _descriptor(stream)
            if number is None:
                stream.write(line + "\n")
                stream.flush()
            else:
                stream.flush()
                # Not through Python's buffer, which would keep a line that failed and write it
                # again, or half of it, behind later ones.
                self._write_whole(number, line + os.linesep)
        except (OSError, ValueError) as error:
            return getattr(error, "strerror", None) or str(error) or type(error).__name__
        return None

    def _write_whole(self, number: int, text: str) -> None:
        data = ((os.linesep if self._torn else "") + text).encode()
        total = len(data)
        while data:
            try:
                data = data[os.write(number, data) :]
            finally:
                self._torn = 0 < len(data) < total or (self._torn and len(data) == total)


def _descriptor(stream: object) -> int | None:
    try:
        number = stream.fileno()  # type: ignore[attr-defined]
    except (AttributeError, OSError):
        return None  # a stand-in for standard output that lies in memory
    return int(number)
