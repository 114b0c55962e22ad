"""Standard error that may fail without ending anything: its reader gone, its disk full, or closed.

What is written there are words for people. A watcher that ended for want of a place to put them
would be silent when somebody falls.
"""

from __future__ import annotations

import io
from typing import Any, TextIO, cast


class TolerantStream:
    """A text stream whose writes never fail: what cannot be written is lost.

    Args:
        stream: Where the words go; None where there is no such stream, as in a windowed program.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self._stream: TextIO = io.StringIO() if stream is None else stream
        self._is_lost = stream is None

    def write(self, text: str) -> int:
        """Write, or lose, a text; its length."""
        if not self._is_lost:
            try:
                self._stream.write(text)
            except (OSError, ValueError):
                return len(text)
        return len(text)

    def flush(self) -> None:
        """Hand on what was written, as far as that is possible."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            return

    def isatty(self) -> bool:
        """Whether people read it in a terminal."""
        try:
            return self._stream.isatty()
        except (OSError, ValueError):
            return False

    def __getattr__(self, name: str) -> Any:
        """Everything else is that of the stream itself."""
        return getattr(self._stream, name)


def tolerant(stream: TextIO | None) -> TextIO:
    """A stream like this one, whose writes never fail."""
    known: object = stream
    if stream is not None and isinstance(known, TolerantStream):
        return stream
    return cast("TextIO", TolerantStream(stream))
