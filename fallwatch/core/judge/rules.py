"""The record of how an event is decided: every rule, in the order in which the rules are asked.

==================== ====== ============================ =========================================
rule                 frames asked in phase               decides, and leads to
==================== ====== ============================ =========================================
`fall_confirmed`     seen   SUSPECTED                    a fall, clearly one for ``confirm_s``;
                                                         FALLEN
`fall_settled`       seen   SUSPECTED                    a fall: went down as one also does on
                                                         purpose, and lies; FALLEN
`lost_while_falling` unseen SUSPECTED                    a fall: lost from view on the way down,
                                                         and not seen since; FALLEN
`recovered`          seen   FALLEN, LONG_LIE or ON_FLOOR got up: upright for ``recover_s``; back
                                                         to an undecided phase
`long_lie`           all    FALLEN                       still down ``long_lie_after_s`` after the
                                                         fall; LONG_LIE
`found_on_floor`     all    LYING or SUSPECTED           lying for ``on_floor_after_s``, no fall
                                                         seen; ON_FLOOR
==================== ====== ============================ =========================================

"Seen" rules are asked only of frames that show the person. What a rule decides takes effect before
the next is asked: one fall is one event, until the person stands again.

Why a given fall was decided, its evidence says: the descent, the posture and the classifier at
that moment, "has stayed down" if it was by `fall_settled`, and "lost from view right after the
descent" if by `lost_while_falling`. How descent and posture become a score is in `evidence`; where
the line runs between a fall and going down on purpose, in `suspicion`; what "upright" and "lying
on the floor" mean, in `conditions`; the phases are drawn in `phase`; how long something has been
true is kept by `updates`.

A new rule is a new function of this kind in one of the four groups below.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fallwatch.core.judge import evidence_text
from fallwatch.core.judge.evidence import Descent
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.motion import DESCENT_S
from fallwatch.core.judge.person_state import PersonState, Sighting
from fallwatch.core.judge.phase import Phase
from fallwatch.core.message import Message
from fallwatch.core.types import EventKind

#: A score this far above the threshold is confirmed in half the time.
_CLEAR_MARGIN = 0.15

#: Whoever went down as one also does on purpose must lie as after a fall for this long.
_SETTLED_S = 0.8

#: Somebody lost while falling must not turn up higher within this time.
_LOST_CONFIRM_S = 0.3


@dataclass(frozen=True, slots=True)
class JudgedEvent:
    """An event as a rule decides it, of one person; see `fallwatch.core.types.FallEvent`."""

    kind: EventKind
    started_s: float
    score: float
    evidence: tuple[Message, ...]


#: A rule: from the facts, the limits and the frame's time stamp to an event, or None.
Rule = Callable[[PersonState, JudgeConfig, float], JudgedEvent | None]


def fall_confirmed(state: PersonState, config: JudgeConfig, now: float) -> JudgedEvent | None:
    """A fall, if it has been clearly one for a short while: fast, or lying at once."""
    suspicion = state.suspicion
    if state.phase is not Phase.SUSPECTED or state.sighting is None or suspicion is None:
        return None
    high = state.score >= config.threshold + _CLEAR_MARGIN
    wait_s = config.confirm_s / 2 if high else config.confirm_s
    if not _has_lasted(suspicion.clear_since_s, now, wait_s):
        return None
    reasons = _fall_reasons(state.sighting, suspicion.descent)
    return _fall(suspicion.peak_s, state.score, reasons)


def fall_settled(state: PersonState, config: JudgeConfig, now: float) -> JudgedEvent | None:
    """A fall, if somebody who went down in a way that could also be on purpose stays lying."""
    suspicion = state.suspicion
    if state.phase is not Phase.SUSPECTED or state.sighting is None or suspicion is None:
        return None
    if not _has_lasted(suspicion.settled_since_s, now, _SETTLED_S):
        return None
    reasons = _fall_reasons(state.sighting, suspicion.descent)
    reasons += (evidence_text.lies_since_going_down(now - suspicion.since_s),)
    return _fall(suspicion.peak_s, max(state.score, config.threshold), reasons)


def lost_while_falling(state: PersonState, config: JudgeConfig, now: float) -> JudgedEvent | None:
    """A fall, if somebody vanished on the way down and was not seen since.

    The pose model often loses people who lie flat.
    """
    loss = state.loss
    if state.phase is not Phase.SUSPECTED or loss is None or state.sighting is None:
        return None
    if not _has_lasted(loss.lost_at_s, now, _LOST_CONFIRM_S):
        return None
    reasons = _fall_reasons(state.sighting, loss.descent)
    reasons += (evidence_text.LOST_FROM_VIEW,)
    return _fall(loss.peak_s, max(state.score, loss.descent.value), reasons)


def recovered(state: PersonState, config: JudgeConfig, now: float) -> JudgedEvent | None:
    """The end of a fall, or of lying on the floor: upright for long enough."""
    since_s = state.upright_since_s
    if not state.phase.needs_help or since_s is None:
        return None
    if not _has_lasted(since_s, now, config.recover_s):
        return None
    reasons = (evidence_text.upright_for(config.recover_s),)
    return JudgedEvent(EventKind.RECOVERED, since_s, 1.0, reasons)


def long_lie(state: PersonState, config: JudgeConfig, now: float) -> JudgedEvent | None:
    """A long lie: not seen getting up after a fall, whether in view or not."""
    fall = state.decided
    if fall is None or fall.phase is not Phase.FALLEN:
        return None
    if not _has_lasted(fall.since_s, now, config.long_lie_after_s):
        return None
    reasons = (evidence_text.not_up_for(now - fall.since_s),)
    return JudgedEvent(EventKind.LONG_LIE, fall.since_s, 1.0, reasons)


def found_on_floor(state: PersonState, config: JudgeConfig, now: float) -> JudgedEvent | None:
    """Somebody on the floor who was not seen falling: lying there for long enough."""
    lying = state.lying
    if state.phase.needs_help or lying is None or state.sighting is None:
        return None
    if not _has_lasted(lying.since_s, now, config.on_floor_after_s):
        return None
    reasons = (evidence_text.on_floor_for(now - lying.since_s),)
    return JudgedEvent(EventKind.ON_FLOOR, lying.since_s, state.sighting.lying, reasons)


#: Asked of a frame that shows the person: first whether they fell, then what became of them.
FALL_RULES_IF_SEEN: tuple[Rule, ...] = (fall_confirmed, fall_settled)
LATER_RULES_IF_SEEN: tuple[Rule, ...] = (recovered, long_lie, found_on_floor)

#: The same of a frame that does not.
FALL_RULES_IF_UNSEEN: tuple[Rule, ...] = (lost_while_falling,)
LATER_RULES_IF_UNSEEN: tuple[Rule, ...] = (long_lie, found_on_floor)


def _has_lasted(since_s: float | None, now: float, wait_s: float) -> bool:
    """Whether what began then has lasted this long, but for rounding."""
    return since_s is not None and now - since_s >= wait_s - 1e-6


def _fall(peak_s: float, score: float, reasons: tuple[Message, ...]) -> JudgedEvent:
    """A fall that began half a descent before it was steepest."""
    return JudgedEvent(
        EventKind.FALL,
        started_s=max(peak_s - DESCENT_S / 2, 0.0),
        score=min(score, 1.0),
        evidence=reasons,
    )


def _fall_reasons(sighting: Sighting, descent: Descent) -> tuple[Message, ...]:
    """The evidence for a fall in words, strongest first."""
    motion = sighting.motion
    reasons = (
        evidence_text.head_came_down(descent.head_drop, DESCENT_S, descent.head_speed),
        evidence_text.torso_tilt(motion.torso_angle_deg),
        evidence_text.head_height(motion.head_height),
    )
    if sighting.p_fall is None:
        return reasons
    return (*reasons, evidence_text.classifier_says(sighting.p_fall))
