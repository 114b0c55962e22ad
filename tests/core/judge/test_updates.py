"""The facts of a person after a sighting, a miss and an event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.person_state import Decided, Loss, LyingSpell, PersonState
from fallwatch.core.judge.phase import Phase
from fallwatch.core.judge.rules import JudgedEvent
from fallwatch.core.judge.updates import (
    after_descent,
    after_event,
    after_first_glimpse,
    after_long_miss,
    after_miss,
    after_posture,
)
from fallwatch.core.types import EventKind
from tests.core.judge.builders import (
    FLAT_FOR_LONG,
    HALFWAY_DOWN,
    ON_THE_FLOOR,
    STANDING,
    STEEP,
    descents,
    sighting,
)

CONFIG = JudgeConfig(threshold=0.5, long_lie_after_s=60.0)
FALLEN = Decided(Phase.FALLEN, since_s=9.0)
LOSS = Loss(9.9, 9.8, STEEP)


def test_a_first_glimpse_scores_nothing() -> None:
    before = PersonState(score=0.7, over_since_s=9.0)
    glimpse = sighting(ON_THE_FLOOR)
    assert after_first_glimpse(before, glimpse) == replace(before, sighting=glimpse, score=0.0)


def test_a_descent_and_lying_together_are_over_the_threshold_from_then_on() -> None:
    first = after_descent(PersonState(), sighting(ON_THE_FLOOR, at_s=10.0, lying=0.8), CONFIG)
    assert first.score > 0.8
    assert first.over_since_s == 10.0
    second = after_descent(first, sighting(FLAT_FOR_LONG, at_s=10.5, lying=0.8), CONFIG)
    assert second.over_since_s == 10.0, "the descent counts on"
    third = after_descent(second, sighting(FLAT_FOR_LONG, at_s=11.6, lying=0.8), CONFIG)
    assert third.over_since_s is None, "the descent was too long ago"
    assert [at_s for at_s, _ in third.descents.seen] == [10.5, 11.6]


def test_who_is_in_bed_scores_nothing() -> None:
    seen = sighting(ON_THE_FLOOR, lying=0.0, in_bed=True)
    after = after_descent(PersonState(over_since_s=9.9), seen, CONFIG)
    assert after.score == 0.0
    assert after.over_since_s is None


def test_a_loss_is_settled_by_a_head_seen_high_and_not_by_one_seen_low() -> None:
    lost = PersonState(loss=LOSS)
    assert after_descent(lost, sighting(STANDING), CONFIG).loss is None
    assert after_descent(lost, sighting(HALFWAY_DOWN), CONFIG).loss == LOSS


def test_who_is_upright_for_half_a_second_without_a_break_has_stood() -> None:
    state = after_posture(PersonState(), sighting(at_s=10.0))
    assert (state.upright_since_s, state.has_stood) == (10.0, False)
    bent = after_posture(state, sighting(HALFWAY_DOWN, at_s=10.4))
    assert (bent.upright_since_s, bent.has_stood) == (None, False)
    assert not after_posture(bent, sighting(at_s=10.5)).has_stood
    stood = after_posture(state, sighting(at_s=10.5))
    assert (stood.upright_since_s, stood.has_stood) == (10.0, True)
    assert after_posture(stood, sighting(ON_THE_FLOOR, at_s=11.0)).has_stood


def test_lying_begins_goes_on_through_a_short_gap_and_ends() -> None:
    lying = after_posture(PersonState(), sighting(FLAT_FOR_LONG, at_s=10.0, lying=0.7))
    assert lying.lying == LyingSpell(10.0, seen_s=10.0)
    longer = after_posture(lying, sighting(FLAT_FOR_LONG, at_s=12.0, lying=0.7))
    assert longer.lying == LyingSpell(10.0, seen_s=12.0)
    assert after_posture(longer, sighting(HALFWAY_DOWN, at_s=17.0)).lying == longer.lying
    assert after_posture(longer, sighting(HALFWAY_DOWN, at_s=17.1)).lying is None
    assert after_posture(longer, sighting(STANDING, at_s=12.1)).lying is None


FALLING = PersonState(
    sighting=sighting(HALFWAY_DOWN, at_s=10.0),
    descents=descents((10.0, STEEP)),
    over_since_s=9.95,
    upright_since_s=9.0,
)


def test_a_flicker_interrupts_nothing_and_a_longer_gap_does() -> None:
    flicker = after_miss(FALLING, lost_s=0.3)
    assert (flicker.over_since_s, flicker.upright_since_s) == (9.95, 9.0)
    gap = after_miss(FALLING, lost_s=0.31)
    assert (gap.over_since_s, gap.upright_since_s) == (None, None)


def test_a_loss_while_falling_is_kept_as_it_was_at_first() -> None:
    lost = after_miss(FALLING, lost_s=0.1)
    assert lost.loss == Loss(10.0, 10.0, STEEP)
    assert after_miss(replace(FALLING, loss=LOSS), lost_s=0.1).loss == LOSS
    assert after_miss(PersonState(sighting=sighting()), lost_s=0.1).loss is None


def test_what_is_held_of_somebody_out_of_sight_is_given_up_bit_by_bit() -> None:
    state = PersonState(score=0.8, lying=LyingSpell(1.0, seen_s=10.0))
    assert after_long_miss(state, 1.5, CONFIG) == state
    assert after_long_miss(state, 1.6, CONFIG) == replace(state, score=0.0)
    assert after_long_miss(state, 5.0, CONFIG) == replace(state, score=0.0)
    assert after_long_miss(state, 5.1, CONFIG) == replace(state, score=0.0, lying=None)


def test_a_fall_is_held_of_somebody_out_of_sight_until_they_must_have_been_helped() -> None:
    state = PersonState(decided=FALLEN, lying=LyingSpell(1.0, seen_s=10.0))
    assert after_long_miss(state, 660.0, CONFIG) == state
    assert after_long_miss(state, 660.1, CONFIG) == PersonState()


def event(kind: EventKind, started_s: float = 9.0, score: float = 0.9) -> JudgedEvent:
    return JudgedEvent(kind, started_s, score, ())


def test_after_a_fall_the_person_has_fallen_and_must_get_up_from_then_on() -> None:
    suspected = replace(FALLING, loss=LOSS, score=0.4)
    after = after_event(suspected, event(EventKind.FALL), 10.2)
    assert after == replace(
        suspected,
        decided=Decided(Phase.FALLEN, since_s=10.2),
        loss=None,
        score=0.9,
        upright_since_s=None,
    )


def test_a_long_lie_keeps_the_time_of_the_fall() -> None:
    after = after_event(PersonState(decided=FALLEN), event(EventKind.LONG_LIE, 9.0), 70.0)
    assert after == PersonState(decided=Decided(Phase.LONG_LIE, since_s=9.0))


def test_who_is_found_on_the_floor_is_not_reported_as_lost_while_falling_too() -> None:
    after = after_event(PersonState(loss=LOSS), event(EventKind.ON_FLOOR), 30.0)
    assert after == PersonState(decided=Decided(Phase.ON_FLOOR, since_s=30.0))


@pytest.mark.parametrize("phase", [Phase.FALLEN, Phase.LONG_LIE, Phase.ON_FLOOR])
def test_whoever_got_up_is_watched_again_and_the_old_descent_forgotten(phase: Phase) -> None:
    state = PersonState(
        decided=Decided(phase, 9.0), descents=descents((10.0, STEEP)), upright_since_s=30.0
    )
    after = after_event(state, event(EventKind.RECOVERED, 30.0), 32.0)
    assert after == PersonState(upright_since_s=30.0)
    assert after.phase is Phase.WATCHED
