"""What begins a suspicion and what settles it, at both sides of every limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.core.judge.evidence import Descent
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.motion import Motion
from fallwatch.core.judge.person_state import Decided, Loss, PersonState, Sighting, Suspicion
from fallwatch.core.judge.phase import Phase
from fallwatch.core.judge.suspicion import (
    has_sat,
    is_clear_fall,
    is_head_up,
    is_over_threshold,
    is_settled,
    is_suspect,
    loss_while_falling,
    went_down_on_purpose,
)
from tests.core.judge.builders import (
    HALFWAY_DOWN,
    NONE,
    ON_THE_FLOOR,
    SLIGHT,
    STANDING,
    STEEP,
    descents,
    sighting,
    suspicion,
)

CONFIG = JudgeConfig(threshold=0.5)
FALLEN = Decided(Phase.FALLEN, since_s=9.0)
SUNK = replace(STANDING, head_drop=0.36, head_speed=0.5, head_height=0.6, length=0.49)


def of(value: float, head_speed: float = 1.1) -> Descent:
    return Descent(value, head_drop=0.5, head_speed=head_speed)


@pytest.mark.parametrize(
    ("score", "strongest", "expected"),
    [
        (0.5, SLIGHT, True),
        (0.49, SLIGHT, False),
        (0.9, of(0.15), True),
        (0.9, of(0.14), False),
    ],
)
def test_a_score_over_the_threshold_counts_only_with_some_descent(
    score: float, strongest: Descent, expected: bool
) -> None:
    assert is_over_threshold(score, strongest, CONFIG) is expected
    assert is_suspect(score, strongest, sighting(STANDING), CONFIG) is expected


@pytest.mark.parametrize(
    ("total_drop", "lying", "p_fall", "expected"),
    [
        (0.33, 0.65, None, True),
        (0.32, 0.65, None, False),
        (0.33, 0.64, None, False),
        (0.33, 0.0, 0.55, True),
        (0.32, 0.0, 0.55, False),
        (0.33, 0.0, 0.54, False),
        (0.33, 0.65, 0.54, False),
    ],
)
def test_who_came_down_slowly_and_lies_is_suspected(
    total_drop: float, lying: float, p_fall: float | None, expected: bool
) -> None:
    seen = sighting(replace(STANDING, total_drop=total_drop), lying=lying, p_fall=p_fall)
    assert is_suspect(0.0, NONE, seen, CONFIG) is expected
    assert not is_suspect(0.0, NONE, replace(seen, in_bed=True), CONFIG)


@pytest.mark.parametrize(
    ("head_drop", "head_speed", "head_height", "expected"),
    [
        (0.42, 0.75, 0.55, True),
        (0.41, 0.75, 0.55, False),
        (0.42, 0.74, 0.55, False),
        (0.42, 0.75, 0.56, False),
    ],
)
def test_who_drops_low_is_suspected_whatever_the_posture(
    head_drop: float, head_speed: float, head_height: float, expected: bool
) -> None:
    seen = sighting(
        replace(STANDING, head_drop=head_drop, head_speed=head_speed, head_height=head_height)
    )
    assert is_suspect(0.0, NONE, seen, CONFIG) is expected
    assert not is_suspect(0.0, NONE, replace(seen, in_bed=True), CONFIG)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"head_drop": 0.35}, False),
        ({"head_speed": 0.49}, False),
        ({"head_height": 0.61}, False),
        ({"length": 0.50}, False),
    ],
)
def test_who_sinks_along_the_line_of_sight_is_suspected_after_a_smaller_drop(
    change: dict[str, float], expected: bool
) -> None:
    seen = sighting(replace(SUNK, **change))  # type: ignore[arg-type]
    assert is_suspect(0.0, NONE, seen, CONFIG) is expected
    assert not is_suspect(0.0, NONE, replace(seen, in_bed=True), CONFIG)


@pytest.mark.parametrize(
    ("length", "p_fall", "expected"),
    [(0.50, 0.20, True), (0.59, 0.20, True), (0.60, 0.20, False), (0.59, 0.19, False)],
)
def test_who_sinks_and_looks_longer_may_also_sit_down_so_the_classifier_is_asked(
    length: float, p_fall: float, expected: bool
) -> None:
    seen = sighting(replace(SUNK, length=length))
    assert is_suspect(0.0, NONE, replace(seen, p_fall=p_fall), CONFIG) is expected
    assert not is_suspect(0.0, NONE, replace(seen, p_fall=None), CONFIG)


@pytest.mark.parametrize(("sat_s", "expected"), [(1.0, True), (0.99, False)])
def test_to_have_sat_takes_a_second(sat_s: float, expected: bool) -> None:
    assert has_sat(replace(STANDING, sat_s=sat_s)) is expected


@pytest.mark.parametrize(
    ("score", "top_speed", "p_fall", "jitter", "expected"),
    [
        (0.50, 1.00, None, 0.50, True),
        (0.49, 1.00, None, 0.00, False),
        (0.50, 0.99, None, 0.00, False),
        (0.50, 1.00, 0.35, 0.50, True),
        (0.50, 1.00, 0.34, 0.00, False),
        (0.50, 1.60, 0.00, 0.10, True),
        (0.50, 1.59, 0.00, 0.10, False),
        (0.50, 1.60, 0.00, 0.11, False),
        (0.70, 1.00, 0.00, 0.10, True),
        (0.69, 1.00, 0.00, 0.10, False),
        (0.70, 1.00, 0.00, 0.11, False),
    ],
)
def test_a_fast_fall_is_clear_unless_the_classifier_speaks_against_it(
    score: float, top_speed: float, p_fall: float | None, jitter: float, expected: bool
) -> None:
    seen = sighting(replace(ON_THE_FLOOR, jitter=jitter), p_fall=p_fall)
    suspected = suspicion(top_speed=top_speed)
    assert is_clear_fall(score, suspected, seen, CONFIG) is expected
    after_sitting = replace(suspected, sat=True)
    assert is_clear_fall(score, after_sitting, seen, CONFIG) is expected
    assert not is_clear_fall(score, replace(suspected, descent=of(0.14)), seen, CONFIG)


@pytest.mark.parametrize(("p_fall", "expected"), [(None, True), (0.35, True), (0.34, False)])
@pytest.mark.parametrize("top_speed", [1.0, 2.0])
def test_a_head_that_is_up_again_came_down_in_a_pose_that_was_wrong(
    top_speed: float, p_fall: float | None, expected: bool
) -> None:
    flipped = sighting(replace(ON_THE_FLOOR, total_drop=0.39), p_fall=p_fall)
    assert is_clear_fall(0.9, suspicion(top_speed=top_speed), flipped, CONFIG) is expected
    down = replace(flipped, motion=replace(ON_THE_FLOOR, total_drop=0.40))
    assert is_clear_fall(0.9, suspicion(top_speed=top_speed), down, CONFIG)


AT_ONCE = sighting(replace(ON_THE_FLOOR, length=0.45), at_s=10.0, lying=0.70, p_fall=0.45)
SLOW = suspicion(peak_s=8.5, top_speed=0.99)


@pytest.mark.parametrize(
    ("score", "suspected", "seen", "expected"),
    [
        (0.50, SLOW, AT_ONCE, True),
        (0.49, SLOW, AT_ONCE, False),
        (0.50, replace(SLOW, peak_s=8.49), AT_ONCE, False),
        (0.50, replace(SLOW, sat=True), AT_ONCE, False),
        (0.50, replace(SLOW, descent=of(0.14)), AT_ONCE, False),
        (0.50, SLOW, replace(AT_ONCE, lying=0.69), False),
        (0.50, SLOW, replace(AT_ONCE, p_fall=0.44), False),
        (0.50, SLOW, replace(AT_ONCE, p_fall=None), False),
        (0.50, SLOW, replace(AT_ONCE, motion=replace(ON_THE_FLOOR, length=0.44)), False),
    ],
)
def test_a_slower_fall_is_clear_if_it_ends_in_lying_at_once(
    score: float, suspected: Suspicion, seen: Sighting, expected: bool
) -> None:
    assert is_clear_fall(score, suspected, seen, CONFIG) is expected


@pytest.mark.parametrize(
    ("score", "suspected", "length", "lying", "expected"),
    [
        (0.62, SLOW, 0.80, 0.70, True),
        (0.61, SLOW, 0.80, 0.70, False),
        (0.62, SLOW, 0.79, 0.70, False),
        (0.62, SLOW, 0.80, 0.69, False),
        (0.62, replace(SLOW, peak_s=8.49), 0.80, 0.70, False),
        (0.62, replace(SLOW, sat=True), 0.80, 0.70, False),
    ],
)
@pytest.mark.parametrize("p_fall", [None, 0.0, 0.44])
def test_a_slower_fall_is_clear_in_full_length_whatever_the_classifier_says(
    score: float,
    suspected: Suspicion,
    length: float,
    lying: float,
    p_fall: float | None,
    expected: bool,
) -> None:
    motion = replace(ON_THE_FLOOR, length=length)
    seen = sighting(motion, at_s=10.0, lying=lying, p_fall=p_fall)
    assert is_clear_fall(score, suspected, seen, CONFIG) is expected


#: Down, but by nothing of this settled: the head too high, and moving.
RESTLESS = replace(ON_THE_FLOOR, head_height=0.9, restlessness=0.9, length=1.0, jitter=0.1)


def settling(
    *,
    head_height: float = 0.9,
    restlessness: float = 0.9,
    length: float = 1.0,
    lying: float = 0.0,
    p_fall: float | None = None,
) -> Sighting:
    motion = replace(RESTLESS, head_height=head_height, restlessness=restlessness, length=length)
    return sighting(motion, lying=lying, p_fall=p_fall)


@pytest.mark.parametrize(
    ("lying", "p_fall", "length", "expected"),
    [
        (0.60, 0.55, 0.45, True),
        (0.59, 0.55, 0.45, False),
        (0.60, 0.54, 0.45, False),
        (0.60, None, 0.45, False),
        (0.60, 0.55, 0.44, False),
    ],
)
def test_who_lies_by_posture_and_classifier_has_settled(
    lying: float, p_fall: float | None, length: float, expected: bool
) -> None:
    seen = settling(lying=lying, p_fall=p_fall, length=length)
    assert is_settled(seen, over=False, on_purpose=False) is expected


@pytest.mark.parametrize(
    ("p_fall", "head_height", "restlessness", "length", "expected"),
    [
        (0.75, 0.60, 0.35, 0.45, True),
        (0.74, 0.60, 0.35, 0.45, False),
        (0.75, 0.61, 0.35, 0.45, False),
        (0.75, 0.60, 0.36, 0.45, False),
        (0.75, 0.60, 0.35, 0.44, False),
        (0.75, 0.60, 0.09, 0.44, False),
        (0.75, 0.60, 0.08, 0.44, True),
        (0.74, 0.60, 0.08, 0.44, False),
    ],
)
def test_who_lies_by_a_sure_classifier_has_settled_and_the_shorter_the_stiller_they_must_be(
    p_fall: float, head_height: float, restlessness: float, length: float, expected: bool
) -> None:
    seen = settling(
        p_fall=p_fall, head_height=head_height, restlessness=restlessness, length=length
    )
    assert is_settled(seen, over=False, on_purpose=False) is expected


@pytest.mark.parametrize(
    ("head_height", "restlessness", "length", "expected"),
    [
        (0.60, 0.05, 0.49, True),
        (0.61, 0.05, 0.49, False),
        (0.60, 0.06, 0.49, False),
        (0.60, 0.05, 0.50, False),
        (0.55, 0.05, 1.0, True),
        (0.56, 0.05, 1.0, False),
    ],
)
def test_who_does_not_move_at_all_has_settled_in_any_posture_and_the_shorter_the_higher(
    head_height: float, restlessness: float, length: float, expected: bool
) -> None:
    seen = settling(head_height=head_height, restlessness=restlessness, length=length)
    assert is_settled(seen, over=False, on_purpose=False) is expected


@pytest.mark.parametrize(
    ("lying", "head_height", "restlessness", "expected"),
    [
        (0.45, 0.45, 0.12, True),
        (0.44, 0.45, 0.12, False),
        (0.45, 0.46, 0.12, False),
        (0.45, 0.45, 0.13, False),
    ],
)
def test_who_keeps_still_in_something_like_lying_has_settled(
    lying: float, head_height: float, restlessness: float, expected: bool
) -> None:
    seen = settling(lying=lying, head_height=head_height, restlessness=restlessness)
    assert is_settled(seen, over=False, on_purpose=False) is expected


@pytest.mark.parametrize(
    ("over", "head_height", "length", "expected"),
    [
        (True, 0.45, 0.50, True),
        (False, 0.45, 0.50, False),
        (True, 0.46, 0.50, False),
        (True, 0.45, 0.49, False),
    ],
)
def test_who_is_low_and_long_has_settled_while_the_score_is_over_the_threshold(
    over: bool, head_height: float, length: float, expected: bool
) -> None:
    seen = settling(head_height=head_height, length=length)
    assert is_settled(seen, over=over, on_purpose=False) is expected


@pytest.mark.parametrize(
    ("seen", "over"),
    [
        (settling(lying=0.6, p_fall=0.55), False),
        (settling(p_fall=0.75, head_height=0.6, restlessness=0.35), False),
        (settling(head_height=0.55, restlessness=0.05), False),
        (settling(lying=0.45, head_height=0.45, restlessness=0.12), False),
        (settling(head_height=0.45), True),
    ],
    ids=["lies", "surely lies", "motionless", "still", "low and long"],
)
def test_nobody_has_settled_in_bed_or_after_sitting_or_where_the_pose_is_a_guess(
    seen: Sighting, over: bool
) -> None:
    assert is_settled(seen, over=over, on_purpose=False)
    assert not is_settled(seen, over=over, on_purpose=True)
    assert not is_settled(replace(seen, in_bed=True), over=over, on_purpose=False)
    guessed = replace(seen, motion=replace(seen.motion, jitter=0.11))
    assert not is_settled(guessed, over=over, on_purpose=False)


@pytest.mark.parametrize(("height", "expected"), [(0.61, True), (0.60, False)])
def test_the_head_is_up_by_where_it_was_last_not_by_the_posture(
    height: float, expected: bool
) -> None:
    assert is_head_up(replace(ON_THE_FLOOR, last_head_height=height)) is expected
    assert is_head_up(replace(STANDING, last_head_height=height)) is expected


def seen(motion: Motion = HALFWAY_DOWN, *, in_bed: bool = False, in_focus: bool = True) -> Sighting:
    return sighting(motion, at_s=10.0, in_bed=in_bed, in_focus=in_focus)


#: Not over the threshold yet, and steep on the way down in the last frame.
FALLING = PersonState(
    sighting=sighting(HALFWAY_DOWN, at_s=10.0),
    descents=descents((9.9, NONE), (10.0, STEEP)),
    score=0.49,
)
#: Over the threshold, the descent itself a moment ago.
OVER_THRESHOLD = replace(FALLING, descents=descents((9.5, STEEP), (10.0, SLIGHT)), score=0.5)


def test_who_is_lost_in_a_steep_descent_is_lost_while_falling() -> None:
    assert loss_while_falling(FALLING, CONFIG) == Loss(10.0, 10.0, STEEP)
    just_steep = replace(
        FALLING,
        sighting=seen(replace(HALFWAY_DOWN, last_head_height=0.6, cut_off=0.5)),
        descents=descents((10.0, of(0.45))),
    )
    assert loss_while_falling(just_steep, CONFIG) == Loss(10.0, 10.0, of(0.45))


def test_who_is_lost_over_the_threshold_is_lost_while_falling_by_the_strongest_descent() -> None:
    assert loss_while_falling(OVER_THRESHOLD, CONFIG) == Loss(10.0, 9.5, STEEP)
    assert loss_while_falling(replace(OVER_THRESHOLD, score=0.49), CONFIG) is None


@pytest.mark.parametrize("falling", [FALLING, OVER_THRESHOLD])
@pytest.mark.parametrize(
    "change",
    [
        {"sighting": None},
        {"sighting": seen(in_bed=True)},
        {"sighting": seen(in_focus=False)},
        {"sighting": seen(replace(HALFWAY_DOWN, cut_off=0.51))},
        {"sighting": seen(replace(HALFWAY_DOWN, sat_s=1.0))},
        {"descents": descents()},
        {"decided": FALLEN},
    ],
    ids=[
        "never seen",
        "in bed",
        "out of focus",
        "cut off",
        "down already",
        "no descent",
        "fallen already",
    ],
)
def test_to_be_lost_says_nothing(falling: PersonState, change: dict[str, object]) -> None:
    assert loss_while_falling(falling, CONFIG) is not None
    changed = replace(falling, **change)  # type: ignore[arg-type]
    assert loss_while_falling(changed, CONFIG) is None


@pytest.mark.parametrize(("descended_s", "expected"), [(9.4, True), (9.39, False)])
def test_whoever_is_lost_long_after_the_descent_was_not_lost_by_it(
    descended_s: float, expected: bool
) -> None:
    state = replace(OVER_THRESHOLD, descents=descents((descended_s, STEEP), (10.0, SLIGHT)))
    assert (loss_while_falling(state, CONFIG) is not None) is expected


@pytest.mark.parametrize(
    "change",
    [
        {"descents": descents((10.0, of(0.44)))},
        {"descents": descents((9.9, STEEP), (10.0, NONE))},
        {"descents": descents((9.9, STEEP))},
        {"sighting": seen(replace(HALFWAY_DOWN, last_head_height=0.61))},
    ],
    ids=["not steep", "steep before", "not in the last frame", "head still up"],
)
def test_to_be_lost_below_the_threshold_says_nothing_but_in_a_steep_low_descent(
    change: dict[str, object],
) -> None:
    changed = replace(FALLING, **change)  # type: ignore[arg-type]
    assert loss_while_falling(changed, CONFIG) is None


@pytest.mark.parametrize(
    ("top_speed", "p_fall", "jitter", "expected"),
    [
        (1.60, 0.00, 0.50, True),
        (1.59, 0.19, 0.10, False),
        (1.59, 0.20, 0.10, True),
        (1.59, 0.20, 0.11, False),
        (1.00, 0.20, 0.10, True),
        (1.00, None, 0.10, True),
        (1.00, None, 0.11, False),
        (0.99, None, 0.10, False),
        (0.99, 0.44, 0.10, False),
        (0.99, 0.45, 0.10, True),
        (0.99, 0.45, 0.11, False),
    ],
)
def test_the_slower_the_descent_the_more_the_classifier_must_say_for_a_loss_to_be_a_fall(
    top_speed: float, p_fall: float | None, jitter: float, expected: bool
) -> None:
    """The speed is that of any descent that still counts, not only of the strongest."""
    state = replace(
        FALLING,
        sighting=sighting(replace(HALFWAY_DOWN, jitter=jitter), at_s=10.0, p_fall=p_fall),
        descents=descents((9.8, of(0.3, head_speed=top_speed)), (10.0, of(0.9, head_speed=0.5))),
    )
    assert (loss_while_falling(state, CONFIG) is not None) is expected
    over = replace(state, score=0.5)
    assert (loss_while_falling(over, CONFIG) is not None) is expected


@pytest.mark.parametrize(
    ("sat", "top_speed", "expected"),
    [(True, 0.99, True), (True, 1.0, False), (False, 0.5, False)],
)
def test_who_comes_down_fast_and_stays_sitting_has_landed_there(
    sat: bool, top_speed: float, expected: bool
) -> None:
    assert went_down_on_purpose(replace(SLOW, sat=sat, top_speed=top_speed)) is expected
