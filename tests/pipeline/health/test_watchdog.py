"""What the state is follows from the heartbeats; RUNNING needs a fresh frame."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.message import Message, plain
from fallwatch.pipeline.health.heartbeats import CaptureCall, HeartbeatLog, Heartbeats
from fallwatch.pipeline.health.status import MonitorState
from fallwatch.pipeline.health.watchdog import Limits, assess, hangs

_LIMITS = Limits()
_HEALTHY = Heartbeats(started_s=0.0, captured_s=100.0, analyzer_ready_s=3.0, analysed_s=100.0)
_LOADING = Heartbeats(started_s=0.0)
_READY = Heartbeats(started_s=0.0, analyzer_ready_s=3.0)


@pytest.mark.parametrize(
    ("heartbeats", "now_s", "state", "words"),
    [
        (_LOADING, 2.0, MonitorState.STARTING, "Getting ready"),
        (_LOADING, 65.0, MonitorState.STALLED, "Still not ready after 65 s."),
        (_READY, 5.0, MonitorState.STARTING, "Waiting for the first image"),
        (_READY, 15.0, MonitorState.STALLED, "No image yet after 12 s."),
        (
            replace(_READY, captured_s=4.0),
            15.0,
            MonitorState.STALLED,
            "The first image is not analysed after 12 s.",
        ),
        (_HEALTHY, 101.9, MonitorState.RUNNING, "Images are being analysed."),
        (_HEALTHY, 104.0, MonitorState.STALLED, "No new image for 4 s."),
        (
            replace(_HEALTHY, captured_s=103.9),
            104.0,
            MonitorState.STALLED,
            "The analysis is too slow: its last result is 4 s old.",
        ),
        (
            replace(_HEALTHY, captured_s=103.9, analyzer_ready_s=None),
            104.0,
            MonitorState.STALLED,
            "Getting ready again.",
        ),
        (replace(_HEALTHY, source_fault=Message("Gone.")), 100.1, MonitorState.FAULTED, "Gone."),
        (
            replace(_HEALTHY, analyzer_fault=Message("Broken.")),
            100.1,
            MonitorState.FAULTED,
            "Broken.",
        ),
        (replace(_HEALTHY, finished=True), 500.0, MonitorState.FINISHED, "The clip has ended."),
    ],
)
def test_state_and_words(
    heartbeats: Heartbeats, now_s: float, state: MonitorState, words: str
) -> None:
    found, message = assess(heartbeats, now_s, _LIMITS)
    assert (found, str(message)) == (state, words)


_TIMES = st.one_of(st.none(), st.floats(0, 1000))


@given(
    captured_s=_TIMES,
    ready_s=_TIMES,
    analysed_s=_TIMES,
    now_s=st.floats(0, 2000),
    source_fault=st.sampled_from(["", "Gone."]),
    analyzer_fault=st.sampled_from(["", "Broken."]),
)
def test_running_is_never_said_without_a_fresh_analysed_frame(
    captured_s: float | None,
    ready_s: float | None,
    analysed_s: float | None,
    now_s: float,
    source_fault: str,
    analyzer_fault: str,
) -> None:
    heartbeats = Heartbeats(
        started_s=0.0,
        captured_s=captured_s,
        analyzer_ready_s=ready_s,
        analysed_s=analysed_s,
        source_fault=plain(source_fault),
        analyzer_fault=plain(analyzer_fault),
    )
    state, words = assess(heartbeats, now_s, _LIMITS)
    assert words
    if state is MonitorState.RUNNING:
        assert analysed_s is not None
        assert now_s - analysed_s < 2.0
        assert not source_fault
        assert not analyzer_fault


@pytest.mark.parametrize(
    ("call", "after_s", "stuck"),
    [
        (CaptureCall.NONE, 1000.0, False),
        (CaptureCall.READ, 9.9, False),
        (CaptureCall.READ, 10.1, True),
        (CaptureCall.OPEN, 13.9, False),
        (CaptureCall.OPEN, 14.1, True),
    ],
)
def test_a_driver_that_does_not_return_is_noticed(
    call: CaptureCall, after_s: float, stuck: bool
) -> None:
    heartbeats = replace(_HEALTHY, call=call, call_since_s=50.0)
    assert hangs(heartbeats, 50.0 + after_s, _LIMITS) is stuck


def test_the_rate_is_that_of_the_last_three_seconds() -> None:
    now = [0.0]
    heartbeat_log = HeartbeatLog(lambda: now[0], threading.Event())
    assert heartbeat_log.analysed_fps() == 0.0
    for number in range(100):
        now[0] = number / 10
        heartbeat_log.analysed()
    assert heartbeat_log.analysed_fps() == pytest.approx(10)
    now[0] += 1.5
    assert 4 < heartbeat_log.analysed_fps() < 6
    now[0] += 3
    assert heartbeat_log.analysed_fps() == 0.0
