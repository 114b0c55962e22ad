"""The record of all events, in SQLite. What was written survives ``kill -9`` and power loss."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fallwatch.core.types import Alarm, AlarmState
from fallwatch.events.damage import is_damage
from fallwatch.events.query import EventQuery
from fallwatch.events.reserve import Reserve
from fallwatch.events.rows import COLUMNS, RowError, alarm_of, row_of
from fallwatch.events.schema import MIGRATIONS, migrate, version_of
from fallwatch.events.times import utc_now, utc_text

_log = logging.getLogger(__name__)

#: Name of the database in ``paths.data_dir()``.
STORE_FILE = "events.db"

# How long to wait for another process that writes. An alarm waits for this before it sounds.
_BUSY_TIMEOUT_S = 2.0

_UPSERT = (
    f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "
    "ON CONFLICT (event_id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:])
)


class StoreError(Exception):
    """The record cannot be read or written. The message says why and what to do."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened to an event.

    Attributes:
        event_id: Which event.
        at_utc: When, ISO 8601 in UTC with milliseconds, ending in ``Z``.
        what: What happened.
        by: Who or what did it.
    """

    event_id: str
    at_utc: str
    what: str
    by: str


class EventStore:
    """The record of all events. May be used from any thread.

    All threads share one connection behind a lock: SQLite lets one write at a time anyway, events
    are rare, and with one connection there is one to close. Nothing is opened before first use,
    and after a failure the database is opened anew at the next use: a disk that was full or not
    there is used again as soon as it works.

    A damaged database is set aside under another name, and a new one begun; see `warnings`. A full
    disk gives up the `Reserve` beside the database, so that the next events still are written.
    """

    def __init__(self, path: Path) -> None:
        """Remember the place.

        Args:
            path: The database file; it and its folder are made at first use.
        """
        self._path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        # SQLite's count of what others wrote; it begins anew with each connection.
        self._data_version: int | None = None
        self._warnings: tuple[str, ...] = ()
        self._reserve = Reserve(path.with_name(f"{path.name}.reserve"))

    @property
    def warnings(self) -> tuple[str, ...]:
        """One sentence for each damaged database set aside and event left out, oldest first."""
        return self._warnings

    def add(
        self,
        alarm: Alarm,
        *,
        what: str = "raised",
        by: str = "fallwatch",
        at_utc: str | None = None,
    ) -> None:
        """Write a new event, lastingly, before returning.

        Args:
            alarm: The event.
            what: What happened, for its history.
            by: Who or what did it, for its history.
            at_utc: Time for its history, as in `HistoryEntry`; now if left out.

        Raises:
            StoreError: It could not be written.
        """
        self._write(alarm, what, by, at_utc)

    def update(
        self, alarm: Alarm, *, what: str, by: str = "fallwatch", at_utc: str | None = None
    ) -> None:
        """Write the new state of an event, lastingly, before returning; arguments as for `add`.

        An event the record does not hold, because it was begun anew meanwhile, is added. One that
        somebody deleted comes back only if it is raised again, not when it ends.

        Raises:
            StoreError: It could not be written.
        """
        self._write(alarm, what, by, at_utc)

    def open_alarms(self) -> tuple[Alarm, ...]:
        """All events that are not closed, oldest first.

        Raises:
            StoreError: The record cannot be read.
        """
        return self._select("WHERE state != ? ORDER BY started_utc", AlarmState.CLOSED.value)

    def recent(self, limit: int = 100) -> tuple[Alarm, ...]:
        """The latest events, newest first.

        Raises:
            StoreError: The record cannot be read.
        """
        return self._select("ORDER BY started_utc DESC, rowid DESC LIMIT ?", limit)

    def find(self, query: EventQuery) -> tuple[Alarm, ...]:
        """The events that are asked for, newest first.

        Raises:
            StoreError: The record cannot be read.
        """
        where, values = query.where()
        return self._select(where, *values)

    def all(self) -> tuple[Alarm, ...]:
        """Every event, oldest first.

        Raises:
            StoreError: The record cannot be read.
        """
        return self._select("ORDER BY started_utc, rowid")

    def delete(self, event_id: str, *, what: str, by: str) -> None:
        """Delete an event, lastingly; its history stays and says so. None of this id: no effect.

        Raises:
            StoreError: It could not be written.
        """
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            gone = connection.execute("DELETE FROM events WHERE event_id = ?", (event_id,))
            connection.execute("DELETE FROM outbox WHERE event_id = ?", (event_id,))
            if gone.rowcount:
                _add_history(connection, HistoryEntry(event_id, utc_text(utc_now()), what, by))
            connection.execute("COMMIT")

    def note(self, event_id: str, *, what: str, by: str) -> None:
        """Add to an event's history, lastingly.

        Raises:
            StoreError: It could not be written.
        """
        with self._opened() as connection:
            _add_history(connection, HistoryEntry(event_id, utc_text(utc_now()), what, by))

    def get(self, event_id: str) -> Alarm | None:
        """One event; None if there is none of this id.

        Raises:
            StoreError: The record cannot be read.
        """
        found = self._select("WHERE event_id = ?", event_id)
        return found[0] if found else None

    def history(self, event_id: str) -> tuple[HistoryEntry, ...]:
        """All that happened to one event, oldest first.

        Raises:
            StoreError: The record cannot be read.
        """
        with self._opened() as connection:
            rows = connection.execute(
                "SELECT event_id, at_utc, what, by FROM history WHERE event_id = ? ORDER BY number",
                (event_id,),
            ).fetchall()
        return tuple(HistoryEntry(*row) for row in rows)

    def changed_elsewhere(self) -> bool:
        """Whether another process has written since this was last asked; True at first.

        Raises:
            StoreError: The record cannot be read.
        """
        with self._opened() as connection:
            version = int(connection.execute("PRAGMA data_version").fetchone()[0])
            changed, self._data_version = version != self._data_version, version
        return changed

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """The database for reading what else belongs to events.

        Raises:
            StoreError: It cannot be read.
        """
        return self._opened()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The database for what else belongs to events: all that is written in here, or nothing.

        Raises:
            StoreError: It cannot be read or written.
        """
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the database. Safe to call twice; a later use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
                self._data_version = None

    def _write(self, alarm: Alarm, what: str, by: str, at_utc: str | None) -> None:
        try:
            self._write_once(alarm, what, by, at_utc)
        except StoreError as error:
            # What is damaged was set aside, and a new record can be begun at once.
            if not (is_damage(error.__cause__) or self._reserve.release()):
                raise
            self._write_once(alarm, what, by, at_utc)

    def _write_once(self, alarm: Alarm, what: str, by: str, at_utc: str | None) -> None:
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            if alarm.state is not AlarmState.CLOSED or not _is_deleted(connection, alarm.event_id):
                connection.execute(_UPSERT, row_of(alarm))
            moment = at_utc or utc_text(utc_now())
            _add_history(connection, HistoryEntry(alarm.event_id, moment, what, by))
            connection.execute("COMMIT")

    def _select(self, where: str, *values: str | int) -> tuple[Alarm, ...]:
        columns = ", ".join(COLUMNS)
        with self._opened() as connection:
            rows = connection.execute(f"SELECT {columns} FROM events {where}", values).fetchall()
        return tuple(alarm for row in rows if (alarm := self._readable(row)) is not None)

    def _readable(self, row: tuple[Any, ...]) -> Alarm | None:
        """The event of a row; None, and a warning, for one in which single values are damaged."""
        try:
            return alarm_of(row)
        except RowError as error:
            warning = (
                f"One event in the record {self._path} is damaged ({error}) and is left out. "
                "Check the disk."
            )
            if warning not in self._warnings:
                _log.warning(warning)
                self._warnings += (warning,)
            return None

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """The connection, with this thread alone; after any failure it is opened anew next time."""
        with self._lock:
            try:
                if self._connection is None:
                    self._connection = self._open()
                yield self._connection
            except (sqlite3.Error, OSError) as error:
                # Closing rolls an unfinished transaction back.
                self.close()
                # Only what SQLite itself calls damage; more is looked for at the next opening.
                if type(error) is sqlite3.DatabaseError:
                    self._set_aside(error)
                raise StoreError(
                    f"The event record {self._path} cannot be used ({error}). Free some disk "
                    "space, check that the folder is writable, and that only one fallwatch runs."
                ) from error

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._set_aside(error)
        return self._connect()

    def _connect(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        # Made before SQLite does, so that nobody else can read it; its -wal and -shm follow.
        self._path.touch(mode=0o600)
        with ExitStack() as undo:
            connection = sqlite3.connect(
                self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False
            )
            undo.callback(connection.close)
            # A letter that is damaged is no reason to lose all others.
            connection.text_factory = lambda raw: raw.decode(errors="replace")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            # On macOS alone: also empty the disk's own cache.
            connection.execute("PRAGMA fullfsync = ON")
            problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if problem != "ok":
                raise sqlite3.DatabaseError(problem)
            if version_of(connection) > len(MIGRATIONS):
                raise StoreError(
                    f"The event record {self._path} was written by a newer fallwatch. "
                    "Install that version, or move the file away to begin a new record."
                )
            migrate(connection)
            connection.execute(f"SELECT {', '.join(COLUMNS)} FROM events LIMIT 0")
            connection.execute("SELECT event_id, at_utc, what, by FROM history LIMIT 0")
            self._reserve.keep()
            undo.pop_all()
        return connection

    def _set_aside(self, error: sqlite3.Error) -> None:
        moment = utc_now().strftime("%Y%m%dT%H%M%S%fZ")
        for suffix in ("", "-wal", "-shm"):
            part = self._path.with_name(self._path.name + suffix)
            with contextlib.suppress(OSError):  # then the next opening says what is wrong
                part.rename(part.with_name(f"{self._path.name}.damaged-{moment}{suffix}"))
        warning = (
            f"The event record {self._path} is damaged ({error}). It is kept as "
            f"{self._path.name}.damaged-{moment}, and a new record is begun: "
            "earlier events no longer appear in the list."
        )
        _log.warning(warning)
        self._warnings += (warning,)


def _is_deleted(connection: sqlite3.Connection, event_id: str) -> bool:
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM history WHERE event_id = ? AND what LIKE 'deleted%') "
        "AND NOT EXISTS (SELECT 1 FROM events WHERE event_id = ?)",
        (event_id, event_id),
    ).fetchone()
    return bool(found[0])


def _add_history(connection: sqlite3.Connection, entry: HistoryEntry) -> None:
    connection.execute(
        "INSERT INTO history (event_id, at_utc, what, by) VALUES (?, ?, ?, ?)",
        (entry.event_id, entry.at_utc, entry.what, entry.by),
    )
