from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from fallwatch.core.message import Message
from fallwatch.events.backlog import Backlog
from fallwatch.events.journal import Journal, RecordWrite
from fallwatch.events.store import StoreError
from tests.alarms.builders import make_alarm

AT_UTC = "2026-01-31T03:04:05.678Z"


class Writer:
    """Writes to a list, and fails for the ids it is told to."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.errors: dict[str, Exception] = {}

    def __call__(self, write: RecordWrite) -> None:
        if write.alarm.event_id in self.errors:
            raise self.errors[write.alarm.event_id]
        self.done.append(write.alarm.event_id)


def write_of(event_id: str) -> RecordWrite:
    return RecordWrite(make_alarm(event_id), Message("raised"), "fallwatch", AT_UTC)


def backlog_of(folder: Path, writer: Writer) -> Backlog:
    backlog = Backlog(writer, Journal(folder / "events.db"))
    for event_id in "abc":
        backlog.append(write_of(event_id))
    return backlog


def test_writes_wait_in_order_while_the_first_fails(tmp_path: Path) -> None:
    writer = Writer()
    writer.errors["b"] = StoreError("disk full")
    backlog = backlog_of(tmp_path, writer)
    assert str(backlog.flush()) == "disk full"
    assert (writer.done, len(backlog)) == (["a"], 2)
    writer.errors.clear()
    assert backlog.flush() is None
    assert (writer.done, len(backlog)) == (["a", "b", "c"], 0)
    assert list(tmp_path.iterdir()) == [], "the journal is gone once all is written"


def test_what_waits_when_a_process_dies_is_taken_over_by_the_next(tmp_path: Path) -> None:
    writer = Writer()
    writer.errors["b"] = StoreError("database is locked")
    dead = backlog_of(tmp_path, writer)
    dead.flush()
    dead.append(write_of("d"))
    dead.keep()
    next_one = Backlog(writer, Journal(tmp_path / "events.db"))
    assert next_one.take_over() == [], "its process lives"
    lock = dead._journal._lock
    assert lock is not None
    lock.release()  # as the system does for a process that dies

    writer.errors.clear()
    next_one = Backlog(writer, Journal(tmp_path / "events.db"))
    next_one.append(write_of("e"))
    taken = next_one.take_over()
    assert [each.alarm for each in taken] == [make_alarm(each) for each in "bcd"]
    assert [(str(each.what), each.by, each.at_utc) for each in taken] == [
        ("raised", "fallwatch", AT_UTC)
    ] * 3
    assert next_one.flush() is None
    assert writer.done == ["a", "b", "c", "d", "e"]
    assert list(tmp_path.iterdir()) == []


def test_a_line_of_the_journal_that_was_cut_short_costs_no_other(tmp_path: Path) -> None:
    writer = Writer()
    writer.errors["a"] = StoreError("database is locked")
    backlog_of(tmp_path, writer).flush()
    (path,) = tmp_path.iterdir()
    lines = path.read_text().split("\n\n")
    path.with_name("events.db.waiting-cut").write_text("\n\n".join([lines[0][:50], *lines[1:]]))
    path.unlink()
    taken = Backlog(writer, Journal(tmp_path / "events.db")).take_over()
    assert [each.alarm.event_id for each in taken] == ["b", "c"]


def caused_by(cause: Exception) -> StoreError:
    error = StoreError("cannot be used")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error",
    [
        UnicodeEncodeError("utf-8", "\udce9", 0, 1, "surrogates not allowed"),
        OverflowError("Python int too large"),
        caused_by(sqlite3.ProgrammingError("type 'object' is not supported")),
    ],
)
def test_a_write_that_can_never_succeed_is_set_aside_and_keeps_back_no_other(
    tmp_path: Path, error: Exception
) -> None:
    writer = Writer()
    writer.errors["b"] = error
    backlog = backlog_of(tmp_path, writer)
    assert backlog.flush() is None
    assert writer.done == ["a", "c"]
    (refused,) = backlog.take_refused()
    assert "can never take it" in str(refused)
    assert backlog.take_refused() == []
    assert "event_id='b'" in (tmp_path / "events.db.refused").read_text()


def test_a_journal_that_cannot_be_written_keeps_nothing_back(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    writer = Writer()
    writer.errors["a"] = StoreError("disk full")
    backlog = backlog_of(tmp_path / "data", writer)
    assert backlog.flush() is not None
    assert len(backlog) == 3
