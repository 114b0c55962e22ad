"""Fault alarms go from a monitor's status to the dispatcher, on a thread of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import cast

import pytest

from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmDispatch
from fallwatch.dispatch.room_faults import RoomFaults
from fallwatch.pipeline.health.fault_alarms import LOST_AFTER_S
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from tests.waiting import PATIENCE_S


class Dispatcher:
    """Remembers what it was asked to do; the first call may have to wait, or fail."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, str]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.error: Exception | None = None

    def raise_technical(self, camera: str, kind: str, message: str) -> None:
        self._note("raise", camera, kind)

    def clear_technical(self, camera: str, kind: str) -> None:
        self._note("clear", camera, kind)

    def _note(self, *call: str) -> None:
        assert self.may_go_on.wait(PATIENCE_S)
        error, self.error = self.error, None
        if error is not None:
            raise error
        self.calls.append(cast(tuple[str, str, str], call))


class Bench:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.dispatcher = Dispatcher()
        self.faults = RoomFaults(cast(AlarmDispatch, self.dispatcher), monotonic=lambda: self.now_s)

    def tell(self, state: MonitorState, camera: str = "Hall") -> None:
        self.faults.update(MonitorStatus(camera, state, Message("No new frame."), 0.0, None))

    def lose(self, camera: str = "Hall") -> None:
        self.tell(MonitorState.STALLED, camera)
        self.now_s += LOST_AFTER_S
        self.tell(MonitorState.STALLED, camera)

    def calls(self) -> list[tuple[str, str, str]]:
        """All calls, once everything that waits is done."""
        assert self.faults.stop(PATIENCE_S) == []
        return self.dispatcher.calls


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    bench.faults.start()
    yield bench
    bench.dispatcher.may_go_on.set()
    bench.faults.stop(PATIENCE_S)


def test_a_room_lost_for_long_raises_an_alarm_that_ends_when_it_is_seen_again(
    bench: Bench,
) -> None:
    bench.lose()
    bench.tell(MonitorState.RUNNING)
    calls = bench.calls()
    assert calls[0] == ("raise", "Hall", "camera_lost")
    assert ("clear", "Hall", "camera_lost") in calls[1:]


def test_rooms_are_told_apart(bench: Bench) -> None:
    bench.tell(MonitorState.STALLED, "Hall")
    bench.now_s += LOST_AFTER_S
    bench.tell(MonitorState.STALLED, "Kitchen")
    bench.tell(MonitorState.STALLED, "Hall")
    assert bench.calls() == [("raise", "Hall", "camera_lost")]


def test_a_room_that_is_not_watched_any_more_has_no_fault(bench: Bench) -> None:
    bench.lose()
    bench.faults.stopped("Hall")
    bench.faults.stopped("Hall")
    bench.faults.stopped("nobody's room")
    assert bench.calls() == [("raise", "Hall", "camera_lost"), ("clear", "Hall", "camera_lost")]


def test_a_room_that_is_restarted_has_been_blind_all_the_time(bench: Bench) -> None:
    bench.tell(MonitorState.STALLED)
    bench.now_s += LOST_AFTER_S / 2
    bench.tell(MonitorState.STARTING)
    bench.now_s += LOST_AFTER_S / 2
    bench.tell(MonitorState.STALLED)
    assert bench.calls() == [("raise", "Hall", "camera_lost")]


def test_a_slow_disk_holds_no_monitor_up(bench: Bench) -> None:
    bench.dispatcher.may_go_on.clear()
    bench.lose()
    bench.tell(MonitorState.RUNNING)  # returns, though the record takes nothing yet
    assert bench.dispatcher.calls == []
    bench.dispatcher.may_go_on.set()
    assert bench.calls()[0] == ("raise", "Hall", "camera_lost")


def test_an_error_loses_one_change_and_not_those_behind_it(bench: Bench) -> None:
    bench.dispatcher.error = RuntimeError("unforeseen")
    bench.lose("Hall")
    bench.lose("Kitchen")
    assert bench.calls() == [("raise", "Kitchen", "camera_lost")]


def test_what_was_seen_before_the_start_is_done_after_it() -> None:
    bench = Bench()
    bench.lose()
    bench.faults.start()
    assert bench.calls() == [("raise", "Hall", "camera_lost")]
