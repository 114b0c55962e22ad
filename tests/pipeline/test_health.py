"""When a silent camera raises an alarm of its own."""

from __future__ import annotations

import pytest

from fallwatch.pipeline.health import CameraHealth, HealthChange
from fallwatch.pipeline.monitor import MonitorState


@pytest.mark.parametrize("state", [MonitorState.STALLED, MonitorState.FAULTED])
def test_a_camera_silent_for_more_than_ten_seconds_is_lost_once(state: MonitorState) -> None:
    health = CameraHealth()
    assert health.update(state, 100.0) is None
    assert health.update(state, 110.0) is None
    assert health.update(state, 110.1) is HealthChange.RAISE
    assert health.update(state, 200.0) is None


def test_a_camera_that_comes_back_in_time_is_not_lost() -> None:
    health = CameraHealth()
    health.update(MonitorState.STALLED, 0.0)
    assert health.update(MonitorState.RUNNING, 9.0) is None
    health.update(MonitorState.STALLED, 12.0)
    assert health.update(MonitorState.STALLED, 21.0) is None


def test_trying_again_does_not_restart_the_wait() -> None:
    health = CameraHealth()
    health.update(MonitorState.STALLED, 0.0)
    assert health.update(MonitorState.STARTING, 5.0) is None
    assert health.update(MonitorState.STARTING, 10.5) is HealthChange.RAISE


def test_pictures_clear_the_alarm_and_it_can_be_raised_again() -> None:
    health = CameraHealth()
    health.update(MonitorState.FAULTED, 0.0)
    health.update(MonitorState.FAULTED, 11.0)
    assert health.update(MonitorState.RUNNING, 12.0) is HealthChange.CLEAR
    assert health.update(MonitorState.RUNNING, 13.0) is None
    health.update(MonitorState.FAULTED, 20.0)
    assert health.update(MonitorState.FAULTED, 30.5) is HealthChange.RAISE


def test_a_first_start_that_takes_long_is_not_a_lost_camera() -> None:
    health = CameraHealth()
    assert health.update(MonitorState.STARTING, 0.0) is None
    assert health.update(MonitorState.STARTING, 60.0) is None


def test_stopping_by_hand_clears_what_was_raised_and_nothing_else() -> None:
    health = CameraHealth()
    assert health.stopped() is None
    health.update(MonitorState.STALLED, 0.0)
    health.update(MonitorState.STALLED, 11.0)
    assert health.stopped() is HealthChange.CLEAR
