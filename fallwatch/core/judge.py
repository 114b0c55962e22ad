"""The verdict: from the evidence of each moment to events, one state machine for each person.

A fall is *decided* when the descent of the last seconds and the posture that followed speak for
it together for a short while, or when the person vanishes from the pose model right after a steep
descent, as people lying flat often do. It *latches*: one fall is one event, until the person
stands again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

from fallwatch.core.evidence import Descent, descent_evidence, lying_evidence
from fallwatch.core.motion import DESCENT_S, MIN_HISTORY_S, History, Motion
from fallwatch.core.smoothing import SmoothedProbability
from fallwatch.core.tracking import Track
from fallwatch.core.types import EventKind, FallEvent, Person, Posture

#: Score from which a fall is decided, by sensitivity: operating points on the development clips.
THRESHOLDS = {"low": 0.66, "normal": 0.58, "high": 0.50}

#: The descent counts for this long after it was seen: people settle for a moment.
_DESCENT_HOLD_S = 1.5

#: A descent this clear, followed by loss of the pose, is a fall even if lying was never seen.
_STEEP_DESCENT = 0.70
_STEEP_HEAD_HEIGHT = 0.60
_LOST_CONFIRM_S = 0.3
_LOST_FORGET_S = 1.5
_LOST_MAX_CUT_OFF = 0.5

#: Lying alone is no fall, however clear: some descent must have been seen.
_MIN_DESCENT = 0.15

#: The pose of a falling person flickers: a gap this short does not interrupt anything.
_FLICKER_S = 0.3

#: Posture evidence from which somebody is taken to be down, and below which to be up.
_LYING = 0.65
_UPRIGHT_HEAD_HEIGHT = 0.70
_UPRIGHT_TORSO_DEG = 40.0

#: Somebody found lying is only reported if the classifier agrees: it tells bed from floor.
_ON_FLOOR_P_FALL = 0.6
#: The pose model loses people who lie: a gap this long does not interrupt their lying.
_LYING_GAP_S = 5.0


@dataclass(frozen=True, slots=True)
class JudgeConfig:
    """Limits of the judge, in seconds and scores.

    Attributes:
        threshold: Score from which a fall is decided, 0 to 1.
        confirm_s: The score must stay there this long.
        recover_s: Somebody upright for this long has recovered.
        on_floor_after_s: Lying this long with no fall seen is reported.
        long_lie_after_s: Still down this long after a fall is reported again.
    """

    threshold: float = THRESHOLDS["normal"]
    confirm_s: float = 0.2
    recover_s: float = 2.0
    on_floor_after_s: float = 20.0
    long_lie_after_s: float = 60.0

    @classmethod
    def for_sensitivity(cls, sensitivity: str) -> JudgeConfig:
        """The limits for ``low``, ``normal`` or ``high``.

        Raises:
            ValueError: Another word.
        """
        if sensitivity not in THRESHOLDS:
            raise ValueError(f"sensitivity must be one of {list(THRESHOLDS)}, got '{sensitivity}'")
        return replace(cls(), threshold=THRESHOLDS[sensitivity])


class Judge:
    """Judges everybody in one camera's picture.

    Args:
        camera: Name for the events.
        config: The limits.
    """

    def __init__(self, camera: str, config: JudgeConfig) -> None:
        self._camera = camera
        self._config = config
        self._people: dict[int, _PersonJudge] = {}

    @property
    def fallen_ids(self) -> frozenset[int]:
        """Numbers of the people who fell or lie on the floor: the tracker must not forget them."""
        return frozenset(key for key, person in self._people.items() if person.needs_help)

    def update(
        self,
        timestamp_s: float,
        height_px: int,
        tracks: list[Track],
        p_falls: Mapping[int, float],
    ) -> tuple[tuple[Person, ...], tuple[FallEvent, ...]]:
        """Judge one frame.

        Args:
            timestamp_s: Later than the one before.
            height_px: Height of the frame.
            tracks: From the tracker; those not visible in this frame too.
            p_falls: New predictions of the classifier by track number; need not be complete.

        Returns:
            Everybody tracked, and what this frame settled.
        """
        alive = {track.track_id for track in tracks}
        self._people = {key: person for key, person in self._people.items() if key in alive}
        people, events = [], []
        for track in tracks:
            person = self._people.setdefault(track.track_id, _PersonJudge(self._config))
            if track.visible:
                found = person.see(timestamp_s, track, height_px, p_falls.get(track.track_id))
            else:
                found = person.miss(timestamp_s)
            people.append(person.describe(track))
            events += [self._event(timestamp_s, track, finding) for finding in found]
        return tuple(people), tuple(events)

    def _event(self, timestamp_s: float, track: Track, finding: _Finding) -> FallEvent:
        return FallEvent(
            kind=finding.kind,
            camera=self._camera,
            track_id=track.track_id,
            started_s=round(finding.started_s, 3),
            decided_s=round(timestamp_s, 3),
            score=round(finding.score, 3),
            evidence=finding.evidence,
            box_px=track.detection.box,
        )


@dataclass(frozen=True, slots=True)
class _Finding:
    kind: EventKind
    started_s: float
    score: float
    evidence: tuple[str, ...]


class _PersonJudge:
    """The state machine of one person."""

    def __init__(self, config: JudgeConfig) -> None:
        self._config = config
        self._history = History()
        self._p_fall = SmoothedProbability()
        self._descents: deque[tuple[float, Descent]] = deque()
        self._motion: Motion | None = None
        self._lying = 0.0
        self._score = 0.0
        self._over_since_s: float | None = None
        self._upright_since_s: float | None = None
        self._lying_since_s: float | None = None
        self._lying_seen_s = 0.0
        self._seen_s = 0.0
        self._lost_since_s: float | None = None
        self._fallen_at_s: float | None = None
        self._on_floor_reported = False
        self._long_lie_reported = False

    @property
    def needs_help(self) -> bool:
        return self._fallen_at_s is not None or self._on_floor_reported

    def describe(self, track: Track) -> Person:
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

    def see(self, now: float, track: Track, height_px: int, p_fall: float | None) -> list[_Finding]:
        self._lost_since_s = None
        self._seen_s = now
        if p_fall is not None:
            self._p_fall.update(now, p_fall)
        self._history.add(now, track.detection.body, height_px)
        self._motion = motion = self._history.motion()
        self._lying = lying_evidence(motion, self._p_fall.value)
        if motion.span_s < MIN_HISTORY_S:
            self._score = 0.0
            return []
        best = self._remember(now, descent_evidence(motion))
        self._score = 0.5 * best.value + 0.5 * self._lying
        findings = self._check_fall(now, best)
        findings += self._check_recovery(now, motion)
        self._follow_lying(now)
        return findings + self._check_lying_long(now)

    def _remember(self, now: float, descent: Descent) -> Descent:
        """The strongest descent within the hold time, this one included."""
        self._descents.append((now, descent))
        while now - self._descents[0][0] > _DESCENT_HOLD_S:
            self._descents.popleft()
        return max((d for _, d in self._descents), key=lambda d: d.value)

    def _check_fall(self, now: float, descent: Descent) -> list[_Finding]:
        if self._score < self._config.threshold or descent.value < _MIN_DESCENT:
            self._over_since_s = None
            return []
        if self._over_since_s is None:
            self._over_since_s = now
        if now - self._over_since_s < self._config.confirm_s - 1e-6 or self.needs_help:
            return []
        return [self._fall(now, descent, lost=False)]

    def _fall(self, now: float, descent: Descent, *, lost: bool) -> _Finding:
        peak_s = next(t for t, d in self._descents if d is descent)
        self._fallen_at_s = now
        self._upright_since_s = None
        return _Finding(
            EventKind.FALL,
            started_s=max(peak_s - DESCENT_S / 2, 0.0),
            score=min(self._score, 1.0),
            evidence=self._words(descent, lost=lost),
        )

    def _words(self, descent: Descent, *, lost: bool) -> tuple[str, ...]:
        assert self._motion is not None
        words = [
            f"head came down {descent.head_drop:.1f} body heights within {DESCENT_S:.1f} s, "
            f"up to {descent.head_speed:.1f} per second",
            f"torso {self._motion.torso_angle_deg:.0f} degrees from upright",
            f"head {max(self._motion.head_height, 0.0):.1f} body heights above the floor",
        ]
        if self._p_fall.value is not None:
            words.append(f"classifier {self._p_fall.value:.0%} for fallen")
        if lost:
            words.append("lost from view right after the descent")
        return tuple(words)

    def _is_upright(self, motion: Motion) -> bool:
        return (
            motion.head_height >= _UPRIGHT_HEAD_HEIGHT
            and motion.torso_angle_deg <= _UPRIGHT_TORSO_DEG
        )

    def _check_recovery(self, now: float, motion: Motion) -> list[_Finding]:
        if not self._is_upright(motion):
            self._upright_since_s = None
            return []
        if self._upright_since_s is None:
            self._upright_since_s = now
        if now - self._upright_since_s < self._config.recover_s - 1e-6 or not self.needs_help:
            return []
        self._fallen_at_s = None
        self._on_floor_reported = self._long_lie_reported = False
        self._descents.clear()
        words = (f"upright for {self._config.recover_s:.0f} s",)
        return [_Finding(EventKind.RECOVERED, self._upright_since_s, 1.0, words)]

    def _follow_lying(self, now: float) -> None:
        p_fall = self._p_fall.value
        if self._lying >= _LYING and (p_fall is None or p_fall >= _ON_FLOOR_P_FALL):
            if self._lying_since_s is None:
                self._lying_since_s = now
            self._lying_seen_s = now
        elif now - self._lying_seen_s > _LYING_GAP_S or self._upright_since_s is not None:
            self._lying_since_s = None

    # Lying for long, seen or not

    def _check_lying_long(self, now: float) -> list[_Finding]:
        if self._fallen_at_s is not None and not self._long_lie_reported:
            down_s = now - self._fallen_at_s
            if down_s >= self._config.long_lie_after_s - 1e-6:
                self._long_lie_reported = True
                words = (f"not seen getting up for {down_s:.0f} s after a fall",)
                return [_Finding(EventKind.LONG_LIE, self._fallen_at_s, 1.0, words)]
        if self._lying_since_s is not None and not self.needs_help:
            lying_s = now - self._lying_since_s
            if lying_s >= self._config.on_floor_after_s - 1e-6:
                self._on_floor_reported = True
                words = (f"lying on the floor for {lying_s:.0f} s, no fall seen",)
                return [_Finding(EventKind.ON_FLOOR, self._lying_since_s, self._lying, words)]
        return []

    # Not seen

    def miss(self, now: float) -> list[_Finding]:
        if self._lost_since_s is None:
            self._lost_since_s = self._seen_s
        lost_s = now - self._lost_since_s
        if lost_s > _FLICKER_S:
            self._over_since_s = self._upright_since_s = None
        findings = self._check_lost_in_fall(now, lost_s)
        if lost_s > _LYING_GAP_S and not self.needs_help:
            self._lying_since_s = None
        if lost_s > _LOST_FORGET_S:
            self._score = 0.0
        return findings + self._check_lying_long(now)

    def _check_lost_in_fall(self, now: float, lost_s: float) -> list[_Finding]:
        """Vanished on the way down: the last sighting was low, and inside the picture."""
        if self.needs_help or not _LOST_CONFIRM_S <= lost_s + 1e-6 <= _LOST_FORGET_S:
            return []
        motion = self._motion
        if motion is None or not self._descents or motion.cut_off > _LOST_MAX_CUT_OFF:
            return []
        last_s, last = self._descents[-1]
        steep = last.value >= _STEEP_DESCENT and last_s == self._seen_s
        if not steep or motion.last_head_height > _STEEP_HEAD_HEIGHT:
            return []
        self._score = max(self._score, last.value)
        return [self._fall(now, last, lost=True)]
