"""The facts of a person after a sighting, a miss and an event."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.person_state import (
    Decided,
    Loss,
    LyingSpell,
    PersonState,
    Sighting,
    Suspicion,
)
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
    suspicion,
)

CONFIG = JudgeConfig(threshold=0.5, long_lie_after_s=60.0)
FALLEN = Decided(Phase.FALLEN, since_s=9.0)
LOSS = Loss(9.9, 9.8, STEEP)


#: On the floor, still moving, the classifier not asked.
DOWN = replace(ON_THE_FLOOR, restlessness=0.3)
#: The same a while later: the descent is no longer seen.
STAYS_DOWN = replace(FLAT_FOR_LONG, restlessness=0.3)
#: Crouching, and nothing that speaks for a fall.
CROUCHING = replace(STANDING, head_height=0.5, last_head_height=0.5, restlessness=0.3)


def after_seeing(state: PersonState, *seen: Sighting) -> PersonState:
    for one in seen:
        state = after_descent(state, one, CONFIG)
    return state


def known(state: PersonState) -> Suspicion:
    assert state.suspicion is not None
    return state.suspicion


def test_a_first_glimpse_scores_nothing() -> None:
    before = PersonState(score=0.7, suspicion=suspicion())
    glimpse = sighting(ON_THE_FLOOR)
    assert after_first_glimpse(before, glimpse) == replace(before, sighting=glimpse, score=0.0)


def test_a_descent_and_lying_together_are_a_suspicion_and_a_clear_fall_from_then_on() -> None:
    first = after_seeing(PersonState(), sighting(DOWN, at_s=10.0, lying=0.8))
    assert first.score > 0.8
    assert known(first) == Suspicion(
        since_s=10.0,
        renewed_s=10.0,
        peak_s=10.0,
        descent=first.descents.strongest[1],
        top_speed=1.1,
        sat=False,
        clear_since_s=10.0,
        settled_since_s=10.0,
    )
    second = after_seeing(first, sighting(STAYS_DOWN, at_s=10.5, lying=0.8))
    assert known(second) == replace(known(first), renewed_s=10.5), "the descent counts on"
    third = after_seeing(second, sighting(STAYS_DOWN, at_s=11.6, lying=0.8))
    assert third.score == 0.4, "the descent was too long ago"
    assert known(third) == replace(known(second), clear_since_s=None, settled_since_s=None)
    assert [at_s for at_s, _ in third.descents.seen] == [10.5, 11.6]


def test_a_suspicion_goes_on_for_four_seconds_after_the_last_reason() -> None:
    begun = after_seeing(PersonState(), sighting(DOWN, at_s=10.0, lying=0.8))
    held = after_seeing(begun, sighting(CROUCHING, at_s=14.0))
    assert known(held).renewed_s == 10.0
    assert after_seeing(held, sighting(CROUCHING, at_s=14.1)).suspicion is None
    renewed = after_seeing(begun, sighting(DOWN, at_s=13.0, lying=0.8))
    assert (known(renewed).since_s, known(renewed).renewed_s) == (10.0, 13.0)
    assert after_seeing(renewed, sighting(CROUCHING, at_s=17.0)).suspicion is not None


def test_a_suspicion_ends_as_soon_as_somebody_is_upright() -> None:
    begun = after_seeing(PersonState(), sighting(DOWN, at_s=10.0, lying=0.8))
    assert after_seeing(begun, sighting(STANDING, at_s=10.5)).suspicion is None
    bent = replace(STANDING, torso_angle_deg=60.0)
    assert after_seeing(begun, sighting(bent, at_s=10.5)).suspicion is not None


def test_of_somebody_who_crouches_nothing_is_suspected() -> None:
    assert after_seeing(PersonState(), sighting(CROUCHING)).suspicion is None


def test_a_suspicion_keeps_the_strongest_descent_and_the_highest_speed() -> None:
    weaker = replace(DOWN, head_drop=0.5, hip_drop=0.3, head_speed=1.3)
    begun = after_seeing(PersonState(), sighting(DOWN, at_s=10.0, lying=0.8))
    faster = after_seeing(begun, sighting(weaker, at_s=12.0, lying=0.8))
    assert faster.descents.strongest[0] == 12.0, "the first is too long ago to count"
    assert (known(faster).peak_s, known(faster).descent) == (10.0, known(begun).descent)
    assert known(faster).top_speed == 1.3
    stronger = after_seeing(begun, sighting(replace(DOWN, head_speed=1.2), at_s=12.0, lying=0.8))
    assert (known(stronger).peak_s, known(stronger).descent) == stronger.descents.strongest
    slower = after_seeing(faster, sighting(replace(DOWN, head_speed=0.6), at_s=14.0, lying=0.8))
    assert known(slower).top_speed == 1.3


def test_who_sat_first_or_sits_meanwhile_lies_on_purpose_as_long_as_the_suspicion_lasts() -> None:
    down = replace(DOWN, head_speed=0.9)
    sat = replace(down, sat_s=1.0)
    begun = after_seeing(PersonState(), sighting(sat, at_s=10.0, lying=0.8))
    assert known(begun).sat
    assert known(begun).settled_since_s is None
    assert known(after_seeing(begun, sighting(down, at_s=10.5, lying=0.8))).sat
    not_yet = after_seeing(PersonState(), sighting(down, at_s=10.0, lying=0.8))
    assert known(not_yet).settled_since_s == 10.0
    meanwhile = after_seeing(not_yet, sighting(sat, at_s=10.5, lying=0.8))
    assert known(meanwhile).sat
    assert known(meanwhile).settled_since_s is None


def test_to_settle_begins_anew_after_a_break() -> None:
    state = after_seeing(PersonState(), sighting(DOWN, at_s=10.0, lying=0.8))
    moved = after_seeing(state, sighting(CROUCHING, at_s=10.2))
    assert (known(moved).clear_since_s, known(moved).settled_since_s) == (None, None)
    again = after_seeing(moved, sighting(DOWN, at_s=10.4, lying=0.8))
    assert (known(again).clear_since_s, known(again).settled_since_s) == (10.4, 10.4)


def test_somebody_suspected_settles_by_keeping_still_though_the_score_is_long_gone() -> None:
    begun = after_seeing(PersonState(), sighting(DOWN, at_s=10.0, lying=0.8))
    begun = after_seeing(begun, sighting(CROUCHING, at_s=11.0))
    still = replace(STAYS_DOWN, restlessness=0.1)
    later = after_seeing(begun, *(sighting(still, at_s=at_s, lying=0.5) for at_s in (12.0, 12.5)))
    assert later.score < CONFIG.threshold
    assert (known(later).clear_since_s, known(later).settled_since_s) == (None, 12.0)


def test_who_is_in_bed_scores_nothing_and_is_not_suspected() -> None:
    seen = sighting(ON_THE_FLOOR, lying=0.0, in_bed=True)
    state = after_seeing(PersonState(), seen)
    assert state.score == 0.0
    assert state.suspicion is None
    suspected = PersonState(suspicion=suspicion(clear_since_s=9.9, settled_since_s=9.9))
    in_bed = known(after_seeing(suspected, seen))
    assert (in_bed.clear_since_s, in_bed.settled_since_s) == (None, None)


def test_a_loss_is_settled_by_whatever_is_seen_next_be_it_high_or_low_or_a_glimpse() -> None:
    lost = PersonState(loss=LOSS)
    assert after_descent(lost, sighting(STANDING), CONFIG).loss is None
    assert after_descent(lost, sighting(HALFWAY_DOWN), CONFIG).loss is None
    assert after_first_glimpse(lost, sighting(HALFWAY_DOWN)).loss is None


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
    suspicion=suspicion(clear_since_s=9.95, settled_since_s=9.9),
    upright_since_s=9.0,
)


def test_a_flicker_interrupts_nothing_and_a_longer_gap_does() -> None:
    flicker = after_miss(FALLING, lost_s=0.3, config=CONFIG)
    assert flicker == replace(FALLING, loss=flicker.loss)
    gap = after_miss(FALLING, lost_s=0.31, config=CONFIG)
    assert gap.upright_since_s is None
    assert gap.suspicion == suspicion(), "the suspicion goes on, what must last begins anew"
    unsuspected = replace(FALLING, suspicion=None)
    assert after_miss(unsuspected, lost_s=0.31, config=CONFIG).suspicion is None


def test_a_loss_while_falling_is_kept_as_it_was_at_first() -> None:
    lost = after_miss(FALLING, lost_s=0.1, config=CONFIG)
    assert lost.loss == Loss(10.0, 10.0, STEEP)
    assert after_miss(replace(FALLING, loss=LOSS), lost_s=0.1, config=CONFIG).loss == LOSS
    assert after_miss(PersonState(sighting=sighting()), lost_s=0.1, config=CONFIG).loss is None


def test_what_is_held_of_somebody_out_of_sight_is_given_up_bit_by_bit() -> None:
    state = PersonState(
        score=0.8, lying=LyingSpell(1.0, seen_s=10.0), suspicion=suspicion(settled_since_s=9.9)
    )
    assert after_long_miss(state, 1.5, CONFIG) == state
    no_score = replace(state, score=0.0)
    assert after_long_miss(state, 1.6, CONFIG) == no_score
    assert after_long_miss(state, 4.0, CONFIG) == no_score
    unsuspected = replace(no_score, suspicion=None)
    assert after_long_miss(state, 4.1, CONFIG) == unsuspected
    assert after_long_miss(state, 5.0, CONFIG) == unsuspected
    assert after_long_miss(state, 5.1, CONFIG) == replace(unsuspected, lying=None)


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
        suspicion=None,
        score=0.9,
        upright_since_s=None,
    )


def test_a_long_lie_keeps_the_time_of_the_fall() -> None:
    after = after_event(PersonState(decided=FALLEN), event(EventKind.LONG_LIE, 9.0), 70.0)
    assert after == PersonState(decided=Decided(Phase.LONG_LIE, since_s=9.0))


def test_who_is_found_on_the_floor_is_not_reported_as_lost_while_falling_too() -> None:
    state = PersonState(loss=LOSS, suspicion=suspicion(settled_since_s=29.9))
    after = after_event(state, event(EventKind.ON_FLOOR), 30.0)
    assert after == PersonState(decided=Decided(Phase.ON_FLOOR, since_s=30.0))


@pytest.mark.parametrize("phase", [Phase.FALLEN, Phase.LONG_LIE, Phase.ON_FLOOR])
def test_whoever_got_up_is_watched_again_and_the_old_descent_forgotten(phase: Phase) -> None:
    state = PersonState(
        decided=Decided(phase, 9.0), descents=descents((10.0, STEEP)), upright_since_s=30.0
    )
    after = after_event(state, event(EventKind.RECOVERED, 30.0), 32.0)
    assert after == PersonState(upright_since_s=30.0)
    assert after.phase is Phase.WATCHED
