"""Waiting for what threads and processes do, on a computer that may be busy.

A test that passes waits no longer than it must, so the time limits here are long: only a test that
fails uses them up.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds to wait for something that is sure to happen; less than the time limit of a test.
PATIENCE_S = 60.0

_SAMPLE_CPU_S = 0.05


def wait_until(condition: Callable[[], object], longest_s: float = PATIENCE_S) -> None:
    """Wait until the condition holds; fail if it does not hold in time."""
    deadline_s = time.monotonic() + longest_s
    while not condition():
        assert time.monotonic() < deadline_s, f"it did not happen within {longest_s:g} s"
        time.sleep(0.005)


def wait_for_waiter(condition: threading.Condition) -> None:
    """Wait until a thread waits for the condition."""
    wait_until(lambda: len(condition._waiters) > 0)  # type: ignore[attr-defined]


def join_threads(prefix: str) -> None:
    """Wait until all threads whose names begin with the prefix have ended."""
    for thread in threading.enumerate():
        if thread.name.startswith(prefix) and thread is not threading.current_thread():
            thread.join(PATIENCE_S)
            assert not thread.is_alive(), f"{thread.name} still runs"


@contextmanager
def within(longest_s: float) -> Iterator[None]:
    """Fail if the block takes longer than the program promises.

    The promise is for a computer that has a core to spare: on a busy one the limit grows as work
    slows down.
    """
    began_s = time.monotonic()
    yield
    took_s = time.monotonic() - began_s
    if took_s >= longest_s:
        limit_s = longest_s * _slowdown()
        assert took_s < limit_s, f"it took {took_s:.2f} s of {limit_s:.2f} s"


def _slowdown() -> float:
    """How many times longer work takes now than on an idle computer; 1.0 at least."""
    began_s, began_cpu_s = time.monotonic(), time.thread_time()
    while time.thread_time() - began_cpu_s < _SAMPLE_CPU_S:
        pass
    now = (time.monotonic() - began_s) / _SAMPLE_CPU_S
    load: Callable[[], tuple[float, float, float]] | None = getattr(os, "getloadavg", None)
    lately = load()[0] / (os.cpu_count() or 1) if load is not None else 1.0
    return max(1.0, now, lately)


class FakeClock:
    """A clock in seconds that only goes on when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s

    def advance(self, seconds: float) -> None:
        self.now_s += seconds
