"""The conditions the phases rest on: what is true of a person in one frame.

Each is a pure function. How long a condition must hold, and what follows, is for `rules` to say.
"""

from __future__ import annotations

from fallwatch.core.judge.motion import Motion
from fallwatch.core.judge.person_state import PersonState, Sighting
from fallwatch.core.judge.phase import Phase
from fallwatch.core.types import Posture

#: Posture evidence from which somebody is taken to be down, and below which to be up.
_LYING = 0.65
_UPRIGHT_HEAD_HEIGHT = 0.70
_UPRIGHT_TORSO_DEG = 40.0

#: Descent evidence from which somebody is shown as going down.
_GOING_DOWN = 0.4

#: Somebody found lying is only reported if the classifier agrees: it tells bed from floor.
_ON_FLOOR_P_FALL = 0.6


def is_upright(motion: Motion) -> bool:
    """Whether somebody stands or sits straight, the head high."""
    return (
        motion.head_height >= _UPRIGHT_HEAD_HEIGHT and motion.torso_angle_deg <= _UPRIGHT_TORSO_DEG
    )


def is_lying_on_floor(sighting: Sighting) -> bool:
    """Whether somebody lies, and the classifier, if asked, takes it for the floor."""
    on_floor = sighting.p_fall is None or sighting.p_fall >= _ON_FLOOR_P_FALL
    return sighting.lying >= _LYING and on_floor


def posture_of(state: PersonState) -> Posture:
    """The posture shown: fallen or suspected while that holds, else what the body does."""
    if state.phase.needs_help:
        return Posture.FALLEN
    if state.phase is Phase.SUSPECTED:
        return Posture.SUSPECTED
    if state.sighting is None:
        return Posture.UNKNOWN
    if state.sighting.lying >= _LYING:
        return Posture.DOWN
    if state.descents.seen and state.descents.seen[-1][1].value >= _GOING_DOWN:
        return Posture.GOING_DOWN
    return Posture.UPRIGHT if is_upright(state.sighting.motion) else Posture.UNKNOWN
