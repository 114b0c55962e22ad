"""How much speaks for somebody lying, by what the body and the classifier say together."""

from __future__ import annotations

import pytest

from fallwatch.core.evidence import SPRAWL_CERTAINTY, lying_evidence
from fallwatch.core.motion import Motion


def motion(*, aspect: float, torso_angle_deg: float, hip_height: float) -> Motion:
    return Motion(
        span_s=4.0,
        head_drop=0.4,
        hip_drop=0.1,
        head_speed=0.8,
        head_height=hip_height + 0.1,
        last_head_height=hip_height + 0.1,
        hip_height=hip_height,
        torso_angle_deg=torso_angle_deg,
        aspect=aspect,
        cut_off=0.0,
        restlessness=0.1,
    )


STRETCHED_OUT_ON_A_BED = motion(aspect=2.4, torso_angle_deg=85.0, hip_height=0.40)
BENT_OVER = motion(aspect=0.9, torso_angle_deg=85.0, hip_height=0.45)


@pytest.mark.parametrize("p_fall", [None, 0.5, 0.9])
def test_a_body_stretched_out_lies_even_if_the_classifier_is_in_doubt(p_fall: float | None) -> None:
    assert lying_evidence(STRETCHED_OUT_ON_A_BED, p_fall) >= SPRAWL_CERTAINTY


def test_a_body_stretched_out_does_not_lie_if_the_classifier_speaks_against_it() -> None:
    assert lying_evidence(STRETCHED_OUT_ON_A_BED, 0.05) < 0.5


def test_somebody_bent_over_lies_less_whatever_the_classifier_says() -> None:
    assert lying_evidence(BENT_OVER, 0.9) < 0.5
