"""Standard output and standard error made safe, for every command, before anything is written.

A tick mark on a Windows code page, a closed stream or a reader that went away must end no command
that watches over somebody.
"""

from __future__ import annotations

import codecs
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from fallwatch.system.program.tolerant_stream import TolerantStream, tolerant

#: Name of the way in which characters that a code page lacks are written.
_PLAIN = "fallwatch.plain"

_PLAIN_MARKS = {"✔": "+", "✘": "x", "→": "->", "…": "...", "–": "-", "—": "-", "█": "#"}

_STANDARD = (0, 1, 2)

#: Exit status where what was asked for could not be written.
_BAD_OUTPUT = 2


class _Output(io.TextIOWrapper):
    """Standard output that knows whether it has failed: the error itself does not say what did."""

    has_failed = False

    def write(self, text: str) -> int:
        with self._watched():
            return super().write(text)

    def flush(self) -> None:
        with self._watched():
            super().flush()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            self.has_failed = True
            raise


def make_streams_safe() -> None:
    """Let standard output take any character, and standard error fail without a word.

    Without effect where it was done before.
    """
    _fill_closed_descriptors()
    codecs.register_error(_PLAIN, _plain)
    for stream in (sys.stdout, sys.stderr):
        _take_any_character(stream)
    sys.stderr = tolerant(sys.stderr)
    if type(sys.stdout) is io.TextIOWrapper:
        sys.stdout = _watched_output(sys.stdout)
        setattr(sys, "__stdout__", sys.stdout)  # noqa: B010 - the one before is detached
    if sys.stdout is None:  # a windowed program
        sys.stdout = tolerant(None)


@contextmanager
def whole_output() -> Iterator[None]:
    """End the program with one sentence if standard output cannot take all that was written.

    A reader that went away, as ``head`` does, ends it without a word.
    """
    try:
        try:
            yield
        finally:
            if isinstance(sys.stderr, TolerantStream):
                sys.stderr.finish()
            if sys.stdout is not None:
                # Now, while it can be told; the interpreter's own flush would only complain.
                sys.stdout.flush()
    except OSError as error:
        if not (isinstance(sys.stdout, _Output) and sys.stdout.has_failed):
            raise
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):
            sys.exit(1)
        print(  # noqa: T201 - the command line may be gone already
            f"Error: what was asked for cannot be written to standard output: {error.strerror}. "
            "Make room, or write it somewhere else.",
            file=sys.stderr,
        )
        sys.exit(_BAD_OUTPUT)


def child_environment() -> dict[str, str]:
    """The environment of a process that writes to the same streams, and may write any character."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return {**os.environ, "PYTHONIOENCODING": f"{encoding}:replace"}


def _watched_output(stream: io.TextIOWrapper) -> _Output:
    encoding, errors = stream.encoding, stream.errors
    line_buffering, write_through = stream.line_buffering, stream.write_through
    return _Output(
        stream.detach(),
        encoding,
        errors,
        line_buffering=line_buffering,
        write_through=write_through,
    )


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
