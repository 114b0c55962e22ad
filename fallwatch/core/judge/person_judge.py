"""The judge of one person: takes in what each frame shows and asks the rules in order.

Which rules there are, in which order, and from which phase to which they lead is in `rules`; here
is what happens between them: the facts of `person_state` are brought up to date.
"""

from __future__ import annotations

from dataclasses import replace

from fallwatch.core.features import BodyMeasure
from fallwatch.core.judge import rules
from fallwatch.core.judge.conditions import (
    is_head_up,
    is_lying_on_floor,
    is_over_threshold,
    is_upright,
    loss_while_falling,
    may_lie_unseen,
    posture_of,
)
from fallwatch.core.judge.evidence import (
    RecentDescents,
    descent_evidence,
    fall_score,
    in_daily_life,
    lying_evidence,
)
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.motion import MotionHistory
from fallwatch.core.judge.person_state import Decided, LyingSpell, PersonState, Sighting
from fallwatch.core.judge.phase import Phase
from fallwatch.core.judge.rules import JudgedEvent, Rule
from fallwatch.core.judge.smoothing import SmoothedProbability
from fallwatch.core.tracking import Track
from fallwatch.core.types import EventKind, Person
from fallwatch.core.zones import ZoneKind, in_zone

#: The pose of a falling person flickers: a gap this short does not interrupt anything.
_FLICKER_S = 0.3

#: The score of somebody out of sight is shown for this long.
_LOST_FORGET_S = 1.5

#: Seen upright this long without a break, a person has stood and not just looked like it.
_STOOD_S = 0.5

#: The pose model loses people who lie: a gap this long does not interrupt their lying.
_LYING_GAP_S = 5.0

#: Whoever lies out of sight is remembered for this long after the last that can be said of them.
#: By then they were helped up unseen; the alarm stays until somebody acknowledges it.
_REMEMBERED_S = 600.0


