"""Standard output that fails, or is read by nobody, holds up nothing and is told once."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from fallwatch.headless.line_writer import LineWriter
from tests.waiting import within


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def writer(told: list[str]) -> LineWriter:
    return LineWriter(told.append)


@pytest.fixture
def pipe() -> Iterator[tuple[int, TextIO]]:
    """The end of a pipe that is read, and the one to be standard output."""
    reader, number = os.pipe()
    stream = os.fdopen(number, "w")
    yield reader, stream
    os.close(reader)
    stream.close()


def _ended() -> threading.Event:
    stop = threading.Event()
    stop.set()
    return stop


def test_lines_are_written_at_once_and_in_order(
    writer: LineWriter,
    pipe: tuple[int, TextIO],
    told: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reader, stream = pipe
    monkeypatch.setattr(sys, "stdout", stream)
    for line in ("one", "two"):
        writer.put(line)
    assert os.read(reader, 100).decode().splitlines() == ["one", "two"]
    assert (writer.finish(threading.Event()), told) == (0, [])


def test_a_full_disk_is_told_once_and_counted(
    writer: LineWriter, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has a disk that is always full")
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        for line in ("one", "two"):
            writer.put(line)
        assert writer.finish(threading.Event()) == 2
    assert told == ["No space left on device"]


def test_a_reader_that_goes_away_is_told_once_and_counted(
    writer: LineWriter, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, number = os.pipe()
    with os.fdopen(number, "w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        writer.put("one")
        os.close(reader)
        for line in ("two", "three"):
            writer.put(line)
        assert writer.finish(threading.Event()) == 2
    assert told == ["Broken pipe"]


def test_a_closed_standard_output_is_told_and_counted(
    writer: LineWriter, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    writer.put("one")
    assert writer.finish(threading.Event()) == 1
    assert told == ["it is closed"]


def test_a_reader_that_does_not_read_holds_up_nobody(
    writer: LineWriter, pipe: tuple[int, TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, stream = pipe
    monkeypatch.setattr(sys, "stdout", stream)
    with within(5.0):
        writer.put("x" * 1_000_000)
        writer.put("y")
        assert writer.finish(_ended()) == 2
    left = 1_000_003
    while left:  # lets the writer's thread end
        left -= len(os.read(reader, left))


def test_a_line_torn_by_a_full_disk_does_not_spoil_the_next(
    writer: LineWriter, pipe: tuple[int, TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, stream = pipe
    monkeypatch.setattr(sys, "stdout", stream)
    write, room = os.write, [3]

    def scant(number: int, data: bytes) -> int:
        taken = room.pop() if room else 0
        if not taken:
            monkeypatch.setattr(os, "write", write)
            raise OSError(28, "No space left on device")
        return write(number, data[:taken])

    monkeypatch.setattr(os, "write", scant)
    for line in ("first", "second"):
        writer.put(line)
    assert writer.finish(threading.Event()) == 1
    assert os.read(reader, 100).decode().splitlines() == ["fir", "second"]
