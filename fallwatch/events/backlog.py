"""Writing to the record in order, also when it fails for a while."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable

from fallwatch.events.store import StoreError

_log = logging.getLogger(__name__)


class Backlog:
    """Writes that are done at once or, after a failure, again later and in their order.

    Not thread-safe: the owner brings the lock.
    """

    def __init__(self) -> None:
        self._writes: deque[Callable[[], None]] = deque()

    def __len__(self) -> int:
        return len(self._writes)

    def append(self, write: Callable[[], None]) -> None:
        """Line a write up; `flush` does it."""
        self._writes.append(write)

    def flush(self) -> StoreError | None:
        """Do the writes in order until all are done or one fails.

        Returns:
            None if nothing is left to write, else why not.
        """
        while self._writes:
            try:
                self._writes[0]()
            except StoreError as error:
                _log.error("%d writes to the event record wait: %s", len(self._writes), error)
                return error
            self._writes.popleft()
        return None
