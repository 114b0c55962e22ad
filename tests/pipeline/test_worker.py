"""A worker outlives its failures, with growing pauses."""

from __future__ import annotations

import logging
import threading
import time

import pytest

from fallwatch.pipeline.closable_callback import ClosableCallback
from fallwatch.pipeline.worker import FailureLog, Worker
from tests.waiting import PATIENCE_S, wait_until


class _Pauses(threading.Event):
    """Writes down how long it is waited for, and takes no time."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths_s: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.lengths_s.append(timeout)
        return self.is_set()


def test_work_that_fails_is_tried_again_after_growing_pauses() -> None:
    tries: list[int] = []
    told: list[str] = []

    def work() -> None:
        tries.append(1)
        if len(tries) < 5:
            raise OSError(f"try {len(tries)}")

    def on_failure(error: Exception) -> bool:
        told.append(str(error))
        return True

    worker = Worker("test", work, on_failure, first_wait_s=5.0, longest_wait_s=12.0)
    worker.stopping = pauses = _Pauses()
    worker.start()
    worker.join_until(time.monotonic() + PATIENCE_S)
    assert not worker.is_alive
    assert told == ["try 1", "try 2", "try 3", "try 4"]
    assert pauses.lengths_s == [5.0, 10.0, 12.0, 12.0]


def test_an_error_that_must_not_come_often_has_a_pause_of_its_own() -> None:
    tries: list[int] = []

    def work() -> None:
        tries.append(1)
        if len(tries) < 4:
            raise OSError("refused") if len(tries) != 2 else ValueError("other")

    worker = Worker(
        "test",
        work,
        lambda error: True,
        first_wait_s=1.0,
        longest_wait_s=5.0,
        least_wait_s=lambda error: 60.0 if isinstance(error, OSError) else 0.0,
    )
    worker.stopping = pauses = _Pauses()
    worker.start()
    worker.join_until(time.monotonic() + PATIENCE_S)
    assert pauses.lengths_s == [60.0, 2.0, 60.0]


def test_it_gives_up_when_told_so() -> None:
    def work() -> None:
        raise OSError("no")

    worker = Worker("test", work, lambda error: False)
    worker.start()
    worker.join_until(time.monotonic() + PATIENCE_S)
    assert not worker.is_alive


def test_stopping_cuts_the_pause_short_and_tells_nobody() -> None:
    told: list[Exception] = []

    def work() -> None:
        raise OSError("no")

    def on_failure(error: Exception) -> bool:
        told.append(error)
        return True

    worker = Worker("test", work, on_failure, first_wait_s=60, longest_wait_s=60)
    worker.start()
    wait_until(lambda: bool(told))
    worker.stopping.set()
    worker.join_until(time.monotonic() + PATIENCE_S)
    assert not worker.is_alive
    assert len(told) == 1


def test_a_repeated_failure_fills_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    failures = FailureLog(logging.getLogger("test"))
    for _ in range(100):
        failures.write("100 % broken", ValueError("x"), expected=False)
    assert [record.getMessage() for record in caplog.records] == ["100 % broken"]
    assert "ValueError" in caplog.text


def test_a_closed_listener_hears_nothing() -> None:
    heard: list[int] = []
    gate = ClosableCallback(heard.append)
    gate(1)
    gate.close(time.monotonic() + PATIENCE_S)
    gate(2)
    assert heard == [1]
