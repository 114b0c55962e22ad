"""A stream that falls behind is told apart from time stamps that mean nothing."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.sources.camera.lateness import Lateness

_FPS = 15.0


def _lateness(arrivals: Iterable[tuple[float, float]]) -> list[float]:
    """What is said of each frame, given its time stamp and its arrival."""
    lateness = Lateness()
    return [lateness.update(stream_s, now_s) for stream_s, now_s in arrivals]


def _steady(seconds: float, stamp: Callable[[float], float] = float) -> list[tuple[float, float]]:
    """Frames that arrive when they are taken, the clock being at 50."""
    times = [number / _FPS for number in range(int(seconds * _FPS))]
    return [(stamp(time_s), 50.0 + time_s) for time_s in times]


def test_a_stream_that_is_read_in_time_is_never_late() -> None:
    assert max(_lateness(_steady(300))) < 0.01


def test_after_a_halt_each_old_frame_is_as_late_as_it_is_old() -> None:
    on_time = _steady(20)
    # For 10 s nobody reads; then 50 frames a second come, until the newest is reached.
    backlog = [(20 + number / _FPS, 80 + number / 50) for number in range(300)]
    backlog = [(stream_s, now_s) for stream_s, now_s in backlog if 50 + stream_s < now_s]
    said = _lateness(on_time + backlog)[len(on_time) :]
    for (stream_s, now_s), late_s in zip(backlog, said, strict=True):
        assert late_s == pytest.approx(now_s - 50 - stream_s, abs=0.05)
    assert said[0] == pytest.approx(10.0, abs=0.05)
    assert said[-1] < 0.1


def test_a_lag_that_stays_is_told_for_as_long_as_it_stays() -> None:
    late = [(stream_s, now_s + 8) for stream_s, now_s in _steady(3600)[1000:]]
    said = _lateness([*_steady(3600)[:1000], *late])
    assert said[-1] == pytest.approx(8.0, abs=0.2)


def test_a_computer_too_slow_from_the_start_is_late_once_the_server_throws_frames_away() -> None:
    # Twelve of fifteen frames a second are read; what is more than 20 s old, the server drops.
    arrivals = []
    stream_s = 0.0
    for number in range(3000):
        now_s = number / 12
        stream_s = max(stream_s + 1 / _FPS, now_s - 20.0)
        arrivals.append((stream_s, now_s))
    assert _lateness(arrivals)[-1] == pytest.approx(20.0, abs=0.5)


@pytest.mark.parametrize(
    "stamp",
    [
        lambda time_s: 0.0,
        lambda time_s: -math.inf,
        lambda time_s: math.nan,
        lambda time_s: -3.7e17,
        lambda time_s: 1000.0 - time_s,
        lambda time_s: time_s * 0.6,
        lambda time_s: time_s * 0.9,
        lambda time_s: time_s * 1.3,
        lambda time_s: time_s % 30,
        lambda time_s: time_s + 100 * (time_s > 60),
        lambda time_s: time_s - 100 * (60 < time_s < 90),
        lambda time_s: time_s + 100 * (60 < time_s < 61),
    ],
    ids=[
        "always 0",
        "none",
        "not a number",
        "as OpenCV says none",
        "backwards",
        "far too slow",
        "too slow",
        "too fast",
        "from 0 again and again",
        "a jump forwards",
        "a jump back and forth",
        "a jump forth and back",
    ],
)
def test_time_stamps_that_do_not_follow_the_clock_say_nothing(
    stamp: Callable[[float], float],
) -> None:
    assert max(_lateness(_steady(400, stamp))) < 0.1


@given(pace=st.floats(0.5, 1.5), jitter_s=st.floats(0.0, 0.15), seed=st.integers(0, 9))
def test_a_clock_that_goes_wrong_steadily_makes_nothing_late(
    pace: float, jitter_s: float, seed: int
) -> None:
    delays = random.Random(seed)
    arrivals = [(n / 5 * pace, n / 5 + delays.uniform(0, jitter_s)) for n in range(5 * 600)]
    assert max(_lateness(arrivals)) < 1.5


def test_stamps_that_lose_touch_with_the_clock_are_no_longer_believed() -> None:
    # In the dark a camera takes half as many frames, and counts them as before.
    said = _lateness(_steady(1000, lambda time_s: time_s - max(0.0, time_s - 60) / 2))
    assert 100 < max(said) < 121
    assert max(said[int(310 * _FPS) :]) == 0.0
