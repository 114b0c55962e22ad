"""The emergency journal: what the record does not take, kept beside it until it does.

While another program holds the record, or its disk part is broken, each change of an alarm is
appended here and synced to the disk before the alarm sounds. One file for each process, which it
locks; those of processes that died are taken over at the next start of any.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from fallwatch.core.message import Message
from fallwatch.core.types import Alarm
from fallwatch.events.rows import COLUMNS, RowError, alarm_of, message_of_text, row_of, text_of
from fallwatch.system.files import FileLock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class RecordWrite:
    """One change of an alarm, as it is to be written to the record.

    Attributes:
        alarm: The alarm as it is after the change.
        what: What happened, for its history.
        by: Who or what did it, for its history.
        at_utc: When, ISO 8601 in UTC with milliseconds, ending in ``Z``.
    """

    alarm: Alarm
    what: Message
    by: str
    at_utc: str


class Journal:
    """Writes that wait for the record, on the disk. Not thread-safe.

    Args:
        record: Path of the record; the journals lie beside it.
    """

    def __init__(self, record: Path) -> None:
        self._record = record
        self._path = record.with_name(f"{record.name}.waiting-{uuid4().hex[:12]}")
        self._lock: FileLock | None = None
        self._taken: list[tuple[Path, FileLock]] = []

    @property
    def refused_path(self) -> Path:
        """Where writes go that the record can never take."""
        return self._record.with_name(f"{self._record.name}.refused")

    def append(self, write: RecordWrite) -> None:
        """Keep a write, lastingly, before returning.

        Raises:
            OSError: It could not be kept.
        """
        self._record.parent.mkdir(parents=True, exist_ok=True)
        if self._lock is None:
            lock = FileLock(self._path)
            lock.acquire()
            self._lock = lock
        _append(self._path, _line_of(write))

    def refuse(self, write: RecordWrite, error: BaseException) -> None:
        """Keep a write that the record can never take, for people to look at.

        Raises:
            OSError: It could not be kept.
        """
        _append(self.refused_path, json.dumps({"error": repr(error), "write": repr(write)}))

    def take_over(self) -> list[RecordWrite]:
        """What processes that died left behind, oldest first; `clear` deletes it."""
        writes: list[RecordWrite] = []
        left = self._record.parent.glob(f"{self._record.name}.waiting-*")
        for path in sorted(left, key=_changed_at):
            if path == self._path:
                continue
            lock = FileLock(path)
            with contextlib.suppress(OSError):
                if lock.acquire():  # else its process lives, and writes it itself
                    writes += _writes_in(path)
                    self._taken.append((path, lock))
        return writes

    def clear(self) -> None:
        """All that was kept, or taken over, is in the record."""
        for path, lock in self._taken:
            _drop(path, lock)
        self._taken.clear()
        if self._lock is not None:
            _drop(self._path, self._lock)
            self._lock = None


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _drop(path: Path, lock: FileLock) -> None:
    if os.name == "nt":  # an open file cannot be deleted there
        lock.release()
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    lock.release()


def _append(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # With an end of line before it: the last line may have been cut short.
        os.write(handle, f"\n{line}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _line_of(write: RecordWrite) -> str:
    row: list[Any] = list(row_of(write.alarm))
    return json.dumps([row, text_of(write.what), write.by, write.at_utc])


def _writes_in(path: Path) -> list[RecordWrite]:
    writes = []
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line:
            continue
        try:
            row, what, by, at_utc = json.loads(line)
            if len(row) != len(COLUMNS):
                raise RowError("it has another layout")
            writes.append(RecordWrite(alarm_of(row), message_of_text(what), str(by), str(at_utc)))
        except (ValueError, TypeError, RecursionError) as error:
            _log.warning("A line of %s cannot be read and is left out: %s", path, error)
    return writes
