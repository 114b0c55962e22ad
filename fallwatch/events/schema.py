"""The layout of the event database, and the steps from each version of it to the next."""

from __future__ import annotations

import sqlite3

#: Entry n brings the database from version n to n + 1. Entries are never changed, only added.
MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """
        CREATE TABLE events (
            event_id TEXT PRIMARY KEY,
            camera TEXT NOT NULL,
            kind TEXT NOT NULL,
            priority TEXT NOT NULL,
            state TEXT NOT NULL,
            started_utc TEXT NOT NULL,
            score REAL NOT NULL,
            evidence TEXT NOT NULL,
            clip_time_s REAL,
            from_clip INTEGER NOT NULL,
            acknowledged_utc TEXT,
            acknowledged_by TEXT
        )
        """,
        "CREATE INDEX events_by_state ON events (state)",
        "CREATE INDEX events_by_time ON events (started_utc)",
        """
        CREATE TABLE history (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id TEXT NOT NULL,
            at_utc TEXT NOT NULL,
            what TEXT NOT NULL,
            by TEXT NOT NULL
        )
        """,
        "CREATE INDEX history_by_event ON history (event_id)",
    ),
    # The messages about events; see `outbox`.
    (
        """
        CREATE TABLE outbox (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            event_id TEXT NOT NULL,
            channel TEXT NOT NULL,
            part TEXT NOT NULL,
            occasion TEXT NOT NULL,
            state TEXT NOT NULL,
            queued_utc TEXT NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            claimed_utc TEXT,
            settled_utc TEXT,
            problem TEXT NOT NULL DEFAULT '',
            UNIQUE (event_id, channel, part)
        )
        """,
        "CREATE INDEX outbox_by_channel ON outbox (channel, state)",
    ),
    # What an event turned out to be; see `fallwatch.alarms.lifecycle.OUTCOMES`.
    ("ALTER TABLE events ADD COLUMN outcome TEXT NOT NULL DEFAULT ''",),
    # The links that acknowledge alarms; see `fallwatch.dispatch.answer_links`.
    (
        """
        CREATE TABLE answer_links (
            token_hash TEXT PRIMARY KEY,
            event_id TEXT NOT NULL,
            recipient TEXT NOT NULL,
            made_utc TEXT NOT NULL,
            used_utc TEXT
        )
        """,
        "CREATE INDEX answer_links_by_event ON answer_links (event_id)",
    ),
)


def version_of(connection: sqlite3.Connection) -> int:
    """The version of an open database; 0 if it is empty."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database of this or an older version up to date, one version per transaction.

    Raises:
        sqlite3.Error: That is not possible; a plain `sqlite3.DatabaseError` for damage.
    """
    if version_of(connection) < 0:
        raise sqlite3.DatabaseError(f"it says it has version {version_of(connection)}")
    for version in range(version_of(connection), len(MIGRATIONS)):
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have done it while this one waited for its turn.
            if version_of(connection) == version:
                for statement in MIGRATIONS[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
