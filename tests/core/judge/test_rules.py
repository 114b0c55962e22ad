"""The rules, one by one: when each decides, and what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.core.judge import evidence_text
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.person_state import Decided, Loss, LyingSpell, PersonState
from fallwatch.core.judge.phase import Phase
from fallwatch.core.judge.rules import (
    FALL_RULES_IF_SEEN,
    FALL_RULES_IF_UNSEEN,
    LATER_RULES_IF_SEEN,
    LATER_RULES_IF_UNSEEN,
    JudgedEvent,
    Rule,
    fall_confirmed,
    fall_settled,
    found_on_floor,
    long_lie,
    lost_while_falling,
    recovered,
)
from fallwatch.core.types import EventKind
from tests.core.judge.builders import (
    FLAT_FOR_LONG,
    HALFWAY_DOWN,
    ON_THE_FLOOR,
    SLIGHT,
    STEEP,
    descents,
    sighting,
    suspicion,
)

CONFIG = JudgeConfig(
    threshold=0.5, confirm_s=0.2, recover_s=2.0, on_floor_after_s=20.0, long_lie_after_s=60.0
)

#: On the floor after a steep descent, clearly a fall since 10 s, but not far over the threshold.
SUSPECTED = PersonState(
    sighting=sighting(ON_THE_FLOOR, at_s=10.1, p_fall=0.934, lying=0.8),
    descents=descents((9.4, SLIGHT), (9.7, STEEP), (10.1, SLIGHT)),
    score=0.6,
    suspicion=suspicion(since_s=9.8, peak_s=9.7, clear_since_s=10.0),
)
#: The same, but gone down as one also does on purpose; under the threshold.
SETTLED = replace(
    SUSPECTED, score=0.3, suspicion=suspicion(since_s=7.5, peak_s=7.2, settled_since_s=10.0)
)
LOST = PersonState(
    sighting=sighting(HALFWAY_DOWN, at_s=10.0),
    descents=descents((10.0, STEEP)),
    score=0.4,
    loss=Loss(lost_at_s=10.0, peak_s=9.9, descent=STEEP),
)
FALLEN = PersonState(
    sighting=sighting(ON_THE_FLOOR, at_s=10.1), decided=Decided(Phase.FALLEN, since_s=10.0)
)
UP_AGAIN = replace(FALLEN, upright_since_s=30.0, sighting=sighting(at_s=32.0))
LYING = PersonState(
    sighting=sighting(FLAT_FOR_LONG, at_s=30.0, lying=0.7), lying=LyingSpell(10.0, seen_s=30.0)
)

#: For every rule: facts and a time at which it decides, and the phases it is asked in.
DECIDING: list[tuple[Rule, PersonState, float, set[Phase]]] = [
    (fall_confirmed, SUSPECTED, 10.2, {Phase.SUSPECTED}),
    (fall_settled, SETTLED, 10.8, {Phase.SUSPECTED}),
    (lost_while_falling, LOST, 10.3, {Phase.SUSPECTED}),
    (recovered, UP_AGAIN, 32.0, {Phase.FALLEN, Phase.LONG_LIE, Phase.ON_FLOOR}),
    (long_lie, FALLEN, 70.0, {Phase.FALLEN}),
    (found_on_floor, LYING, 30.0, {Phase.LYING, Phase.SUSPECTED}),
]
BY_RULE = pytest.mark.parametrize(
    ("rule", "state", "now", "phases"), DECIDING, ids=[rule.__name__ for rule, *_ in DECIDING]
)


def test_every_rule_asked_is_tested_here_and_every_rule_tested_here_is_asked() -> None:
    tested = [rule for rule, *_ in DECIDING]
    if_seen = [*FALL_RULES_IF_SEEN, *LATER_RULES_IF_SEEN]
    if_unseen = [*FALL_RULES_IF_UNSEEN, *LATER_RULES_IF_UNSEEN]
    assert if_seen == [rule for rule in tested if rule in if_seen]
    assert if_unseen == [rule for rule in tested if rule in if_unseen]
    assert {*if_seen, *if_unseen} == set(tested)


@BY_RULE
def test_a_rule_decides_when_its_time_is_up_and_not_before(
    rule: Rule, state: PersonState, now: float, phases: set[Phase]
) -> None:
    assert state.phase in phases
    assert rule(state, CONFIG, now) is not None
    assert rule(state, CONFIG, now - 1e-7) is not None, "rounding must not cost a frame"
    assert rule(state, CONFIG, now - 0.01) is None


@BY_RULE
@pytest.mark.parametrize("phase", [Phase.FALLEN, Phase.LONG_LIE, Phase.ON_FLOOR])
def test_a_rule_decides_nothing_in_a_decided_phase_it_is_not_asked_in(
    rule: Rule, state: PersonState, now: float, phases: set[Phase], phase: Phase
) -> None:
    since_s = state.decided.since_s if state.decided else 0.0
    held = replace(state, decided=Decided(phase, since_s))
    assert (rule(held, CONFIG, now) is not None) == (phase in phases)


@BY_RULE
def test_of_somebody_never_seen_a_rule_decides_nothing(
    rule: Rule, state: PersonState, now: float, phases: set[Phase]
) -> None:
    assert rule(PersonState(), CONFIG, now) is None


def test_a_confirmed_fall_says_what_was_seen_strongest_first() -> None:
    assert fall_confirmed(SUSPECTED, CONFIG, 10.2) == JudgedEvent(
        EventKind.FALL,
        started_s=9.7 - 0.6,  # half a descent before the strongest
        score=0.6,
        evidence=(
            evidence_text.head_came_down(0.8, 1.2, 1.1),
            evidence_text.torso_tilt(85.0),
            evidence_text.head_height(0.1),
            evidence_text.classifier_says(0.93),
        ),
    )


def test_a_clear_fall_is_confirmed_in_half_the_time() -> None:
    clear = replace(SUSPECTED, score=CONFIG.threshold + 0.15)
    assert fall_confirmed(clear, CONFIG, 10.1) is not None
    assert fall_confirmed(clear, CONFIG, 10.09) is None
    not_quite = replace(SUSPECTED, score=CONFIG.threshold + 0.14)
    assert fall_confirmed(not_quite, CONFIG, 10.1) is None


def test_without_a_classifier_a_fall_is_confirmed_by_the_pose_alone() -> None:
    assert SUSPECTED.sighting is not None
    unasked = replace(SUSPECTED, sighting=replace(SUSPECTED.sighting, p_fall=None))
    event = fall_confirmed(unasked, CONFIG, 10.2)
    assert event is not None
    assert len(event.evidence) == 3


def test_a_fall_at_the_beginning_of_a_clip_does_not_start_before_it() -> None:
    early = suspicion(since_s=0.4, peak_s=0.4, clear_since_s=0.5, settled_since_s=0.5)
    for rule in (fall_confirmed, fall_settled):
        event = rule(replace(SUSPECTED, suspicion=early), CONFIG, 1.4)
        assert event is not None
        assert event.started_s == 0.0


def test_a_fall_that_settled_says_how_long_somebody_has_stayed_down_since() -> None:
    assert fall_settled(SETTLED, CONFIG, 11.0) == JudgedEvent(
        EventKind.FALL,
        started_s=7.2 - 0.6,  # half a descent before the strongest
        score=0.5,  # no less than the threshold
        evidence=(
            evidence_text.head_came_down(0.8, 1.2, 1.1),
            evidence_text.torso_tilt(85.0),
            evidence_text.head_height(0.1),
            evidence_text.classifier_says(0.93),
            evidence_text.lies_since_going_down(3.5),
        ),
    )
    higher = fall_settled(replace(SETTLED, score=0.7), CONFIG, 11.0)
    assert higher is not None
    assert higher.score == 0.7


@pytest.mark.parametrize("score", [0.3, 1.0])
def test_to_settle_takes_its_time_however_high_the_score(score: float) -> None:
    state = replace(SETTLED, score=score)
    assert fall_settled(state, CONFIG, 10.79) is None
    assert fall_settled(state, CONFIG, 10.8) is not None


def test_a_suspicion_alone_is_no_fall_however_long_it_lasts() -> None:
    suspected = replace(SUSPECTED, score=1.0, suspicion=suspicion())
    assert suspected.phase is Phase.SUSPECTED
    for rule in FALL_RULES_IF_SEEN:
        assert rule(suspected, CONFIG, 999.0) is None
    assert fall_confirmed(SETTLED, CONFIG, 999.0) is None, "not a clear one"
    assert fall_settled(SUSPECTED, CONFIG, 999.0) is None, "not settled"


def test_a_fall_out_of_sight_counts_as_much_as_its_descent() -> None:
    event = lost_while_falling(LOST, CONFIG, 10.3)
    assert event is not None
    assert event.kind is EventKind.FALL
    assert event.score == STEEP.value
    assert event.started_s == pytest.approx(9.9 - 0.6)
    assert str(event.evidence[0]).startswith("head came down 0.8 body heights")
    assert event.evidence[-1] == evidence_text.LOST_FROM_VIEW
    higher = lost_while_falling(replace(LOST, score=0.95), CONFIG, 10.3)
    assert higher is not None
    assert higher.score == 0.95


def test_who_is_suspected_but_in_view_was_not_lost() -> None:
    assert lost_while_falling(SUSPECTED, CONFIG, 99.0) is None
    assert fall_confirmed(LOST, CONFIG, 99.0) is None
    assert fall_settled(LOST, CONFIG, 99.0) is None


def test_recovery_begins_with_standing_up() -> None:
    assert recovered(UP_AGAIN, CONFIG, 32.5) == JudgedEvent(
        EventKind.RECOVERED, started_s=30.0, score=1.0, evidence=(evidence_text.upright_for(2.0),)
    )
    assert recovered(replace(UP_AGAIN, upright_since_s=None), CONFIG, 99.0) is None
    assert recovered(replace(UP_AGAIN, decided=None), CONFIG, 99.0) is None


def test_a_long_lie_begins_with_the_fall_and_tells_how_long_it_has_been() -> None:
    assert long_lie(FALLEN, CONFIG, 75.2) == JudgedEvent(
        EventKind.LONG_LIE,
        started_s=10.0,
        score=1.0,
        evidence=(evidence_text.not_up_for(65.0),),
    )
    assert long_lie(LYING, CONFIG, 999.0) is None, "no fall was seen"


def test_who_is_found_on_the_floor_has_been_there_since_first_seen_lying() -> None:
    assert found_on_floor(LYING, CONFIG, 31.0) == JudgedEvent(
        EventKind.ON_FLOOR,
        started_s=10.0,
        score=0.7,
        evidence=(evidence_text.on_floor_for(21.0),),
    )


def test_who_lies_is_found_on_the_floor_though_a_fall_is_suspected_as_well() -> None:
    both = replace(LYING, suspicion=suspicion(since_s=29.9, renewed_s=29.9))
    assert both.phase is Phase.SUSPECTED
    assert found_on_floor(both, CONFIG, 31.0) is not None
