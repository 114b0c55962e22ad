"""Writing to the record in order, also when it fails for a while."""

from __future__ import annotations

import logging
import sqlite3
from collections import deque
from collections.abc import Callable

from fallwatch.core.message import Message
from fallwatch.events.journal import Journal, RecordWrite
from fallwatch.events.store import StoreError

_log = logging.getLogger(__name__)

# The value itself is at fault, not the file or the disk.
_NEVER = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    sqlite3.InterfaceError,
    sqlite3.NotSupportedError,
    sqlite3.ProgrammingError,
)


class Backlog:
    """Writes that are done at once or, after a failure, again later and in their order.

    What waits is in the journal meanwhile, so that it survives the process. A write that can never
    succeed is set aside there and keeps back no other.

    Not thread-safe: the owner brings the lock.

    Args:
        write: Writes to the record.
        journal: Keeps what waits.
    """

    def __init__(self, write: Callable[[RecordWrite], None], journal: Journal) -> None:
        self._write, self._journal = write, journal
        self._writes: deque[RecordWrite] = deque()
        self._kept = 0  # so many of them, from the first, are in a journal
        self._refused: list[Message] = []

    def __len__(self) -> int:
        return len(self._writes)

    def append(self, write: RecordWrite) -> None:
        """Line a write up; `flush` does it."""
        self._writes.append(write)

    def take_over(self) -> list[RecordWrite]:
        """Line up what processes that died left in their journals; returns it.

        It comes before all that is lined up already.
        """
        left = self._journal.take_over()
        self._writes.extendleft(reversed(left))
        self._kept += len(left)
        return left

    def flush(self) -> StoreError | None:
        """Do the writes in order until all are done or one fails; keep what waits in the journal.

        Returns:
            None if nothing is left to write, else why not.
        """
        while self._writes:
            error = self._write_first()
            if error is not None:
                _log.error("%d writes to the event record wait: %s", len(self._writes), error)
                self.keep()
                return error
            self._writes.popleft()
            self._kept = max(0, self._kept - 1)
        self._kept = 0
        self._journal.clear()
        return None

    def keep(self) -> None:
        """Put what waits into the journal, lastingly, as far as the disk takes it."""
        try:
            while self._kept < len(self._writes):
                self._journal.append(self._writes[self._kept])
                self._kept += 1
        except (OSError, ValueError) as error:
            _log.error("The emergency journal cannot be written: %s", error)

    def take_refused(self) -> list[Message]:
        """Why writes were set aside since this was last asked."""
        refused, self._refused = self._refused, []
        return refused

    def _write_first(self) -> StoreError | None:
        """Do the first write, or set it aside; returns why neither worked."""
        write = self._writes[0]
        try:
            self._write(write)
        except StoreError as error:
            if not isinstance(error.__cause__, _NEVER):
                return error
            self._refuse(write, error.__cause__)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other alarms are recorded
            self._refuse(write, error)
        return None

    def _refuse(self, write: RecordWrite, error: Exception) -> None:
        _log.error("A write to the event record is set aside.", exc_info=error)
        where = str(self._journal.refused_path)
        try:
            self._journal.refuse(write, error)
        except (OSError, ValueError):
            where = "-"
        reason = f"{type(error).__name__}: {error}"
        self._refused.append(
            Message(
                "An alarm sounds, but the event record can never take it ({0}). It is kept in {1}. "
                "Please report this.",
                (reason, where),
            )
        )
