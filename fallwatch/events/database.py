"""The file of the record, in SQLite: opened when it is needed, set aside when it is damaged."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fallwatch.core.message import Message, MessageError
from fallwatch.events.damage import is_damage
from fallwatch.events.reserve import Reserve
from fallwatch.events.rows import COLUMNS
from fallwatch.events.schema import MIGRATIONS, migrate, version_of
from fallwatch.events.times import utc_now
from fallwatch.system.files import replace_patiently

_log = logging.getLogger(__name__)

# How long to wait for another process that writes.
_BUSY_TIMEOUT_S = 2.0

#: How long alarms wait for the record, for others of this process and for other processes
#: together; then they sound, and are kept in the journal instead.
ALARM_PATIENCE_S = 0.7


class StoreError(MessageError):
    """The record cannot be read or written. The message says why and what to do."""


class Database:
    """One connection to the record, shared by all threads behind a lock.

    SQLite lets one write at a time anyway, events are rare, and with one connection there is one
    to close. Nothing is opened before first use, and after a failure the database is opened again
    at the next use: a disk that was full or not there is used again as soon as it works.

    Args:
        path: The database file; it and its folder are made at first use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        # SQLite's count of what others wrote; it begins again with each connection.
        self._data_version: int | None = None
        self._warnings: tuple[Message, ...] = ()
        self._reserve = Reserve(path.with_name(f"{path.name}.reserve"))

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What people must know of what is damaged, oldest first."""
        return self._warnings

    def warn(self, words: Message) -> None:
        """Add to the warnings, once."""
        if words not in self._warnings:
            _log.warning("%s", words)
            self._warnings += (words,)

    @contextmanager
    def opened(self, within_s: float | None = None) -> Iterator[sqlite3.Connection]:
        """The connection, with this thread alone; after a failure it is opened again next time.

        Args:
            within_s: How long to wait for other threads and processes that use it; by default for
                other threads without limit, and for other processes two seconds.

        Raises:
            StoreError: It cannot be used.
        """
        with self._alone(within_s) as busy_s:
            try:
                if self._connection is None:
                    self._connection = self._open(busy_s)
                self._connection.execute(f"PRAGMA busy_timeout = {round(busy_s * 1000)}")
                yield self._connection
            except (sqlite3.Error, OSError) as error:
                self._recover(error)
                raise self._unusable(error) from error
            except BaseException:
                self._roll_back()
                raise

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """The connection, for writing: all that is written in here, or nothing.

        Raises:
            StoreError: It cannot be read or written.
        """
        with self.opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def changed_elsewhere(self) -> bool:
        """Whether another process has written since this was last asked; True at first.

        Raises:
            StoreError: The record cannot be read.
        """
        with self.opened(ALARM_PATIENCE_S) as connection:
            version = int(connection.execute("PRAGMA data_version").fetchone()[0])
            changed, self._data_version = version != self._data_version, version
        return changed

    def can_write_again(self, error: StoreError) -> bool:
        """Whether what has just failed to be written can be written after all, at once.

        What is damaged was set aside, and of a full disk the reserve is given up.
        """
        return is_damage(error.__cause__) or self._reserve.release()

    def close(self) -> None:
        """Let go of the database. Safe to call twice; a later use opens it again."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
                self._data_version = None

    @contextmanager
    def _alone(self, within_s: float | None) -> Iterator[float]:
        """The lock between threads; what is left of the time, for other processes."""
        began_s = time.monotonic()
        if not self._lock.acquire(timeout=-1 if within_s is None else within_s):
            raise self._unusable(TimeoutError("it is in use"))
        try:
            if within_s is None:
                yield _BUSY_TIMEOUT_S
            else:
                yield max(0.05, within_s - (time.monotonic() - began_s))
        finally:
            self._lock.release()

    def _recover(self, error: Exception) -> None:
        if self._roll_back() and _is_busy(error):
            return  # opening it again would check all of it, which takes its time
        # Closing rolls an unfinished transaction back.
        self.close()
        # Only what SQLite itself calls damage; more is looked for at the next opening.
        if type(error) is sqlite3.DatabaseError:
            self._set_aside(error)

    def _roll_back(self) -> bool:
        """End a transaction that was not finished; whether the connection can be used on."""
        if self._connection is None:
            return False
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            return False
        return True

    def _unusable(self, error: Exception) -> StoreError:
        return StoreError(
            Message(
                "The event record {0} cannot be used ({1}). Free some disk space, check "
                "that the folder is writable, and that only one fallwatch runs.",
                (str(self.path), str(error)),
            )
        )

    def _open(self, busy_s: float) -> sqlite3.Connection:
        try:
            return self._connect(busy_s)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            self._set_aside(error)
        return self._connect(busy_s)

    def _connect(self, busy_s: float) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Made before SQLite does, so that nobody else can read it; its -wal and -shm follow.
        self.path.touch(mode=0o600)
        with ExitStack() as undo:
            connection = sqlite3.connect(
                self.path, timeout=busy_s, isolation_level=None, check_same_thread=False
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
                    Message(
                        "The event record {0} was written by a newer fallwatch. Install that "
                        "version, or move the file away to begin a new record.",
                        (str(self.path),),
                    )
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
            part = self.path.with_name(self.path.name + suffix)
            aside = part.with_name(f"{self.path.name}.damaged-{moment}{suffix}")
            try:
                replace_patiently(part, aside)
            except FileNotFoundError:
                continue
            except OSError as problem:  # The next opening says what is wrong.
                _log.error("%s cannot be set aside (%s).", part, problem)
                if not suffix:
                    return
        self.warn(
            Message(
                "The event record {0} is damaged ({1}). It is kept as {2}.damaged-{3}, and a new "
                "record is begun: earlier events no longer appear in the list.",
                (str(self.path), str(error), self.path.name, moment),
            )
        )


def _is_busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)
