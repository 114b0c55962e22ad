"""The result of one clip: what is counted in its analyses."""

from __future__ import annotations

import numpy as np
import pytest

from fallwatch.core.types import Analysis, Box, Frame, Person, Posture
from fallwatch.evaluation.score.clip_result import suspected_and_passed

U, S, F = Posture.UPRIGHT, Posture.SUSPECTED, Posture.FALLEN


def analyses(*frames: dict[int, Posture]) -> list[Analysis]:
    image = np.zeros((4, 4, 3), dtype=np.uint8)
    return [
        Analysis(
            Frame("clip", number, number / 15, image),
            tuple(
                Person(track, Box(0, 0, 1, 1), None, 0.5, 0.5, posture)
                for track, posture in people.items()
            ),
            (),
        )
        for number, people in enumerate(frames)
    ]


@pytest.mark.parametrize(
    ("postures", "passed"),
    [
        ((U, S, S, U), 1),
        ((U, S, F, F), 0),
        ((S, U, S, U), 2),
        ((U, S, S), 0),
        ((U, U), 0),
    ],
    ids=["passed", "fell", "twice", "not settled", "never"],
)
def test_a_suspicion_that_leads_to_no_fall_has_passed(
    postures: tuple[Posture, ...], passed: int
) -> None:
    assert suspected_and_passed(analyses(*({1: posture} for posture in postures))) == passed


def test_each_person_is_counted_and_who_is_gone_has_passed() -> None:
    frames = analyses({1: S, 2: S}, {1: F}, {1: F})
    assert suspected_and_passed(frames) == 1
