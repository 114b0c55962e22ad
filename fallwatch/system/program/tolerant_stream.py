"""Standard error that may fail or get stuck without ending or holding up anything.

Its reader may be gone, its disk full, its terminal held by Ctrl-S, its pipe full because nobody
reads on. What is written there are words for people. A watcher that ended, or waited, for want of
a place to put them would be silent when somebody falls.
"""

from __future__ import annotations

import io
import threading
from collections import deque
from typing import Any, TextIO, cast

#: Whoever writes waits so long at most, so that words mostly stand before what comes next; and
#: not at all while the stream is known to be stuck.
_WAIT_S = 0.5

#: The last words of a program are waited for so long, also on a busy computer.
_LAST_WAIT_S = 3.0

#: More than this, in characters, is not kept for a stream that is stuck.
_MOST_WAITING = 200_000


class TolerantStream:
    """A text stream whose writes never fail and hardly wait: what cannot be written is lost.

    It is written on a thread that lives while there is something to write.

    Args:
        stream: Where the words go; None where there is no such stream, as in a windowed program.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream: TextIO = io.StringIO() if stream is None else stream
        self._is_lost = stream is None
        self._lock = threading.Lock()
        self._waiting: deque[str] = deque()
        self._waiting_length = self._lost = 0
        self._is_stuck = False
        self._written = threading.Event()
        self._written.set()

    def write(self, text: str) -> int:
        """Write, or lose, a text; its length.

        Raises:
            TypeError: It is no text: so libraries find out whether they may write bytes.
        """
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._is_lost or not text:
            return len(text)
        with self._lock:
            if self._waiting_length + len(text) > _MOST_WAITING:
                self._lost += len(text)
                return len(text)
            self._waiting.append(text)
            self._waiting_length += len(text)
            begin = self._written.is_set()
            if begin:
                self._written.clear()
        if begin:
            self._begin()
        self._wait()
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, as far as that is possible; see `write`."""
        self._wait()

    def finish(self) -> None:
        """Wait a little longer for the last words, at the end of the program."""
        self._written.wait(_LAST_WAIT_S)

    def isatty(self) -> bool:
        """Whether people read it in a terminal."""
        try:
            return self._stream.isatty()
        except (OSError, ValueError):
            return False

    def __getattr__(self, name: str) -> Any:
        """Everything else is that of the stream itself."""
        return getattr(self._stream, name)

    def _begin(self) -> None:
        try:
            threading.Thread(
                target=self._write_all, name="fallwatch-standard-error", daemon=True
            ).start()
        except RuntimeError:  # the interpreter is ending, or there are no more threads
            self._write_all()

    def _wait(self) -> None:
        if not self._is_stuck and not self._written.wait(_WAIT_S):
            self._is_stuck = True

    def _write_all(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._is_stuck = False
                    self._written.set()
                    return
                text = "".join(self._waiting)
                if self._lost:
                    text += f"\n[{self._lost} characters could not be written here]\n"
                    self._lost = 0
                self._waiting.clear()
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):
                pass  # lost: there is nowhere to say so
            with self._lock:
                self._waiting_length = sum(map(len, self._waiting))


def tolerant(stream: TextIO | None) -> TextIO:
    """A stream like this one, whose writes never fail and hardly wait."""
    known: object = stream
    if stream is not None and isinstance(known, TolerantStream):
        return stream
    return cast("TextIO", TolerantStream(stream))
