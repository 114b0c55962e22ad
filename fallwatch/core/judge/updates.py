"""The facts of `person_state` brought up to date: what a frame changes before a rule is asked.

Each is a pure function from the facts before to the facts after.
"""

from __future__ import annotations

from dataclasses import replace

from fallwatch.core.judge.conditions import is_lying_on_floor, is_upright
from fallwatch.core.judge.evidence import RecentDescents, descent_evidence, fall_score
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.person_state import (
    Decided,
    LyingSpell,
    PersonState,
    Sighting,
    Suspicion,
)
from fallwatch.core.judge.phase import Phase
from fallwatch.core.judge.rules import JudgedEvent
from fallwatch.core.judge.suspicion import (
    has_sat,
    is_clear_fall,
    is_over_threshold,
    is_settled,
    is_suspect,
    loss_while_falling,
    went_down_on_purpose,
)
from fallwatch.core.types import EventKind

#: The pose of a falling person flickers: a gap this short does not interrupt anything.
_FLICKER_S = 0.3

#: Whoever is suspected is watched for this long after the last reason for it.
WATCHED_FOR_S = 4.0

#: The score of somebody out of sight is shown for this long.
_LOST_FORGET_S = 1.5

#: Seen upright this long without a break, a person has stood and not just looked like it.
_STOOD_S = 0.5

#: The pose model loses people who lie: a gap this long does not interrupt their lying.
_LYING_GAP_S = 5.0

#: Whoever lies out of sight is remembered for this long after the last that can be said of them.
#: By then they were helped up unseen; the alarm stays until somebody acknowledges it.
_REMEMBERED_S = 600.0


def after_first_glimpse(state: PersonState, sighting: Sighting) -> PersonState:
    """The facts after a sighting with too little before it to say anything about motion."""
    return replace(state, sighting=sighting, score=0.0, loss=None)


def after_descent(state: PersonState, sighting: Sighting, config: JudgeConfig) -> PersonState:
    """The facts after a sighting: descents, score, and whether a fall is suspected."""
    descents = state.descents.add(sighting.at_s, descent_evidence(sighting.motion))
    _, strongest = descents.strongest
    score = 0.0 if sighting.in_bed else fall_score(strongest, sighting.lying)
    return replace(
        state,
        sighting=sighting,
        descents=descents,
        score=score,
        suspicion=_suspicion(state.suspicion, score, descents, sighting, config),
        loss=None,  # seen again: what is seen decides
    )


def after_posture(state: PersonState, sighting: Sighting) -> PersonState:
    """The facts after a sighting: since when the person has been upright, or lying."""
    upright_since_s = _held_since(is_upright(sighting.motion), state.upright_since_s, sighting.at_s)
    stood = upright_since_s is not None and sighting.at_s - upright_since_s >= _STOOD_S - 1e-6
    return replace(
        state,
        upright_since_s=upright_since_s,
        has_stood=state.has_stood or stood,
        lying=_lying(state.lying, sighting, upright=upright_since_s is not None),
    )


def after_miss(state: PersonState, lost_s: float, config: JudgeConfig) -> PersonState:
    """The facts after a frame that does not show the person: whether they were lost falling.

    Args:
        state: The facts before.
        lost_s: Time since the latest sighting.
        config: The limits.
    """
    state = replace(state, loss=state.loss or loss_while_falling(state, config))
    if lost_s > _FLICKER_S:
        state = replace(state, suspicion=_interrupted(state.suspicion), upright_since_s=None)
    return state


def after_long_miss(state: PersonState, lost_s: float, config: JudgeConfig) -> PersonState:
    """The facts without what no longer holds of somebody out of sight for so long.

    Args:
        state: The facts before.
        lost_s: Time since the latest sighting.
        config: The limits.
    """
    if lost_s > _REMEMBERED_S + config.long_lie_after_s:
        state = replace(state, decided=None)
    if lost_s > _LYING_GAP_S and not state.phase.needs_help:
        state = replace(state, lying=None)
    if lost_s > _LOST_FORGET_S:
        state = replace(state, score=0.0)
    if lost_s > WATCHED_FOR_S:
        state = replace(state, suspicion=None)
    return state


def after_event(state: PersonState, event: JudgedEvent, now: float) -> PersonState:
    """The facts after an event: the arrows of `Phase` that are reported.

    Args:
        state: The facts before.
        event: What a rule decided.
        now: Time stamp of the frame that settled it.
    """
    if event.kind is EventKind.RECOVERED:
        return replace(state, decided=None, descents=RecentDescents())
    if event.kind is EventKind.LONG_LIE:
        return replace(state, decided=Decided(Phase.LONG_LIE, event.started_s))
    if event.kind is EventKind.ON_FLOOR:
        return replace(state, decided=Decided(Phase.ON_FLOOR, now), loss=None, suspicion=None)
    return replace(
        state,
        decided=Decided(Phase.FALLEN, now),
        loss=None,
        suspicion=None,
        score=max(state.score, event.score),
        upright_since_s=None,
    )


def _suspicion(
    before: Suspicion | None,
    score: float,
    descents: RecentDescents,
    sighting: Sighting,
    config: JudgeConfig,
) -> Suspicion | None:
    """The suspicion after a sighting: it begins, is renewed, goes on for a while, or ends."""
    now = sighting.at_s
    peak_s, descent = descents.strongest
    suspect = is_suspect(score, descent, sighting, config)
    if not suspect and (
        before is None or now - before.renewed_s > WATCHED_FOR_S or is_upright(sighting.motion)
    ):
        return None
    begun = Suspicion(now, now, peak_s, descent, descents.top_speed, has_sat(sighting.motion))
    known = begun if before is None else _joined(before, begun, renewed=suspect)
    clear = is_clear_fall(score, known, sighting, config)
    over = is_over_threshold(score, known.descent, config)
    on_purpose = went_down_on_purpose(known)
    settled = is_settled(sighting, over=over, on_purpose=on_purpose)
    return replace(
        known,
        clear_since_s=_held_since(clear, known.clear_since_s, now),
        settled_since_s=_held_since(settled, known.settled_since_s, now),
    )


def _joined(before: Suspicion, begun: Suspicion, *, renewed: bool) -> Suspicion:
    """A suspicion with what a sighting adds to it."""
    stronger = begun if begun.descent.value > before.descent.value else before
    return replace(
        before,
        renewed_s=begun.renewed_s if renewed else before.renewed_s,
        peak_s=stronger.peak_s,
        descent=stronger.descent,
        top_speed=max(before.top_speed, begun.top_speed),
        sat=before.sat or begun.sat,
    )


def _interrupted(suspicion: Suspicion | None) -> Suspicion | None:
    """A suspicion of somebody out of sight: what had to last without a break begins anew."""
    if suspicion is None:
        return None
    return replace(suspicion, clear_since_s=None, settled_since_s=None)


def _lying(spell: LyingSpell | None, sighting: Sighting, *, upright: bool) -> LyingSpell | None:
    """The time of lying on the floor: it begins, goes on through a short gap, or ends."""
    if is_lying_on_floor(sighting):
        since_s = sighting.at_s if spell is None else spell.since_s
        return LyingSpell(since_s, seen_s=sighting.at_s)
    if spell is None or upright or sighting.at_s - spell.seen_s > _LYING_GAP_S:
        return None
    return spell


def _held_since(holds: bool, since_s: float | None, now: float) -> float | None:
    """Since when a condition has held without a break; None if it does not."""
    if not holds:
        return None
    return now if since_s is None else since_s
