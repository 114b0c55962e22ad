"""The whole decision in one place: a frame in, an analysis out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fallwatch.core.judge.judge import Judge, JudgeConfig
from fallwatch.core.protocols import Classifier, FrameAnalyzer, PoseEstimator
from fallwatch.core.tracking import Detection, Track, Tracker, detect
from fallwatch.core.types import Analysis, Box, Frame, Image, PersonCrop, Posture
from fallwatch.core.zones import ZoneKind, in_zone

#: Nobody changes posture faster than this matters for: the classifier runs no more often.
CLASSIFY_EVERY_S = 0.125

#: Where it cannot change the verdict, it is asked only this often: of somebody who stands, in
#: whom no descent has been seen, and of somebody whose fall is known already.
CLASSIFY_SETTLED_EVERY_S = 0.5
_SETTLED = (Posture.UPRIGHT, Posture.FALLEN)

_NEVER = float("-inf")

#: Cuts a person's crop out of a frame.
Cutter = Callable[[Image, Box], PersonCrop]


class Analyzer:
    """Pose, crop, classify, track, judge: for one camera, on one thread.

    It keeps no clock: the verdict depends on the frames and their time stamps alone, so a clip
    replayed gives the same events.

    Args:
        camera: Name for the events.
        pose: Finds bodies; owned and closed by the analyzer.
        classifier: Judges crops; shared between analyzers of one thread. None: by pose alone.
        cut: Cuts crops as the classifier wants them.
        config: The judge's limits.
    """

    def __init__(
        self,
        camera: str,
        pose: PoseEstimator,
        classifier: Classifier | None,
        cut: Cutter,
        config: JudgeConfig,
    ) -> None:
        self._pose = pose
        self._classifier = classifier
        self._cut = cut
        self._tracker = Tracker()
        self._judge = Judge(camera, config)
        self._config = config
        self._zones = config.zones
        self._classified_s: dict[int, float] = {}
        self._settled: frozenset[int] = frozenset()

    def step(self, frame: Frame) -> Analysis:
        """Judge the next frame. Time stamps must increase from call to call."""
        detections = [
            found
            for found in detect(frame, self._pose.estimate(frame))
            if not self._ignored(found, frame)
        ]
        tracks = self._tracker.update(frame.timestamp_s, detections, keep=self._judge.fallen_ids)
        p_falls = self._classify(frame, tracks)
        people, events = self._judge.update(
            frame.timestamp_s, (frame.width_px, frame.height_px), tracks, p_falls
        )
        self._settled = frozenset(each.track_id for each in people if each.posture in _SETTLED)
        return Analysis(frame=frame, people=people, events=events)

    def take_over(self, earlier: FrameAnalyzer) -> None:
        """Know the people whom an earlier analyzer of the same camera knew, and what they did.

        Nothing is taken from one that looks for them with other limits.
        """
        if isinstance(earlier, Analyzer) and earlier._config == self._config:
            self._tracker, self._judge = earlier._tracker, earlier._judge
            self._pose.take_over(earlier._pose)

    def follow(self, config: JudgeConfig) -> None:
        """Judge with other limits from the next frame on; nobody is forgotten."""
        self._config, self._zones = config, config.zones
        self._judge.follow(config)

    def close(self) -> None:
        """Free the pose model. Safe to call twice."""
        self._pose.close()

    def _ignored(self, found: Detection, frame: Frame) -> bool:
        """Whether somebody is where nobody can be: in a mirror, a television, the street."""
        x, y = found.box.center_px
        return in_zone(self._zones, ZoneKind.IGNORE, x / frame.width_px, y / frame.height_px)

    def _classify(self, frame: Frame, tracks: list[Track]) -> dict[int, float]:
        if self._classifier is None:
            return {}
        now = frame.timestamp_s
        self._classified_s = _times_of(tracks, self._classified_s)
        due = [track for track in tracks if track.visible and self._is_due(now, track.track_id)]
        crops = [self._cut(frame.image_bgr, track.detection.box) for track in due]
        self._classified_s.update({track.track_id: now for track in due})
        predictions = self._classifier.classify(crops)
        return {t.track_id: p.p_fall for t, p in zip(due, predictions, strict=True)}

    def _is_due(self, now: float, track_id: int) -> bool:
        """Whether the classifier shall look at somebody in view again."""
        wait_s = CLASSIFY_SETTLED_EVERY_S if track_id in self._settled else CLASSIFY_EVERY_S
        return now - self._classified_s[track_id] >= wait_s - 1e-6


def _times_of(tracks: list[Track], times_s: Mapping[int, float]) -> dict[int, float]:
    """When something was last done for each of these people; what is gone is forgotten."""
    return {track.track_id: times_s.get(track.track_id, _NEVER) for track in tracks}
