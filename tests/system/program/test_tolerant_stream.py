"""Words for people hold nobody up: not when they fail, and not when nobody takes them."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterator

import pytest

from fallwatch.system.program.tolerant_stream import TolerantStream, tolerant
from tests.waiting import PATIENCE_S, wait_until


class Held(io.StringIO):
    """A terminal that Ctrl-S holds, until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def write(self, text: str) -> int:
        assert self.go_on.wait(PATIENCE_S)
        return super().write(text)


class Full(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


@pytest.fixture
def held() -> Iterator[Held]:
    held = Held()
    yield held
    held.go_on.set()


def test_what_is_written_stands_when_the_call_returns_and_in_order() -> None:
    stream = io.StringIO()
    words = tolerant(stream)
    for number in range(100):
        words.write(f"{number}\n")
    assert stream.getvalue() == "".join(f"{number}\n" for number in range(100))


def test_a_stream_that_is_held_keeps_back_no_thread_and_loses_no_word(held: Held) -> None:
    words = tolerant(held)
    done = threading.Event()

    def write() -> None:
        for number in range(200):
            words.write(f"{number}\n")
            words.flush()
        done.set()

    threading.Thread(target=write).start()
    # Each write alone may wait half a second: together they would wait far longer than this.
    assert done.wait(PATIENCE_S / 2)
    held.go_on.set()
    wait_until(lambda: held.getvalue() == "".join(f"{number}\n" for number in range(200)))


def test_a_stream_that_is_held_for_long_takes_no_more_memory_and_says_so(held: Held) -> None:
    words = TolerantStream(held)
    for _ in range(50):
        words.write("x" * 10_000)
    held.go_on.set()
    wait_until(lambda: held.getvalue().count("x") == 200_000)
    words.write("again\n")
    wait_until(lambda: "again" in held.getvalue())
    assert "[300000 characters could not be written here]" in held.getvalue()


def test_it_is_waited_for_again_once_it_goes_on(held: Held) -> None:
    words = tolerant(held)
    words.write("late\n")
    held.go_on.set()
    wait_until(lambda: held.getvalue() == "late\n")
    words.write("now\n")
    assert held.getvalue() == "late\nnow\n"


def test_what_cannot_be_written_is_lost_without_a_word() -> None:
    words = tolerant(Full())
    assert words.write("nobody hears this") == len("nobody hears this")
    words.flush()


def test_a_full_pipe_that_nobody_reads_is_no_obstacle() -> None:
    reading, writing = os.pipe()
    stream = os.fdopen(writing, "w", buffering=1)
    words = tolerant(stream)
    for _ in range(20):
        words.write("y" * 9_999 + "\n")
    got = 0
    while got < 200_000:
        got += len(os.read(reading, 65_536))
    os.close(reading)
    wait_until(lambda: not any("standard-error" in each.name for each in threading.enumerate()))
    stream.close()


def test_nothing_is_wrapped_twice() -> None:
    words = tolerant(io.StringIO())
    assert tolerant(words) is words
    assert not tolerant(None).isatty()


def test_bytes_are_refused_as_by_any_text_stream_so_that_libraries_write_text() -> None:
    import typer

    stream = io.StringIO()
    words = tolerant(stream)
    for nothing in (b"", b"x"):
        with pytest.raises(TypeError):
            words.write(nothing)  # type: ignore[arg-type]
    typer.echo("Error: no such room", file=words)
    assert stream.getvalue() == "Error: no such room\n"
