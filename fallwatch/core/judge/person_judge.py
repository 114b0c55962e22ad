"""The state machine of one person.

A fall is *decided* when the descent of the last seconds and the posture that followed speak for
it together for a short while, or when the person vanishes from the pose model right after a steep
descent, as people lying flat often do. It *latches*: one fall is one event, until the person
stands again.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from fallwatch.core.features import BodyMeasure
from fallwatch.core.judge import evidence_text
from fallwatch.core.judge.evidence import Descent, descent_evidence, in_daily_life, lying_evidence
from fallwatch.core.judge.judge_config import JudgeConfig
from fallwatch.core.judge.motion import DESCENT_S, Motion, MotionHistory
from fallwatch.core.judge.smoothing import SmoothedProbability
from fallwatch.core.message import Message
from fallwatch.core.tracking import Track
from fallwatch.core.types import EventKind, Person, Posture
from fallwatch.core.zones import ZoneKind, in_zone

#: The descent counts for this long after it was seen: people settle for a moment.
_DESCENT_HOLD_S = 1.5

#: A descent this clear, followed by loss of the pose, is a fall even if lying was never seen.
_STEEP_DESCENT = 0.45
_STEEP_HEAD_HEIGHT = 0.60
_LOST_CONFIRM_S = 0.3
_LOST_FORGET_S = 1.5  # the score shown
_LOST_MAX_CUT_OFF = 0.5

#: Lying alone is no fall, however clear: some descent must have been seen.
_MIN_DESCENT = 0.15

#: A score this far above the threshold is confirmed in half the time.
_CLEAR_MARGIN = 0.15

#: The pose of a falling person flickers: a gap this short does not interrupt anything.
_FLICKER_S = 0.3

#: Somebody lost this long after going down or lying is worth a second look.
_LOOK_WITHIN_S = 3.0
_LOOK_DESCENT = 0.15
_LOOK_LYING = 0.5

#: Posture evidence from which somebody is taken to be down, and below which to be up.
_LYING = 0.65
_UPRIGHT_HEAD_HEIGHT = 0.70
_UPRIGHT_TORSO_DEG = 40.0

#: Seen upright this long without a break, a person has stood and not just looked like it.
_STOOD_S = 0.5

#: Somebody found lying is only reported if the classifier agrees: it tells bed from floor.
_ON_FLOOR_P_FALL = 0.6
#: The pose model loses people who lie: a gap this long does not interrupt their lying.
_LYING_GAP_S = 5.0

#: Whoever lies out of sight is remembered for this long after the last that can be told of them.
#: By then they were helped up unseen; the alarm stays until somebody answers it.
_REMEMBERED_S = 600.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What a moment settled about one person; see `fallwatch.core.types.FallEvent`."""

    kind: EventKind
    started_s: float
    score: float
    evidence: tuple[Message, ...]


