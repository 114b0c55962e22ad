"""Answers of mail servers: read only so far. ``smtplib`` reads one that never ends for ever."""

from __future__ import annotations

import smtplib
import time
from typing import IO, Any

#: No server says more in one answer: RFC 5321 allows 512 bytes a line, and few say ten lines.
MAX_LINES = 200

#: Longer than any server takes for one answer, once it has begun.
_LONGEST_S = 15.0

_read_answer = smtplib.SMTP.getreply


class _Bounded:
    """The lines of a connection, of which one answer takes so many at most."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._lines = 0
        self._until_s = 0.0

    def begin(self) -> None:
        """Another answer comes."""
        self._lines, self._until_s = 0, float("inf")

    def readline(self, limit: int = -1) -> bytes:
        """The next line.

        Raises:
            OSError: The answer does not end; ``smtplib`` hangs up.
        """
        line = self._file.readline(limit)
        if self._lines == 0:
            self._until_s = time.monotonic() + _LONGEST_S
        self._lines += 1
        if self._lines > MAX_LINES or time.monotonic() > self._until_s:
            raise OSError("the mail server's answer does not end")
        return line

    def __getattr__(self, name: str) -> Any:
        """Everything else is that of the connection."""
        return getattr(self._file, name)


def bound_mail_answers() -> None:
    """Have every mail from now on keep to these rules."""
    setattr(smtplib.SMTP, "getreply", _getreply)  # noqa: B010 - also that of SMTP_SSL


def _getreply(client: smtplib.SMTP) -> tuple[int, bytes]:
    known: Any = client.file
    if known is None and client.sock is not None:
        known = client.sock.makefile("rb")
    if known is not None and not isinstance(known, _Bounded):
        known = _Bounded(known)
    client.file = known
    if known is not None:
        known.begin()
    return _read_answer(client)
