"""The judge of one person: takes in what each frame shows and asks the rules in order.

Why something was decided is in `rules`: which there are, in which order they are asked, and from
which phase to which they lead. Between them the facts are brought up to date by `updates`.
"""

from __future__ import annotations

from dataclasses import replace

from fallwatch.core.features import BodyMeasure
from fallwatch.core.judge import rules, updates
from fallwatch.core.judge.conditions import posture_of
from fallwatch.core.judge.evidence import in_daily_life, lying_evidence
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.motion import MotionHistory
from fallwatch.core.judge.person_state import PersonState, Sighting
from fallwatch.core.judge.phase import Phase
from fallwatch.core.judge.rules import JudgedEvent, Rule
from fallwatch.core.judge.smoothing import SmoothedProbability
from fallwatch.core.tracking import Track
from fallwatch.core.types import Person
from fallwatch.core.zones import ZoneKind, in_zone


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

    def follow(self, config: JudgeConfig) -> None:
        """Judge with other limits from now on."""
        self._config = config

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
            self._state = updates.after_first_glimpse(self._state, sighting)
            return []
        self._state = updates.after_descent(self._state, sighting, self._config)
        events = self._ask(rules.FALL_RULES_IF_SEEN, now)
        self._state = updates.after_posture(self._state, sighting)
        return events + self._ask(rules.LATER_RULES_IF_SEEN, now)

    def miss(self, now: float) -> list[JudgedEvent]:
        """Take in a frame that does not show the person; return what it settles."""
        if self._state.sighting is None:
            return []
        lost_s = now - self._state.sighting.at_s
        self._state = updates.after_miss(self._state, lost_s, self._config)
        events = self._ask(rules.FALL_RULES_IF_UNSEEN, now)
        self._state = updates.after_long_miss(self._state, lost_s, self._config)
        return events + self._ask(rules.LATER_RULES_IF_UNSEEN, now)

    def _ask(self, group: tuple[Rule, ...], now: float) -> list[JudgedEvent]:
        """Ask the rules one after the other; each finds what those before it decided."""
        events = []
        for rule in group:
            event = rule(self._state, self._config, now)
            if event is not None:
                self._state = updates.after_event(self._state, event, now)
                events.append(event)
        return events

    def _sighting(
        self, now: float, track: Track, size_px: tuple[int, int], p_fall: float | None
    ) -> Sighting:
        if p_fall is not None:
            self._p_fall.update(now, in_daily_life(p_fall))
        body = track.detection.body
        self._history.add(now, body, size_px[1], self._p_fall.value)
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
