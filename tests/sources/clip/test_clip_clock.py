"""Time stamps of clips increase, whatever the file says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.sources.clip.clip_clock import ClipClock, sane_fps
from fallwatch.sources.clip.pacing import Pacer


@given(
    fps=st.floats(allow_nan=True, allow_infinity=True),
    file_times_s=st.lists(st.none() | st.floats(-1e9, 1e9), min_size=2, max_size=30),
)
def test_stamps_increase_strictly_from_zero(fps: float, file_times_s: list[float | None]) -> None:
    clock = ClipClock(fps)
    stamps = [clock.stamp(file_time_s) for file_time_s in file_times_s]
    assert stamps[0] == 0
    assert all(later > earlier for earlier, later in pairwise(stamps))


def _stamps(clock: ClipClock, file_times_s: Sequence[float | None]) -> list[float]:
    return [clock.stamp(file_time_s) for file_time_s in file_times_s]


def test_a_variable_rate_keeps_its_times() -> None:
    assert _stamps(ClipClock(7.0), (0, 0.033, 0.3, 1.0)) == pytest.approx([0, 0.033, 0.3, 1.0])


def test_it_does_not_matter_where_the_file_begins_to_count() -> None:
    assert _stamps(ClipClock(7.0), (1.4, 1.5, 1.9)) == pytest.approx([0, 0.1, 0.5])
    assert _stamps(ClipClock(7.0), (-0.1, 0.0, 0.4)) == pytest.approx([0, 0.1, 0.5])


@pytest.mark.parametrize("file_time_s", [None, 0.0])
def test_without_times_the_rate_counts(file_time_s: float | None) -> None:
    assert _stamps(ClipClock(10.0), [file_time_s] * 4) == pytest.approx([0, 0.1, 0.2, 0.3])


@pytest.mark.parametrize("jump_s", [9000.0, -9000.0])
def test_after_a_jump_of_hours_the_times_count_on_from_there(jump_s: float) -> None:
    file_times_s = (0, 0.1, jump_s, jump_s + 0.3)
    assert _stamps(ClipClock(10.0), file_times_s) == pytest.approx([0, 0.1, 0.2, 0.5])


def test_one_frame_out_of_order_delays_none_after_it() -> None:
    file_times_s = (0, 0.1, 0.05, 0.3, 0.4)
    assert _stamps(ClipClock(10.0), file_times_s) == pytest.approx([0, 0.1, 0.2, 0.3, 0.4])


def test_a_new_lap_follows_after_one_frame_s_time() -> None:
    clock = ClipClock(10.0)
    _stamps(clock, (5.0, 5.4))
    clock.start_over()
    assert _stamps(clock, (5.0, 5.4)) == pytest.approx([0.5, 0.9])


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


def test_a_long_gap_between_two_frames_is_shortened() -> None:
    time = _NoWait()
    pacer = Pacer(lambda: time.now_s)
    for stamp_s in (0.0, 50.0, 50.1):
        pacer.wait_for(stamp_s, time)  # type: ignore[arg-type]
    assert time.now_s == pytest.approx(105.1)