class PersonJudge:
    """The state machine of one person: fed with sightings and misses in order of time."""

    def __init__(self, config: JudgeConfig) -> None:
        self._config = config
        self._history = MotionHistory()
        self._p_fall = SmoothedProbability()
        self._descents: deque[tuple[float, Descent]] = deque()
        self._motion: Motion | None = None
        self._lying = 0.0
        self._in_bed = False
        self._score = 0.0
        self._over_since_s: float | None = None
        self._upright_since_s: float | None = None
        self._lying_since_s: float | None = None
        self._lying_seen_s = 0.0
        self._seen_s = 0.0
        self._in_focus = True
        self._vanished: tuple[float, float, Descent] | None = None
        self._fallen_at_s: float | None = None
        self._on_floor_reported = False
        self._long_lie_reported = False
        self._has_stood = False

    @property
    def has_stood(self) -> bool:
        """Whether this person has been seen standing: whoever falls then falls anew."""
        return self._has_stood

    @property
    def needs_help(self) -> bool:
        """Whether this person fell or lies on the floor, and has not stood up since."""
        return self._fallen_at_s is not None or self._on_floor_reported

    def take_over(self, earlier: PersonJudge) -> None:
        """Go on where another left off who turned out to be the same person, lying here."""
        self._fallen_at_s = earlier._fallen_at_s
        self._on_floor_reported = earlier._on_floor_reported
        self._long_lie_reported = earlier._long_lie_reported

    def _forget_lying(self) -> None:
        self._fallen_at_s = None
        self._on_floor_reported = self._long_lie_reported = False

    def may_lie_unseen(self, now: float) -> bool:
        """Whether this person, out of sight, may well be lying where last seen."""
        if self.needs_help:
            return True
        if now - self._seen_s > _LOOK_WITHIN_S:
            return False
        went_down = any(d.value >= _LOOK_DESCENT for _, d in self._descents)
        return went_down or self._lying >= _LOOK_LYING

    def describe(self, track: Track) -> Person:
        """The person as shown, after the latest `see` or `miss`."""
        return Person(
            track_id=track.track_id,
            box_px=track.detection.box,
            pose=track.detection.pose if track.visible else None,
            p_fall=self._p_fall.value,
            score=self._score,
            posture=self._posture(),
        )

    def _posture(self) -> Posture:
        if self.needs_help:
            return Posture.FALLEN
        if self._motion is None:
            return Posture.UNKNOWN
        if self._lying >= _LYING:
            return Posture.DOWN
        if self._descents and self._descents[-1][1].value >= 0.4:
            return Posture.GOING_DOWN
        return Posture.UPRIGHT if self._is_upright(self._motion) else Posture.UNKNOWN

    # Seen

    def see(
        self, now: float, track: Track, size_px: tuple[int, int], p_fall: float | None
    ) -> list[Finding]:
        """Take in a frame that shows the person; return what it settles.

        Args:
            now: The frame's time stamp, later than the one before.
            track: The person; its detection is from this frame.
            size_px: Width and height of the frame.
            p_fall: The classifier's new prediction, as it gives it, if it was asked.
        """
        self._seen_s = now
        self._in_focus = track.detection.pose.in_focus
        if p_fall is not None:
            self._p_fall.update(now, in_daily_life(p_fall))
        body = track.detection.body
        self._history.add(now, body, size_px[1])
        self._motion = motion = self._history.motion()
        self._lying = lying_evidence(motion, self._p_fall.value)
        self._in_bed = self._is_in_bed(body, size_px)
        if self._in_bed:
            self._lying = 0.0
        if not motion.can_be_judged:
            self._score = 0.0
            return []
        best = self._remember(now, descent_evidence(motion))
        self._score = 0.0 if self._in_bed else 0.5 * best.value + 0.5 * self._lying
        if motion.last_head_height > _STEEP_HEAD_HEIGHT:
            self._vanished = None
        findings = self._check_fall(now, best) + self._check_vanished(now)
        findings += self._check_recovery(now, motion)
        self._follow_lying(now)
        return findings + self._check_lying_long(now)

    def _is_in_bed(self, body: BodyMeasure, size_px: tuple[int, int]) -> bool:
        """Whether the hips are in a bed zone: feet hang out of beds, and heads lean out."""
        x, y = body.hips_px[0] / size_px[0], body.hips_px[1] / size_px[1]
        return in_zone(self._config.zones, ZoneKind.BED, x, y)

    def _remember(self, now: float, descent: Descent) -> Descent:
        """The strongest descent within the hold time, this one included."""
        self._descents.append((now, descent))
        while now - self._descents[0][0] > _DESCENT_HOLD_S:
            self._descents.popleft()
        return max((d for _, d in self._descents), key=lambda d: d.value)

    def _check_fall(self, now: float, descent: Descent) -> list[Finding]:
        if self._score < self._config.threshold or descent.value < _MIN_DESCENT:
            self._over_since_s = None
            return []
        if self._over_since_s is None:
            self._over_since_s = now
        clear = self._score >= self._config.threshold + _CLEAR_MARGIN
        wait_s = self._config.confirm_s / 2 if clear else self._config.confirm_s
        if now - self._over_since_s < wait_s - 1e-6 or self.needs_help:
            return []
        peak_s = next(t for t, d in self._descents if d is descent)
        return [self._fall(now, descent, at_s=peak_s, lost=False)]

    def _fall(self, now: float, descent: Descent, *, at_s: float, lost: bool) -> Finding:
        self._fallen_at_s = now
        self._upright_since_s = None
        return Finding(
            EventKind.FALL,
            started_s=max(at_s - DESCENT_S / 2, 0.0),
            score=min(self._score, 1.0),
            evidence=self._words(descent, lost=lost),
        )

    def _words(self, descent: Descent, *, lost: bool) -> tuple[Message, ...]:
        assert self._motion is not None
        words = [
            evidence_text.head_came_down(descent.head_drop, DESCENT_S, descent.head_speed),
            evidence_text.torso_tilt(self._motion.torso_angle_deg),
            evidence_text.head_height(self._motion.head_height),
        ]
        if self._p_fall.value is not None:
            words.append(evidence_text.classifier_says(self._p_fall.value))
        if lost:
            words.append(evidence_text.LOST_FROM_VIEW)
        return tuple(words)

    def _is_upright(self, motion: Motion) -> bool:
        return (
            motion.head_height >= _UPRIGHT_HEAD_HEIGHT
            and motion.torso_angle_deg <= _UPRIGHT_TORSO_DEG
        )

    def _check_recovery(self, now: float, motion: Motion) -> list[Finding]:
        if not self._is_upright(motion):
            self._upright_since_s = None
            return []
        if self._upright_since_s is None:
            self._upright_since_s = now
        self._has_stood |= now - self._upright_since_s >= _STOOD_S - 1e-6
        if now - self._upright_since_s < self._config.recover_s - 1e-6 or not self.needs_help:
            return []
        self._forget_lying()
        self._descents.clear()
        words = (evidence_text.upright_for(self._config.recover_s),)
        return [Finding(EventKind.RECOVERED, self._upright_since_s, 1.0, words)]

    def _follow_lying(self, now: float) -> None:
        p_fall = self._p_fall.value
        if self._lying >= _LYING and (p_fall is None or p_fall >= _ON_FLOOR_P_FALL):
            if self._lying_since_s is None:
                self._lying_since_s = now
            self._lying_seen_s = now
        elif now - self._lying_seen_s > _LYING_GAP_S or self._upright_since_s is not None:
            self._lying_since_s = None

    # Lying for long, seen or not

    def _check_lying_long(self, now: float) -> list[Finding]:
        if self._fallen_at_s is not None and not self._long_lie_reported:
            down_s = now - self._fallen_at_s
            if down_s >= self._config.long_lie_after_s - 1e-6:
                self._long_lie_reported = True
                words = (evidence_text.not_up_for(down_s),)
                return [Finding(EventKind.LONG_LIE, self._fallen_at_s, 1.0, words)]
        if self._lying_since_s is not None and not self.needs_help:
            lying_s = now - self._lying_since_s
            if lying_s >= self._config.on_floor_after_s - 1e-6:
                self._on_floor_reported = True
                words = (evidence_text.on_floor_for(lying_s),)
                return [Finding(EventKind.ON_FLOOR, self._lying_since_s, self._lying, words)]
        return []

    # Not seen

    def miss(self, now: float) -> list[Finding]:
        """Take in a frame that does not show the person; return what it settles."""
        lost_s = now - self._seen_s
        descent = self._descent_at_loss()
        if self._vanished is None and descent is not None:
            self._vanished = (self._seen_s, *descent)
        if lost_s > _FLICKER_S:
            self._over_since_s = self._upright_since_s = None
        findings = self._check_vanished(now)
        if lost_s > _REMEMBERED_S + self._config.long_lie_after_s:
            self._forget_lying()
        if lost_s > _LYING_GAP_S and not self.needs_help:
            self._lying_since_s = None
        if lost_s > _LOST_FORGET_S:
            self._score = 0.0
        return findings + self._check_lying_long(now)

    def _descent_at_loss(self) -> tuple[float, Descent] | None:
        """The descent, if the last sighting was of somebody falling, inside a sharp picture."""
        if self._motion is None or not self._descents or self._in_bed or self.needs_help:
            return None
        if not self._in_focus:
            return None  # there people are lost from view for no reason
        if self._motion.cut_off > _LOST_MAX_CUT_OFF:
            return None
        if self._over_since_s is not None:
            return max(self._descents, key=lambda item: item[1].value)
        last_s, last = self._descents[-1]
        steep = last_s == self._seen_s and last.value >= _STEEP_DESCENT
        low = self._motion.last_head_height <= _STEEP_HEAD_HEIGHT
        return (last_s, last) if steep and low else None

    def _check_vanished(self, now: float) -> list[Finding]:
        """A fall if somebody vanished on the way down and did not turn up again higher."""
        if self._vanished is None:
            return []
        lost_at_s, peak_s, descent = self._vanished
        if now - lost_at_s < _LOST_CONFIRM_S - 1e-6:
            return []
        self._vanished = None
        if self.needs_help:
            return []
        self._score = max(self._score, descent.value)
        return [self._fall(now, descent, at_s=peak_s, lost=True)]
