"""The phase that the facts of a person put them in."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.core.judge.person_state import Decided, Loss, LyingSpell, PersonState
from fallwatch.core.judge.phase import Phase
from tests.core.judge.builders import STEEP, suspicion

NOTHING = PersonState()
LYING = replace(NOTHING, lying=LyingSpell(since_s=8.0, seen_s=10.0))
SUSPECTED = replace(LYING, suspicion=suspicion())
LOST = replace(LYING, loss=Loss(9.9, 9.8, STEEP))


@pytest.mark.parametrize(
    ("state", "phase"),
    [
        (NOTHING, Phase.WATCHED),
        (replace(NOTHING, upright_since_s=1.0, has_stood=True), Phase.WATCHED),
        (LYING, Phase.LYING),
        (SUSPECTED, Phase.SUSPECTED),
        (LOST, Phase.SUSPECTED),
    ],
)
def test_an_undecided_phase_is_the_most_urgent_that_holds(state: PersonState, phase: Phase) -> None:
    assert state.phase is phase
    assert not state.phase.needs_help


@pytest.mark.parametrize("phase", [Phase.FALLEN, Phase.LONG_LIE, Phase.ON_FLOOR])
@pytest.mark.parametrize("state", [NOTHING, LYING, SUSPECTED, LOST])
def test_a_decided_phase_is_held_whatever_else_is_true(state: PersonState, phase: Phase) -> None:
    decided = replace(state, decided=Decided(phase, since_s=9.0))
    assert decided.phase is phase
    assert decided.phase.needs_help
