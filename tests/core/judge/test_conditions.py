"""The conditions the phases rest on, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.core.judge.conditions import (
    is_head_up,
    is_lying_on_floor,
    is_over_threshold,
    is_upright,
    loss_while_falling,
    may_lie_unseen,
    posture_of,
)
from fallwatch.core.judge.evidence import Descent
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.motion import Motion
from fallwatch.core.judge.person_state import Decided, Loss, PersonState, Sighting
from fallwatch.core.judge.phase import Phase
from fallwatch.core.types import Posture
from tests.core.judge.builders import (
    HALFWAY_DOWN,
    NONE,
    ON_THE_FLOOR,
    SLIGHT,
    STANDING,
    STEEP,
    descents,
    sighting,
)

CONFIG = JudgeConfig(threshold=0.5)
FALLEN = Decided(Phase.FALLEN, since_s=9.0)


def of(value: float) -> Descent:
    return Descent(value, head_drop=0.5, head_speed=0.8)


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


@pytest.mark.parametrize(
    ("head_height", "torso_angle_deg", "expected"),
    [(0.7, 40.0, True), (0.69, 40.0, False), (0.7, 41.0, False)],
)
def test_upright_is_a_high_head_over_a_straight_torso(
    head_height: float, torso_angle_deg: float, expected: bool
) -> None:
    motion = replace(STANDING, head_height=head_height, torso_angle_deg=torso_angle_deg)
    assert is_upright(motion) is expected


@pytest.mark.parametrize(("height", "expected"), [(0.61, True), (0.60, False)])
def test_the_head_is_up_by_where_it_was_last_not_by_the_posture(
    height: float, expected: bool
) -> None:
    assert is_head_up(replace(ON_THE_FLOOR, last_head_height=height)) is expected
    assert is_head_up(replace(STANDING, last_head_height=height)) is expected


@pytest.mark.parametrize(
    ("lying", "p_fall", "expected"),
    [
        (0.65, None, True),
        (0.65, 0.6, True),
        (0.65, 0.59, False),
        (0.64, None, False),
        (0.64, 0.9, False),
    ],
)
def test_who_lies_is_on_the_floor_unless_the_classifier_disagrees(
    lying: float, p_fall: float | None, expected: bool
) -> None:
    assert is_lying_on_floor(sighting(ON_THE_FLOOR, lying=lying, p_fall=p_fall)) is expected


def seen(motion: Motion = HALFWAY_DOWN, *, in_bed: bool = False, in_focus: bool = True) -> Sighting:
    return sighting(motion, at_s=10.0, in_bed=in_bed, in_focus=in_focus)


#: Not over the threshold yet, and steep on the way down in the last frame.
FALLING = PersonState(
    sighting=sighting(HALFWAY_DOWN, at_s=10.0), descents=descents((9.9, NONE), (10.0, STEEP))
)
#: Over the threshold, the descent itself a moment ago.
OVER_THRESHOLD = replace(
    FALLING, descents=descents((9.5, STEEP), (10.0, SLIGHT)), over_since_s=9.95
)


def test_who_is_lost_in_a_steep_descent_is_lost_while_falling() -> None:
    assert loss_while_falling(FALLING) == Loss(10.0, 10.0, STEEP)
    just_steep = replace(
        FALLING,
        sighting=seen(replace(HALFWAY_DOWN, last_head_height=0.6, cut_off=0.5)),
        descents=descents((10.0, of(0.45))),
    )
    assert loss_while_falling(just_steep) == Loss(10.0, 10.0, of(0.45))


def test_who_is_lost_over_the_threshold_is_lost_while_falling_by_the_strongest_descent() -> None:
    assert loss_while_falling(OVER_THRESHOLD) == Loss(10.0, 9.5, STEEP)


@pytest.mark.parametrize("falling", [FALLING, OVER_THRESHOLD])
@pytest.mark.parametrize(
    "change",
    [
        {"sighting": None},
        {"sighting": seen(in_bed=True)},
        {"sighting": seen(in_focus=False)},
        {"sighting": seen(replace(HALFWAY_DOWN, cut_off=0.51))},
        {"descents": descents()},
        {"decided": FALLEN},
    ],
    ids=["never seen", "in bed", "out of focus", "cut off", "no descent", "fallen already"],
)
def test_to_be_lost_says_nothing(falling: PersonState, change: dict[str, object]) -> None:
    assert loss_while_falling(falling) is not None
    assert loss_while_falling(replace(falling, **change)) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"descents": descents((10.0, of(0.44)))},
        {"descents": descents((9.9, STEEP))},
        {"sighting": seen(replace(HALFWAY_DOWN, last_head_height=0.61))},
    ],
    ids=["not steep", "not in the last frame", "head still up"],
)
def test_to_be_lost_below_the_threshold_says_nothing_but_in_a_steep_low_descent(
    change: dict[str, object],
) -> None:
    assert loss_while_falling(replace(FALLING, **change)) is None  # type: ignore[arg-type]


LYING_SIGHTING = sighting(ON_THE_FLOOR, at_s=10.0, lying=0.5)


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        (PersonState(), 1.0, False),
        (PersonState(decided=FALLEN, sighting=sighting()), 900.0, True),
        (PersonState(sighting=sighting(), descents=descents((9.0, of(0.15)))), 13.0, True),
        (PersonState(sighting=sighting(), descents=descents((9.0, of(0.15)))), 13.1, False),
        (PersonState(sighting=sighting(), descents=descents((9.0, of(0.14)))), 13.0, False),
        (PersonState(sighting=LYING_SIGHTING), 13.0, True),
        (PersonState(sighting=replace(LYING_SIGHTING, lying=0.49)), 13.0, False),
    ],
)
def test_who_went_down_or_lay_may_lie_unseen_for_a_while(
    state: PersonState, now: float, expected: bool
) -> None:
    assert may_lie_unseen(state, now) is expected


@pytest.mark.parametrize(
    ("state", "posture"),
    [
        (PersonState(), Posture.UNKNOWN),
        (PersonState(sighting=sighting()), Posture.UPRIGHT),
        (PersonState(sighting=sighting(HALFWAY_DOWN)), Posture.UNKNOWN),
        (replace(FALLING, descents=descents((9.9, NONE), (10.0, of(0.4)))), Posture.GOING_DOWN),
        (replace(FALLING, descents=descents((9.9, STEEP), (10.0, of(0.39)))), Posture.UNKNOWN),
        (replace(FALLING, sighting=sighting(ON_THE_FLOOR, lying=0.65)), Posture.DOWN),
        (PersonState(sighting=sighting(), decided=FALLEN), Posture.FALLEN),
    ],
)
def test_the_posture_shown_is_fallen_or_what_the_body_does(
    state: PersonState, posture: Posture
) -> None:
    assert posture_of(state) is posture
