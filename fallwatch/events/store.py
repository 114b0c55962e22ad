"""The record of all events, in SQLite. What was written survives ``kill -9`` and power loss."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fallwatch.core.message import Message
from fallwatch.core.text import clean_text
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.events.database import ALARM_PATIENCE_S, Database, StoreError
from fallwatch.events.query import EventQuery
from fallwatch.events.rows import COLUMNS, RowError, alarm_of, message_of_text, row_of, text_of
from fallwatch.events.times import utc_now, utc_text

__all__ = ["STORE_FILE", "EventStore", "HistoryEntry", "StoreError"]

#: Name of the database in ``paths.data_dir()``.
STORE_FILE = "events.db"

_RAISED = Message("raised")

_UPSERT = (
    f"INSERT INTO events ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))}) "
    "ON CONFLICT (event_id) DO UPDATE SET "
    + ", ".join(f"{column} = excluded.{column}" for column in COLUMNS[1:])
)


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
    what: Message
    by: str


class EventStore:
    """The record of all events. May be used from any thread.

    Events come in the order they were recorded in, which a clock that is set does not change.

    A damaged database is set aside under another name, and a new one begun; see `warnings`. A full
    disk gives up the `Reserve` beside the database, so that the next events still are written.
    """

    def __init__(self, path: Path) -> None:
        """Remember the place.

        Args:
            path: The database file; it and its folder are made at first use.
        """
        self._database = Database(path)

    @property
    def path(self) -> Path:
        """The database file."""
        return self._database.path

    @property
    def warnings(self) -> tuple[Message, ...]:
        """One sentence for each damaged database set aside and event left out, oldest first."""
        return self._database.warnings

    def add(
        self,
        alarm: Alarm,
        *,
        what: Message = _RAISED,
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
        self, alarm: Alarm, *, what: Message, by: str = "fallwatch", at_utc: str | None = None
    ) -> None:
        """Write the new state of an event, lastingly, before returning; arguments as for `add`.

        An event the record does not hold, because it was begun again meanwhile, is added. One that
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
        where = "WHERE state != ? ORDER BY rowid"
        return self._select(where, AlarmState.CLOSED.value, within_s=ALARM_PATIENCE_S)

    def recent(self, limit: int = 100) -> tuple[Alarm, ...]:
        """The latest events, newest first.

        Raises:
            StoreError: The record cannot be read.
        """
        return self._select("ORDER BY rowid DESC LIMIT ?", limit)

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
        return self._select("ORDER BY rowid")

    def ids(self) -> tuple[str, ...]:
        """The ids of all events, oldest first.

        Raises:
            StoreError: The record cannot be read.
        """
        with self._database.opened() as connection:
            rows = connection.execute("SELECT event_id FROM events ORDER BY rowid").fetchall()
        return tuple(str(event_id) for (event_id,) in rows)

    def delete(self, event_id: str, *, what: Message, by: str) -> None:
        """Delete an event, lastingly; its history stays and says so. None of this id: no effect.

        Raises:
            StoreError: It could not be written.
        """
        with self._database.opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            gone = connection.execute("DELETE FROM events WHERE event_id = ?", (event_id,))
            connection.execute("DELETE FROM outbox WHERE event_id = ?", (event_id,))
            connection.execute("DELETE FROM answer_links WHERE event_id = ?", (event_id,))
            if gone.rowcount:
                _add_history(connection, HistoryEntry(event_id, utc_text(utc_now()), what, by))
            connection.execute("COMMIT")

    def note(self, event_id: str, *, what: Message, by: str) -> None:
        """Add to an event's history, lastingly.

        Raises:
            StoreError: It could not be written.
        """
        with self._database.opened() as connection:
            _add_history(connection, HistoryEntry(event_id, utc_text(utc_now()), what, by))

    def get(self, event_id: str) -> Alarm | None:
        """One event; None if there is none of this id.

        Raises:
            StoreError: The record cannot be read.
        """
        found = self._select("WHERE event_id = ?", event_id, within_s=ALARM_PATIENCE_S)
        return found[0] if found else None

    def history(self, event_id: str) -> tuple[HistoryEntry, ...]:
        """All that happened to one event, oldest first.

        Raises:
            StoreError: The record cannot be read.
        """
        with self._database.opened() as connection:
            rows = connection.execute(
                "SELECT event_id, at_utc, what, by FROM history WHERE event_id = ? ORDER BY number",
                (event_id,),
            ).fetchall()
        return tuple(
            HistoryEntry(event_id, at_utc, message_of_text(what), by)
            for event_id, at_utc, what, by in rows
        )

    def changed_elsewhere(self) -> bool:
        """Whether another process has written since this was last asked; True at first.

        Raises:
            StoreError: The record cannot be read.
        """
        return self._database.changed_elsewhere()

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """The database for reading what else belongs to events.

        Raises:
            StoreError: It cannot be read.
        """
        return self._database.opened()

    def transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        """The database for what else belongs to events: all that is written in here, or nothing.

        Raises:
            StoreError: It cannot be read or written.
        """
        return self._database.transaction()

    def close(self) -> None:
        """Let go of the database. Safe to call twice; a later use opens it again."""
        self._database.close()

    def _write(self, alarm: Alarm, what: Message, by: str, at_utc: str | None) -> None:
        try:
            self._write_once(alarm, what, by, at_utc)
        except StoreError as error:
            if not self._database.can_write_again(error):
                raise
            self._write_once(alarm, what, by, at_utc)

    def _write_once(self, alarm: Alarm, what: Message, by: str, at_utc: str | None) -> None:
        with self._database.opened(ALARM_PATIENCE_S) as connection:
            connection.execute("BEGIN IMMEDIATE")
            if alarm.state is not AlarmState.CLOSED or not _is_deleted(connection, alarm.event_id):
                connection.execute(_UPSERT, row_of(alarm))
            moment = at_utc or utc_text(utc_now())
            _add_history(connection, HistoryEntry(alarm.event_id, moment, what, by))
            connection.execute("COMMIT")

    def _select(
        self, where: str, *values: str | int, within_s: float | None = None
    ) -> tuple[Alarm, ...]:
        columns = ", ".join(COLUMNS)
        fit = [clean_text(each) if isinstance(each, str) else each for each in values]
        with self._database.opened(within_s) as connection:
            rows = connection.execute(f"SELECT {columns} FROM events {where}", fit).fetchall()
        return tuple(alarm for row in rows if (alarm := self._readable(row)) is not None)

    def _readable(self, row: tuple[Any, ...]) -> Alarm | None:
        """The event of a row; None, and a warning, for one in which single values are damaged."""
        try:
            return alarm_of(row)
        except RowError as error:
            self._database.warn(
                Message(
                    "One event in the record {0} is damaged ({1}) and is left out. Check the disk.",
                    (str(self._database.path), str(error)),
                )
            )
            return None


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
        (
            clean_text(entry.event_id),
            entry.at_utc,
            text_of(entry.what),
            clean_text(entry.by),
        ),
    )
