"""Why nothing is analysed, as the kind of alarm it deserves."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from fallwatch.core.message import Message
from fallwatch.core.types import Frame
from fallwatch.pipeline.health.faults import (
    ANALYSIS_FAILED,
    ANALYSIS_SLOW,
    CAMERA_FROZEN,
    CAMERA_LATE,
    CAMERA_LOST,
    blind_because,
)
from fallwatch.pipeline.health.heartbeats import Heartbeats
from fallwatch.pipeline.health.status import cause_of, trying_again
from fallwatch.pipeline.health.watchdog import Limits, assess
from fallwatch.pipeline.monitor import MonitorState
from tests.pipeline.fakes import FakeSource, watching
from tests.waiting import wait_until

_LIMITS = Limits()
_WELL = Heartbeats(started_s=0.0, captured_s=100.0, analyzer_ready_s=3.0, analysed_s=100.0)


@pytest.mark.parametrize(
    ("heartbeats", "kind"),
    [
        (replace(_WELL, analysed_s=109.0), None),
        (_WELL, CAMERA_LOST),
        (replace(_WELL, captured_s=109.9), ANALYSIS_SLOW),
        (replace(_WELL, captured_s=109.9, analyzer_ready_s=None), ANALYSIS_FAILED),
        (replace(_WELL, analyzer_fault=Message("Broken.")), ANALYSIS_FAILED),
        (
            replace(_WELL, source_fault=Message("Gone."), analyzer_fault=Message("Broken.")),
            CAMERA_LOST,
        ),
    ],
)
def test_the_cause_decides_the_kind(heartbeats: Heartbeats, kind: str | None) -> None:
    state, words = assess(heartbeats, 110.0, _LIMITS)
    trouble = blind_because(heartbeats, state, words, 110.0, _LIMITS)
    assert (trouble and trouble.kind) == kind
    if trouble is not None:
        assert trouble.message == words


def test_a_frozen_camera_is_never_called_monitored(monkeypatch: pytest.MonkeyPatch) -> None:
    # The fake's time runs six times as fast as the clock on the wall.
    monkeypatch.setattr("fallwatch.core.image_checks.frozen.FROZEN_AFTER_S", 3.0)
    monkeypatch.setattr("fallwatch.core.image_checks.frozen._LOOKS", 4)
    grey = np.full((48, 64, 3), 90, np.uint8)
    grey[:, 32:] = 160
    thaw = threading.Event()

    class Camera(FakeSource):
        def read(self) -> Frame:
            frame = super().read()
            noise = np.random.default_rng(frame.index if thaw.is_set() else 0)
            image = grey + noise.integers(0, 9, grey.shape, np.uint8)
            return replace(frame, image_bgr=image)

    with watching(Camera) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.STALLED, 20.0)
        assert [trouble.kind for trouble in monitor.status.faults] == [CAMERA_FROZEN]
        assert "same image" in str(monitor.status.message)
        thaw.set()
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING, 20.0)
        assert monitor.status.faults == ()
    assert MonitorState.STALLED in heard.states


def test_late_frames_are_never_called_monitored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fallwatch.pipeline.health.throughput_check._LATE_BEGINS_S", 0.5)
    monkeypatch.setattr("fallwatch.pipeline.health.throughput_check._LATE_ENDS_S", 0.5)
    in_time = threading.Event()

    class Camera(FakeSource):
        def read(self) -> Frame:
            return replace(super().read(), late_s=0.1 if in_time.is_set() else 8.0)

    with watching(Camera) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.STALLED)
        assert [trouble.kind for trouble in monitor.status.faults] == [CAMERA_LATE]
        assert str(monitor.status.message).startswith("Images arrive late")
        analysed = len(heard.analyses)
        wait_until(lambda: len(heard.analyses) > analysed + 10)  # late is better than never
        in_time.set()
        wait_until(lambda: monitor.status.state is MonitorState.RUNNING)
        assert monitor.status.faults == ()


def test_a_clip_with_a_still_image_is_in_no_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fallwatch.core.image_checks.frozen.FROZEN_AFTER_S", 0.5)
    monkeypatch.setattr("fallwatch.core.image_checks.frozen._LOOKS", 1)
    with watching(lambda: FakeSource(is_live=False, frames=40)) as (monitor, heard):
        wait_until(lambda: monitor.status.state is MonitorState.FINISHED)
    assert {status.faults for status in heard.statuses} == {()}


def test_a_cause_is_told_apart_from_the_promise_to_try_again() -> None:
    lost = Message("{0} has ended.", ("a.mp4",))
    assert str(trying_again(lost)) == "a.mp4 has ended. Trying again."
    assert cause_of(trying_again(lost)) == lost
    assert cause_of(lost) == lost
    assert cause_of(Message("Not monitoring.")) == Message("Not monitoring.")
