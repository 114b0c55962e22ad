"""When a camera that shows nobody raises an alarm of its own, and when it ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.message import Message
from fallwatch.pipeline.health.fault_alarms import (
    LOST_AFTER_S,
    FaultAction,
    FaultAlarm,
    FaultAlarms,
)
from fallwatch.pipeline.health.faults import (
    ANALYSIS_SLOW,
    CAMERA_FROZEN,
    CAMERA_LOST,
    CAMERA_MOVED,
    KINDS,
)
from fallwatch.pipeline.health.status import Fault
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus

_SLOW = Fault(ANALYSIS_SLOW, Message("Too slow."))
_FROZEN = Fault(CAMERA_FROZEN, Message("Frozen."))
_MOVED = Fault(CAMERA_MOVED, Message("Moved."))


def _status(state: MonitorState, *faults: Fault, message: str = "Gone.") -> MonitorStatus:
    return MonitorStatus("hall", state, Message(message), 15.0, 0.1, faults)


_RUNNING = _status(MonitorState.RUNNING)
_STALLED = _status(MonitorState.STALLED)
_FAULTED = _status(MonitorState.FAULTED)
_STARTING = _status(MonitorState.STARTING)
_LOST = FaultAlarm(FaultAction.RAISE, CAMERA_LOST, Message("Gone."))
_BACK = FaultAlarm(FaultAction.CLEAR, CAMERA_LOST)


def _seen(now_s: float = 0.0) -> FaultAlarms:
    """A camera that has been seen, so that nothing of an earlier run is open."""
    health = FaultAlarms()
    health.update(_RUNNING, now_s)
    return health


@pytest.mark.parametrize("status", [_STALLED, _FAULTED])
def test_a_camera_silent_for_five_seconds_is_lost_once(status: MonitorStatus) -> None:
    health = _seen()
    assert health.update(status, 100.0) == []
    assert health.update(status, 104.9) == []
    assert health.update(status, 105.0) == [_LOST]
    assert health.update(status, 200.0) == []


def test_a_camera_that_comes_back_in_time_is_not_lost() -> None:
    health = _seen()
    health.update(_STALLED, 0.0)
    assert health.update(_RUNNING, 4.0) == []
    health.update(_STALLED, 6.0)
    assert health.update(_STALLED, 10.0) == []


def test_trying_again_does_not_restart_the_wait() -> None:
    health = _seen()
    health.update(_STALLED, 0.0)
    assert health.update(_STARTING, 3.0) == []
    assert health.update(_FAULTED, 5.5) == [_LOST]


def test_frames_clear_the_alarm_and_it_can_be_raised_again() -> None:
    health = _seen()
    health.update(_FAULTED, 0.0)
    health.update(_FAULTED, 11.0)
    assert health.update(_STARTING, 11.5) == []
    assert health.update(_RUNNING, 12.0) == [_BACK]
    assert health.update(_RUNNING, 13.0) == []
    health.update(_FAULTED, 20.0)
    assert health.update(_FAULTED, 25.5) == [_LOST]


def test_a_first_start_that_takes_long_is_not_a_lost_camera() -> None:
    health = FaultAlarms()
    assert health.update(_STARTING, 0.0) == []
    assert health.update(_STARTING, 60.0) == []


def test_the_first_frames_end_what_a_killed_run_left_open() -> None:
    health = FaultAlarms()
    news = health.update(_status(MonitorState.RUNNING, _MOVED), 0.0)
    ended = [each.kind for each in news if each.action is FaultAction.CLEAR]
    assert ended == [kind for kind in KINDS if kind != CAMERA_MOVED]
    assert news[-1] == FaultAlarm(FaultAction.RAISE, CAMERA_MOVED, Message("Moved."))


def test_stopping_by_hand_clears_what_was_raised_and_nothing_else() -> None:
    health = FaultAlarms()
    assert health.stopped() == []
    health.update(_STALLED, 0.0)
    health.update(_STALLED, 11.0)
    assert health.stopped() == [_BACK]
    assert health.stopped() == []


def test_a_frozen_image_is_told_at_once_and_is_no_lost_camera() -> None:
    health = _seen()
    frozen = _status(MonitorState.STALLED, _FROZEN)
    raised = FaultAlarm(FaultAction.RAISE, CAMERA_FROZEN, Message("Frozen."))
    assert health.update(frozen, 1.0) == [raised]
    assert health.update(frozen, 60.0) == []
    assert health.update(_RUNNING, 61.0) == [FaultAlarm(FaultAction.CLEAR, CAMERA_FROZEN)]


def test_a_frozen_image_goes_on_while_the_camera_is_lost() -> None:
    health = _seen()
    health.update(_status(MonitorState.STALLED, _FROZEN), 1.0)
    health.update(_FAULTED, 2.0)
    assert health.update(_FAULTED, 8.0) == [_LOST]
    both = {each.kind for each in health.update(_RUNNING, 9.0)}
    assert both == {CAMERA_FROZEN, CAMERA_LOST}


def test_an_analysis_that_hangs_is_called_slow_and_not_a_lost_camera() -> None:
    health = _seen()
    hangs = _status(MonitorState.STALLED, _SLOW)
    assert health.update(hangs, 0.0) == []
    assert health.update(hangs, LOST_AFTER_S) == [
        FaultAlarm(FaultAction.RAISE, ANALYSIS_SLOW, Message("Too slow."))
    ]


_STATUSES = st.sampled_from(
    [
        _RUNNING,
        _STALLED,
        _FAULTED,
        _STARTING,
        _status(MonitorState.RUNNING, _MOVED),
        _status(MonitorState.RUNNING, _SLOW),
        _status(MonitorState.STALLED, _SLOW),
        _status(MonitorState.STALLED, _FROZEN),
    ]
)


@given(st.lists(st.tuples(_STATUSES, st.floats(0, 10)), max_size=40))
def test_an_alarm_never_begins_twice_nor_ends_unbegun(
    steps: list[tuple[MonitorStatus, float]],
) -> None:
    health, now_s, told = _seen(), 0.0, set[str]()
    for status, elapsed_s in steps:
        now_s += elapsed_s
        for news in health.update(status, now_s):
            assert (news.kind in told) is (news.action is FaultAction.CLEAR)
            (told.add if news.action is FaultAction.RAISE else told.discard)(news.kind)
    for news in health.update(_RUNNING, now_s):
        told.discard(news.kind)
    assert told == set()
