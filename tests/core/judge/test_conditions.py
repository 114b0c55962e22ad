"""The conditions the phases rest on, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.core.judge.conditions import (
    is_lying_on_floor,
    is_upright,
    posture_of,
)
from fallwatch.core.judge.evidence import Descent
from fallwatch.core.judge.person_state import Decided, Loss, PersonState
from fallwatch.core.judge.phase import Phase
from fallwatch.core.types import Posture
from tests.core.judge.builders import (
    HALFWAY_DOWN,
    NONE,
    ON_THE_FLOOR,
    STANDING,
    STEEP,
    descents,
    sighting,
    suspicion,
)

FALLEN = Decided(Phase.FALLEN, since_s=9.0)


@pytest.mark.parametrize(
    ("head_height", "torso_angle_deg", "expected"),
    [(0.7, 40.0, True), (0.69, 40.0, False), (0.7, 41.0, False)],
)
def test_upright_is_a_high_head_over_a_straight_torso(
    head_height: float, torso_angle_deg: float, expected: bool
) -> None:
    motion = replace(STANDING, head_height=head_height, torso_angle_deg=torso_angle_deg)
    assert is_upright(motion) is expected


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


def going_down(last: float, before: Descent = NONE) -> PersonState:
    descent = Descent(last, head_drop=0.5, head_speed=0.8)
    return PersonState(
        sighting=sighting(HALFWAY_DOWN), descents=descents((9.9, before), (10.0, descent))
    )


LYING = PersonState(sighting=sighting(ON_THE_FLOOR, lying=0.65))


@pytest.mark.parametrize(
    ("state", "posture"),
    [
        (PersonState(), Posture.UNKNOWN),
        (PersonState(sighting=sighting()), Posture.UPRIGHT),
        (PersonState(sighting=sighting(HALFWAY_DOWN)), Posture.UNKNOWN),
        (going_down(0.4), Posture.GOING_DOWN),
        (going_down(0.39, before=STEEP), Posture.UNKNOWN),
        (LYING, Posture.DOWN),
        (replace(LYING, sighting=sighting(ON_THE_FLOOR, lying=0.64)), Posture.UNKNOWN),
        (replace(LYING, suspicion=suspicion()), Posture.SUSPECTED),
        (replace(going_down(0.4), suspicion=suspicion()), Posture.SUSPECTED),
        (replace(LYING, loss=Loss(9.9, 9.8, STEEP)), Posture.SUSPECTED),
        (replace(LYING, suspicion=suspicion(), decided=FALLEN), Posture.FALLEN),
        (PersonState(sighting=sighting(), decided=FALLEN), Posture.FALLEN),
    ],
)
def test_the_posture_shown_is_fallen_or_perhaps_fallen_or_what_the_body_does(
    state: PersonState, posture: Posture
) -> None:
    assert posture_of(state) is posture
