"""Time stamps of clips increase, whatever the decoder says."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.sources.clip_clock import ClipClock, sane_fps
from fallwatch.sources.pacing import Pacer


@given(
    fps=st.floats(allow_nan=True, allow_infinity=True),
    decoder_ms=st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=2, max_size=30),
)
def test_stamps_increase_strictly(fps: float, decoder_ms: list[float]) -> None:
    clock = ClipClock(fps)
    stamps = [clock.stamp(stamp_ms) for stamp_ms in decoder_ms]
    assert all(math.isfinite(stamp) and stamp >= 0 for stamp in stamps)
    assert all(later > earlier for earlier, later in pairwise(stamps))


def test_a_variable_rate_keeps_its_times() -> None:
    clock = ClipClock(7.0)
    assert [clock.stamp(ms) for ms in (0, 33, 300, 1000)] == pytest.approx([0, 0.033, 0.3, 1.0])


def test_without_times_the_rate_counts() -> None:
    clock = ClipClock(10.0)
    assert [clock.stamp(0.0) for _ in range(4)] == pytest.approx([0, 0.1, 0.2, 0.3])


def test_a_jump_of_hours_is_not_believed() -> None:
    clock = ClipClock(10.0)
    assert [clock.stamp(ms) for ms in (0, 9e6, 9e6 + 100)] == pytest.approx([0, 0.1, 0.2])


@pytest.mark.parametrize("fps", [0.0, -1.0, math.nan, math.inf, 90_000.0])
def test_an_impossible_rate_becomes_25(fps: float) -> None:
    assert sane_fps(fps) == 25.0


class _NoWait:
    """Takes the place of the event to wait on, and moves the clock instead."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def wait(self, seconds: float) -> bool:
        self.now_s += seconds
        return False


def test_after_a_delay_playing_goes_on_at_normal_speed() -> None:
    time = _NoWait()
    pacer = Pacer(lambda: time.now_s)
    shown = []
    for number in range(6):
        if number == 3:
            time.now_s += 10  # somebody else kept the machine busy
        pacer.wait_for(number * 0.1, time)  # type: ignore[arg-type]
        shown.append(time.now_s)
    gaps = [later - earlier for earlier, later in pairwise(shown)]
    assert gaps == pytest.approx([0.1, 0.1, 10, 0.1, 0.1])


def test_a_long_gap_between_two_pictures_is_shortened() -> None:
    time = _NoWait()
    pacer = Pacer(lambda: time.now_s)
    for stamp_s in (0.0, 50.0, 50.1):
        pacer.wait_for(stamp_s, time)  # type: ignore[arg-type]
    assert time.now_s == pytest.approx(105.1)
