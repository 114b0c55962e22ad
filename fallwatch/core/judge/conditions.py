"""The conditions the phases rest on: what is true of a person in one frame.

Each is a pure function. How long a condition must hold, and what follows, is for `rules` to say.
"""

from __future__ import annotations

from fallwatch.core.judge.evidence import Descent
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.motion import Motion
from fallwatch.core.judge.person_state import Loss, PersonState, Sighting
from fallwatch.core.types import Posture

#: Lying alone is no fall, however clear: some descent must have been seen.
_MIN_DESCENT = 0.15

#: A descent this clear, followed by loss of the pose, is a fall even if lying was never seen.
_STEEP_DESCENT = 0.45
_STEEP_HEAD_HEIGHT = 0.60
_LOST_MAX_CUT_OFF = 0.5

#: Somebody lost this long after going down or lying is worth a second look.
_LOOK_WITHIN_S = 3.0
_LOOK_DESCENT = 0.15
_LOOK_LYING = 0.5

#: Posture evidence from which somebody is taken to be down, and below which to be up.
_LYING = 0.65
_UPRIGHT_HEAD_HEIGHT = 0.70
_UPRIGHT_TORSO_DEG = 40.0

#: Descent evidence from which somebody is shown as going down.
_GOING_DOWN = 0.4

#: Somebody found lying is only reported if the classifier agrees: it tells bed from floor.
_ON_FLOOR_P_FALL = 0.6


def is_over_threshold(score: float, strongest: Descent, config: JudgeConfig) -> bool:
    """Whether descent and posture together speak for a fall."""
    return score >= config.threshold and strongest.value >= _MIN_DESCENT


def is_upright(motion: Motion) -> bool:
    """Whether somebody stands or sits straight, the head high."""
    return (
        motion.head_height >= _UPRIGHT_HEAD_HEIGHT and motion.torso_angle_deg <= _UPRIGHT_TORSO_DEG
    )


def is_head_up(motion: Motion) -> bool:
    """Whether the head is higher than that of somebody who fell, right now."""
    return motion.last_head_height > _STEEP_HEAD_HEIGHT


def is_lying_on_floor(sighting: Sighting) -> bool:
    """Whether somebody lies, and the classifier, if asked, takes it for the floor."""
    on_floor = sighting.p_fall is None or sighting.p_fall >= _ON_FLOOR_P_FALL
    return sighting.lying >= _LYING and on_floor


def loss_while_falling(state: PersonState) -> Loss | None:
    """The loss, if the last sighting was of somebody falling, inside a sharp image.

    Args:
        state: Of somebody whom the latest frame does not show.
    """
    sighting = state.sighting
    if sighting is None or not state.descents.seen or state.phase.needs_help:
        return None
    if sighting.in_bed or sighting.motion.cut_off > _LOST_MAX_CUT_OFF:
        return None
    if not sighting.in_focus:
        return None  # there people are lost from view for no reason
    if state.over_since_s is not None:
        return Loss(sighting.at_s, *state.descents.strongest)
    last_s, last = state.descents.seen[-1]
    steep = last_s == sighting.at_s and last.value >= _STEEP_DESCENT
    return Loss(sighting.at_s, last_s, last) if steep and not is_head_up(sighting.motion) else None


def may_lie_unseen(state: PersonState, now: float) -> bool:
    """Whether somebody out of sight may well be lying where last seen."""
    if state.phase.needs_help:
        return True
    if state.sighting is None or now - state.sighting.at_s > _LOOK_WITHIN_S:
        return False
    went_down = any(descent.value >= _LOOK_DESCENT for _, descent in state.descents.seen)
    return went_down or state.sighting.lying >= _LOOK_LYING


def posture_of(state: PersonState) -> Posture:
    """The posture shown: fallen while help is needed, else what the body does."""
    if state.phase.needs_help:
        return Posture.FALLEN
    if state.sighting is None:
        return Posture.UNKNOWN
    if state.sighting.lying >= _LYING:
        return Posture.DOWN
    if state.descents.seen and state.descents.seen[-1][1].value >= _GOING_DOWN:
        return Posture.GOING_DOWN
    return Posture.UPRIGHT if is_upright(state.sighting.motion) else Posture.UNKNOWN
