"""Averages that know time, and people who keep their number."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.judge.smoothing import SmoothedProbability
from fallwatch.core.tracking import Tracker, detect
from fallwatch.core.types import Frame, Pose
from tests.core.synthetic import HEIGHT_PX, WIDTH_PX, figure

_BLANK = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)


def update(tracker: Tracker, t: float, *poses: Pose, keep: tuple[int, ...] = ()) -> dict[int, bool]:
    tracks = tracker.update(t, detect(Frame("room", 0, t, _BLANK), list(poses)), keep)
    return {track.track_id: track.visible for track in tracks}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.floats(0.01, 1))
def test_the_average_stays_within_its_values(values: list[float], step_s: float) -> None:
    smoothed = SmoothedProbability()
    for i, value in enumerate(values):
        smoothed.update(i * step_s, value)
        assert smoothed.value is not None
        assert min(values) - 1e-9 <= smoothed.value <= max(values) + 1e-9


@given(st.integers(2, 60))
def test_the_average_after_one_second_does_not_depend_on_the_frame_rate(fps: int) -> None:
    smoothed = SmoothedProbability(tau_s=0.3)
    smoothed.update(0.0, 0.0)
    for i in range(1, fps + 1):
        smoothed.update(i / fps, 1.0)
    assert smoothed.value == pytest.approx(1 - math.exp(-1 / 0.3), abs=1e-6)


def test_a_walking_person_keeps_the_number_through_a_short_loss() -> None:
    tracker = Tracker()
    for i in range(30):
        seen = update(tracker, i / 15, *([] if 10 <= i < 16 else [figure(150 + 8 * i)]))
        assert list(seen) == [1]


def test_two_people_who_stand_apart_are_two() -> None:
    tracker = Tracker()
    assert update(tracker, 0.0, figure(150), figure(450)) == {1: True, 2: True}
    assert update(tracker, 0.1, figure(452), figure(151)) == {1: True, 2: True}


def test_one_body_found_twice_is_one_person() -> None:
    assert update(Tracker(), 0.0, figure(300), figure(303)) == {1: True}


def test_somebody_gone_for_long_comes_back_as_somebody_new() -> None:
    tracker = Tracker(keep_lost_s=3.0)
    update(tracker, 0.0, figure(300))
    assert update(tracker, 2.0) == {1: False}
    assert update(tracker, 4.0) == {}
    assert update(tracker, 5.0, figure(300)) == {2: True}


def test_somebody_who_needs_help_is_never_forgotten() -> None:
    tracker = Tracker(keep_lost_s=3.0)
    update(tracker, 0.0, figure(300))
    assert update(tracker, 60.0, keep=(1,)) == {1: False}


@pytest.mark.parametrize(
    "up", [figure(300), figure(300, sink=0.25), figure(300, tilt_deg=30, sink=0.28)]
)
def test_whoever_stands_or_sits_where_somebody_fallen_was_last_seen_is_somebody_else(
    up: Pose,
) -> None:
    tracker = Tracker(keep_lost_s=3.0)
    update(tracker, 0.0, figure(300, tilt_deg=90))
    assert update(tracker, 5.0, up, keep=(1,)) == {1: False, 2: True}
    assert update(tracker, 5.1, figure(300, tilt_deg=90), keep=(1,))[1] is True


def test_a_small_phantom_is_not_the_person_who_just_left() -> None:
    tracker = Tracker()
    update(tracker, 0.0, figure(300))
    update(tracker, 0.1)
    seen = update(tracker, 1.0, figure(300, tall_px=50))
    assert seen == {1: False, 2: True}


@pytest.mark.parametrize("step_px", [8, 20])
def test_whoever_walks_over_the_place_of_somebody_remembered_keeps_the_number(step_px: int) -> None:
    tracker = Tracker()
    update(tracker, 0.0, figure(500))
    t, seen = 60.0, {}
    for x in range(100, 581, step_px):
        t += 0.1
        seen = update(tracker, t, figure(x), keep=(1,))
        assert seen == {1: False, 2: True}, f"at {x}"


def test_somebody_found_again_beside_a_person_in_view_is_the_one_who_was_lost() -> None:
    tracker, fallen = Tracker(), figure(300, tilt_deg=90)
    update(tracker, 0.0, fallen, figure(500))
    for number in range(1, 50):
        update(tracker, number * 0.1, figure(500), keep=(1,))
    assert update(tracker, 5.0, fallen, figure(500), keep=(1,)) == {1: True, 2: True}
    update(tracker, 5.1, figure(500), keep=(1,))
    assert update(tracker, 5.3, fallen, keep=(1,)) == {1: True, 2: False}
