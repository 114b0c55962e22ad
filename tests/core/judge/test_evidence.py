"""Evidence for lying, by body and classifier together, and for a fall, over time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.core.judge.evidence import (
    SPRAWL_CERTAINTY,
    Descent,
    RecentDescents,
    fall_score,
    lying_evidence,
)
from fallwatch.core.judge.motion import Motion


def motion(
    *,
    aspect: float,
    torso_angle_deg: float,
    hip_height: float,
    shin_angle_deg: float,
    hips_over_ankles: float,
) -> Motion:
    return Motion(
        span_s=4.0,
        sightings=60,
        head_drop=0.4,
        hip_drop=0.1,
        head_speed=0.8,
        head_height=hip_height + 0.1,
        last_head_height=hip_height + 0.1,
        hip_height=hip_height,
        torso_angle_deg=torso_angle_deg,
        aspect=aspect,
        shin_angle_deg=shin_angle_deg,
        hips_over_ankles=hips_over_ankles,
        cut_off=0.0,
        restlessness=0.1,
        total_drop=0.4,
        length=1.0,
        jitter=0.01,
        sat_s=0.0,
    )


STRETCHED_OUT_ON_A_BED = motion(
    aspect=2.4, torso_angle_deg=85.0, hip_height=0.40, shin_angle_deg=80.0, hips_over_ankles=0.05
)
#: Somebody who picks something up: as the classifier and the torso have it, nearly lying.
CROUCHING = motion(
    aspect=0.95, torso_angle_deg=82.0, hip_height=0.25, shin_angle_deg=10.0, hips_over_ankles=0.34
)
#: The same, knees to the side and hips at the ankles.
SUNK_DOWN = replace(CROUCHING, shin_angle_deg=70.0, hips_over_ankles=0.10)


@pytest.mark.parametrize("p_fall", [None, 0.5, 0.9])
def test_a_body_stretched_out_lies_even_if_the_classifier_is_in_doubt(p_fall: float | None) -> None:
    assert lying_evidence(STRETCHED_OUT_ON_A_BED, p_fall) >= SPRAWL_CERTAINTY


def test_a_body_stretched_out_does_not_lie_if_the_classifier_speaks_against_it() -> None:
    assert lying_evidence(STRETCHED_OUT_ON_A_BED, 0.05) < 0.5


@pytest.mark.parametrize("p_fall", [None, 0.5, 0.9])
def test_who_crouches_on_their_feet_does_not_lie_whatever_the_classifier_says(
    p_fall: float | None,
) -> None:
    assert lying_evidence(CROUCHING, p_fall) == 0.0
    assert lying_evidence(SUNK_DOWN, p_fall) > 0.4


def test_of_recent_descents_the_first_of_the_strongest_counts_until_it_is_too_old() -> None:
    weak, strong, equal = (Descent(value, 0.5, 0.5) for value in (0.2, 0.6, 0.6))
    recent = RecentDescents().add(1.0, weak).add(1.1, strong).add(1.2, equal)
    assert recent.strongest == (1.1, strong)
    assert recent.add(2.6, weak).strongest == (1.1, strong)
    assert recent.add(2.65, weak).strongest == (1.2, equal)
    assert recent.add(9.0, weak).seen == ((9.0, weak),)


def test_the_top_speed_is_that_of_the_fastest_descent_not_of_the_strongest() -> None:
    fast, strong = Descent(0.2, 0.4, head_speed=1.3), Descent(0.6, 0.7, head_speed=0.8)
    recent = RecentDescents().add(1.0, fast).add(1.1, strong)
    assert recent.strongest == (1.1, strong)
    assert recent.top_speed == 1.3
    assert recent.add(2.55, strong).top_speed == 0.8


def test_a_score_needs_the_way_down_and_what_came_of_it() -> None:
    assert fall_score(Descent(1.0, 0.8, 1.2), lying=0.0) == 0.5
    assert fall_score(Descent(0.0, 0.0, 0.0), lying=1.0) == 0.5
    assert fall_score(Descent(1.0, 0.8, 1.2), lying=1.0) == 1.0
