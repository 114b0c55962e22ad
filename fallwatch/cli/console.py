"""Standard output and standard error made safe, for every command, before anything is written.

A tick mark on a Windows code page, a closed stream or a reader that went away must end no command
that watches over somebody.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from typing import TextIO

from fallwatch.system.program.tolerant_stream import tolerant

#: Name of the way in which characters that a code page lacks are written.
_PLAIN = "fallwatch.plain"

_PLAIN_MARKS = {"✔": "+", "✘": "x", "→": "->", "…": "...", "–": "-", "—": "-", "█": "#"}

_STANDARD = (0, 1, 2)


def make_streams_safe() -> None:
    """Let standard output take any character, and standard error fail without a word.

    Without effect where it was done before.
    """
    _fill_closed_descriptors()
    codecs.register_error(_PLAIN, _plain)
    for stream in (sys.stdout, sys.stderr):
        _take_any_character(stream)
    sys.stderr = tolerant(sys.stderr)
    if sys.stdout is None:  # a windowed program
        sys.stdout = tolerant(None)


def child_environment() -> dict[str, str]:
    """The environment of a process that writes to the same streams, and may write any character."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return {**os.environ, "PYTHONIOENCODING": f"{encoding}:replace"}


def _take_any_character(stream: TextIO | None) -> None:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_PLAIN)


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_PLAIN_MARKS.get(character, "?") for character in missing), error.end


def _fill_closed_descriptors() -> None:
    """A file opened later must not get the number of a stream that native libraries write to."""
    for number in _STANDARD:
        try:
            os.fstat(number)
        except OSError:
            try:
                # It gets the lowest free number, which is this one.
                os.open(os.devnull, os.O_RDWR)
            except OSError:
                return