class PersonJudge:
    """The judge of one person: fed with sightings and misses in order of time.

    Args:
        config: The limits.
    """

    def __init__(self, config: JudgeConfig) -> None:
        self._config = config
        self._history = MotionHistory()
        self._p_fall = SmoothedProbability()
        self._state = PersonState()

    @property
    def phase(self) -> Phase:
        """The phase after the latest `see` or `miss`."""
        return self._state.phase

    @property
    def has_stood(self) -> bool:
        """Whether this person has been seen standing: whoever falls then falls again."""
        return self._state.has_stood

    @property
    def needs_help(self) -> bool:
        """Whether this person fell or lies on the floor, and has not stood up since."""
        return self.phase.needs_help

    def take_over(self, earlier: PersonJudge) -> None:
        """Go on where another left off who turned out to be the same person, lying here."""
        self._state = replace(self._state, decided=earlier._state.decided)

    def may_lie_unseen(self, now: float) -> bool:
        """Whether this person, out of sight, may well be lying where last seen."""
        return may_lie_unseen(self._state, now)

    def describe(self, track: Track) -> Person:
        """The person as shown, after the latest `see` or `miss`."""
        return Person(
            track_id=track.track_id,
            box_px=track.detection.box,
            pose=track.detection.pose if track.visible else None,
            p_fall=self._p_fall.value,
            score=self._state.score,
            posture=posture_of(self._state),
        )

    def see(
        self, now: float, track: Track, size_px: tuple[int, int], p_fall: float | None
    ) -> list[JudgedEvent]:
        """Take in a frame that shows the person; return what it settles.

        Args:
            now: The frame's time stamp, later than the one before.
            track: The person; its detection is from this frame.
            size_px: Width and height of the frame.
            p_fall: The classifier's new prediction, as it gives it, if it was asked.
        """
        sighting = self._sighting(now, track, size_px, p_fall)
        if not sighting.motion.can_be_judged:
            self._state = replace(self._state, sighting=sighting, score=0.0)
            return []
        self._follow_descent(sighting)
        events = self._ask(rules.FALL_RULES_IF_SEEN, now)
        self._follow_upright(sighting)
        self._follow_lying(sighting)
        return events + self._ask(rules.LATER_RULES_IF_SEEN, now)

    def miss(self, now: float) -> list[JudgedEvent]:
        """Take in a frame that does not show the person; return what it settles."""
        if self._state.sighting is None:
            return []
        lost_s = now - self._state.sighting.at_s
        self._follow_loss(lost_s)
        events = self._ask(rules.FALL_RULES_IF_UNSEEN, now)
        self._forget(lost_s)
        return events + self._ask(rules.LATER_RULES_IF_UNSEEN, now)

    def _ask(self, group: tuple[Rule, ...], now: float) -> list[JudgedEvent]:
        """Ask the rules one after the other; each finds what those before it decided."""
        events = []
        for rule in group:
            event = rule(self._state, self._config, now)
            if event is not None:
                self._state = after_event(self._state, event, now)
                events.append(event)
        return events

    def _sighting(
        self, now: float, track: Track, size_px: tuple[int, int], p_fall: float | None
    ) -> Sighting:
        if p_fall is not None:
            self._p_fall.update(now, in_daily_life(p_fall))
        body = track.detection.body
        self._history.add(now, body, size_px[1])
        motion = self._history.motion()
        in_bed = self._is_in_bed(body, size_px)
        return Sighting(
            at_s=now,
            motion=motion,
            p_fall=self._p_fall.value,
            lying=0.0 if in_bed else lying_evidence(motion, self._p_fall.value),
            in_bed=in_bed,
            in_focus=track.detection.pose.in_focus,
        )

    def _is_in_bed(self, body: BodyMeasure, size_px: tuple[int, int]) -> bool:
        """Whether the hips are in a bed zone: feet hang out of beds, and heads lean out."""
        x, y = body.hips_px[0] / size_px[0], body.hips_px[1] / size_px[1]
        return in_zone(self._config.zones, ZoneKind.BED, x, y)

    # What is followed while the person is seen

    def _follow_descent(self, sighting: Sighting) -> None:
        """The descents, the score, and since when it has been over the threshold."""
        descents = self._state.descents.add(sighting.at_s, descent_evidence(sighting.motion))
        strongest = descents.strongest[1]
        score = 0.0 if sighting.in_bed else fall_score(strongest, sighting.lying)
        over = is_over_threshold(score, strongest, self._config)
        self._state = replace(
            self._state,
            sighting=sighting,
            descents=descents,
            score=score,
            over_since_s=_held_since(over, self._state.over_since_s, sighting.at_s),
            loss=None if is_head_up(sighting.motion) else self._state.loss,
        )

    def _follow_upright(self, sighting: Sighting) -> None:
        """Since when the person has been upright, and whether that makes them one who stood."""
        upright = is_upright(sighting.motion)
        since_s = _held_since(upright, self._state.upright_since_s, sighting.at_s)
        stood = since_s is not None and sighting.at_s - since_s >= _STOOD_S - 1e-6
        self._state = replace(
            self._state, upright_since_s=since_s, has_stood=self._state.has_stood or stood
        )

    def _follow_lying(self, sighting: Sighting) -> None:
        """Since when the person has been lying on the floor."""
        lying = self._state.lying
        if is_lying_on_floor(sighting):
            since_s = sighting.at_s if lying is None else lying.since_s
            lying = LyingSpell(since_s, seen_s=sighting.at_s)
        elif lying is not None:
            over = sighting.at_s - lying.seen_s > _LYING_GAP_S
            lying = None if over or self._state.upright_since_s is not None else lying
        self._state = replace(self._state, lying=lying)

    # What is followed while they are not

    def _follow_loss(self, lost_s: float) -> None:
        """Whether the person was lost while falling; what a long gap interrupts."""
        loss = self._state.loss or loss_while_falling(self._state)
        self._state = replace(self._state, loss=loss)
        if lost_s > _FLICKER_S:
            self._state = replace(self._state, over_since_s=None, upright_since_s=None)

    def _forget(self, lost_s: float) -> None:
        """What is no longer held of somebody who has been out of sight for long."""
        if lost_s > _REMEMBERED_S + self._config.long_lie_after_s:
            self._state = replace(self._state, decided=None)
        if lost_s > _LYING_GAP_S and not self.needs_help:
            self._state = replace(self._state, lying=None)
        if lost_s > _LOST_FORGET_S:
            self._state = replace(self._state, score=0.0)


def after_event(state: PersonState, event: JudgedEvent, now: float) -> PersonState:
    """The facts after an event: the arrows of `Phase` that are reported.

    Args:
        state: Before it.
        event: What a rule decided.
        now: Time stamp of the frame that settled it.
    """
    if event.kind is EventKind.RECOVERED:
        return replace(state, decided=None, descents=RecentDescents())
    if event.kind is EventKind.LONG_LIE:
        return replace(state, decided=Decided(Phase.LONG_LIE, event.started_s))
    if event.kind is EventKind.ON_FLOOR:
        return replace(state, decided=Decided(Phase.ON_FLOOR, now), loss=None)
    return replace(
        state,
        decided=Decided(Phase.FALLEN, now),
        loss=None,
        score=max(state.score, event.score),
        upright_since_s=None,
    )


def _held_since(holds: bool, since_s: float | None, now: float) -> float | None:
    """Since when a condition has held without a break; None if it does not."""
    if not holds:
        return None
    return now if since_s is None else since_s
