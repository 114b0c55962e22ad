"""A thread that outlives its failures."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)

FIRST_WAIT_S = 0.5
#: A camera that comes back is seen again this soon at the latest, plus the time it takes to open.
LONGEST_WAIT_S = 5.0


class Worker:
    """A daemon thread that does its work again, after a growing pause, when the work fails.

    It is a daemon because a driver may hold it for ever, and must not hold the whole program.

    Args:
        name: Of the thread; ``fallwatch-`` is put before it.
        work: What to do. It returns when it is done, or soon after `stopping` was set.
        on_failure: Told of each error on this thread, unless the worker is stopping; returns
            whether to try again.
        first_wait_s: Pause after the first failure; it doubles with each further one.
        longest_wait_s: Longest pause. Work that went on for longer than this counts as recovered,
            and the pauses begin again with the first.
        least_wait_s: The shortest pause after an error, for those that must not come often.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[], None],
        on_failure: Callable[[Exception], bool],
        *,
        first_wait_s: float = FIRST_WAIT_S,
        longest_wait_s: float = LONGEST_WAIT_S,
        least_wait_s: Callable[[Exception], float] = lambda error: 0.0,
    ) -> None:
        self.stopping = threading.Event()
        self._work = work
        self._on_failure = on_failure
        self._first_wait_s = first_wait_s
        self._longest_wait_s = longest_wait_s
        self._least_wait_s = least_wait_s
        self._thread = threading.Thread(target=self._run, name=f"fallwatch-{name}", daemon=True)

    @property
    def name(self) -> str:
        """Name of the thread."""
        return self._thread.name

    @property
    def is_alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def is_current(self) -> bool:
        """Whether the caller runs on this thread."""
        return self._thread is threading.current_thread()

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    def join_until(self, deadline_s: float) -> None:
        """Wait for the thread to end, until the clock ``time.monotonic`` says ``deadline_s``.

        A worker does not wait for itself.
        """
        if not self.is_current:
            self._thread.join(max(0.0, deadline_s - time.monotonic()))

    def left_after(self, timeout_s: float) -> list[str]:
        """Wait for the thread to end; its name if it did not in time. One never started has."""
        if self.is_alive:
            self.join_until(time.monotonic() + timeout_s)
        return [self.name] if self.is_alive else []

    def end_with(self, last: Callable[[], object], timeout_s: float) -> list[str]:
        """End the thread, then do a last thing here, unless the thread is still at it.

        Returns:
            Name of the thread if it did not end in time.
        """
        self.stopping.set()
        late = self.left_after(timeout_s)
        if not late:
            last()
        return late

    def _run(self) -> None:
        wait_s = self._first_wait_s
        while not self.stopping.is_set():
            began_s = time.monotonic()
            least_s = 0.0
            try:
                self._work()
            except Exception as error:  # noqa: BLE001 - nothing may end the monitoring unseen
                if self.stopping.is_set():
                    _log.info("%s ended while it was being stopped: %s", self.name, error)
                    return
                if not self._on_failure(error):
                    return
                least_s = self._least_wait_s(error)
            else:
                return
            if time.monotonic() - began_s > self._longest_wait_s:
                wait_s = self._first_wait_s
            self.stopping.wait(max(wait_s, least_s))
            wait_s = min(wait_s * 2, self._longest_wait_s)


class FailureLog:
    """Writes a failure with all its details once, and its repetitions in one line each."""

    def __init__(self, log: logging.Logger) -> None:
        self._log = log
        self._last = ""

    def write(self, message: str, error: Exception, *, expected: bool) -> None:
        """Log an error.

        Args:
            message: What a person is told.
            error: Logged with its traceback the first time in a row, unless it is expected.
            expected: Whether such errors belong to ordinary life, like an unplugged camera.
        """
        repeated, self._last = message == self._last, message
        if repeated:
            self._log.debug("Again: %s", message)
        else:
            self._log.warning("%s", message, exc_info=None if expected else error)
