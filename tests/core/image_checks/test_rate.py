"""Which frames are analysed depends on their time stamps alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.image_checks.rate import AdjustableRateGate, RateGate


def _taken(stamps: list[float], max_fps: float = 15.0) -> list[int]:
    gate = RateGate(max_fps)
    return [number for number, stamp_s in enumerate(stamps) if gate.due(stamp_s)]


@pytest.mark.parametrize("fps", [29.97, 30.0])
def test_of_twice_the_rate_every_second_frame_is_taken(fps: float) -> None:
    stamps = [number / fps for number in range(30 * 60 * 5)]
    assert _taken(stamps) == list(range(0, len(stamps), 2))


@given(
    jitter_s=st.lists(st.floats(-0.006, 0.006), min_size=60, max_size=60),
    start_s=st.floats(0, 1e6),
)
def test_jitter_does_not_change_which_frames_are_taken(
    jitter_s: list[float], start_s: float
) -> None:
    stamps = [start_s + number / 30 + late_s for number, late_s in enumerate(jitter_s)]
    assert _taken(stamps) == list(range(0, 60, 2))


@given(fps=st.floats(0.2, 15.0))
def test_up_to_the_rate_every_frame_is_taken(fps: float) -> None:
    stamps = [number / fps for number in range(200)]
    assert _taken(stamps) == list(range(200))


def test_of_25_frames_15_are_taken_evenly_spread() -> None:
    taken = _taken([number / 25 for number in range(2500)])
    assert len(taken) == 1500
    assert {later - earlier for earlier, later in pairwise(taken)} == {1, 2}


@given(fps=st.floats(15.0, 240.0), max_fps=st.just(15.0))
def test_of_a_faster_camera_about_the_rate_is_taken(fps: float, max_fps: float) -> None:
    stamps = [number / fps for number in range(int(fps * 20))]
    taken = [stamps[number] for number in _taken(stamps, max_fps)]
    assert 0.85 * max_fps * 20 <= len(taken) <= 1.02 * max_fps * 20 + 1
    longest_s = max(later - earlier for earlier, later in pairwise(taken))
    assert longest_s <= 1.5 / max_fps + 1 / fps


@given(gaps_s=st.lists(st.floats(0.001, 5.0), min_size=1, max_size=100))
def test_whatever_comes_no_burst_is_let_through(gaps_s: list[float]) -> None:
    stamps = [0.0]
    for gap_s in gaps_s:
        stamps.append(stamps[-1] + gap_s)
    taken = [stamps[number] for number in _taken(stamps)]
    assert taken[0] == 0.0
    # Early by a quarter of a period, after late by a fifth: never two frames closer than this.
    assert all(later - earlier > 0.54 / 15 for earlier, later in pairwise(taken))


@given(fps=st.floats(10.0, 60.0))
def test_on_average_the_rate_is_kept_where_the_average_counts(fps: float) -> None:
    gate = RateGate(8, on_average=True)
    stamps = [stamp_s for n in range(int(fps * 60)) if gate.due(stamp_s := n / fps)]
    assert len(stamps) == pytest.approx(8 * 60, abs=2)
    assert max(later - earlier for earlier, later in pairwise(stamps)) <= 1.5 / 8 + 1 / fps


def test_time_that_jumps_back_begins_a_new_count() -> None:
    gate = RateGate(15)
    assert gate.due(100.0)
    assert gate.due(0.0)
    assert not gate.due(0.01)


@pytest.mark.parametrize("max_fps", [0.0, -1.0, float("nan")])
def test_a_rate_must_be_above_zero(max_fps: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        RateGate(max_fps)


def test_a_rate_that_is_raised_counts_from_the_next_frame_on() -> None:
    wanted = [5.0]
    gate = AdjustableRateGate(lambda: wanted[-1])
    assert [gate.due(n / 30) for n in range(4)] == [True, False, False, False]
    wanted.append(15.0)
    after = [gate.due(n / 30) for n in range(4, 34)]
    assert after[0]
    assert sum(after) == pytest.approx(15, abs=1)


def test_a_lower_rate_is_kept_on_average() -> None:
    wanted = [15.0]
    gate = AdjustableRateGate(lambda: wanted[-1])
    gate.due(0.0)
    wanted.append(9.0)
    assert sum(gate.due(n / 25) for n in range(1, 251)) == pytest.approx(90, abs=2)
