"""Cost of each stage of the chain, measured by timers around the parts of a real analyzer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from fallwatch.bench.measure.footage import Footage
from fallwatch.bench.measure.usage import Meter
from fallwatch.core.analyzer import Analyzer
from fallwatch.core.image_checks.motion_gate import MotionGate
from fallwatch.core.protocols import PoseEstimator
from fallwatch.core.types import Analysis, Frame, PersonCrop, Pose, Prediction
from fallwatch.pose.blazepose import BlazePose
from fallwatch.recording.jpeg import to_jpeg
from fallwatch.runtime.analyzers import build_models, judge_config
from fallwatch.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    Attributes:
        name: Its name.
        cpu_ms: Processor milliseconds each time.
        per_s: Times a second one camera needs it, with somebody in view.
    """

    name: str
    cpu_ms: float
    per_s: float

    @property
    def core_percent(self) -> float:
        """Share of one core that one camera takes, in percent."""
        return self.cpu_ms * self.per_s / 10.0


class CpuTimer:
    """Adds up the processor time of calls."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self.calls = 0

    def timed(self, call: Callable[P, R]) -> Callable[P, R]:
        """Wrap a call so that it is timed."""

        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            meter = Meter()
            try:
                return call(*args, **kwargs)
            finally:
                self.cpu_s += meter.read().cpu_s
                self.calls += 1

        return run

    def stage(self, name: str, clip_s: float) -> Stage:
        """The stage that was timed over ``clip_s`` seconds of a clip."""
        return Stage(name, 1000.0 * self.cpu_s / max(self.calls, 1), self.calls / clip_s)


def measure_stages(
    footage: Footage, settings: Settings, weights_dir: Path, frames: int | None = None
) -> list[Stage]:
    """Time the stages on a clip, or on its first ``frames``."""
    decode, gate, step, record = CpuTimer(), CpuTimer(), CpuTimer(), CpuTimer()
    pose_model, classifier, cut = build_models(settings, weights_dir)
    pose = _TimedPose(pose_model)
    crop, classify = CpuTimer(), CpuTimer()
    timed_classifier = _TimedClassifier(classifier.variant, classify.timed(classifier.classify))
    analyzer = Analyzer("clip", pose, timed_classifier, crop.timed(cut), judge_config(settings))
    motion = MotionGate()
    image, moved = decode.timed(footage.image), gate.timed(motion.moved)
    judge, snapshot = step.timed(analyzer.step), record.timed(to_jpeg)
    count = min(frames or len(footage.jpegs), len(footage.jpegs))
    try:
        _warm_up(pose_model, footage)
        for n in range(count):
            frame = Frame("clip", n, n / footage.fps, image(n))
            moved(frame.image_bgr)
            motion.keep()
            analysis: Analysis = judge(frame)
            snapshot(analysis.frame.image_bgr)
    finally:
        analyzer.close()
    inside_s = sum(watch.cpu_s for watch in (pose.timer, crop, classify))
    rest = CpuTimer()
    rest.cpu_s, rest.calls = max(0.0, step.cpu_s - inside_s), step.calls
    named = {
        "decode": decode,
        "look for motion": gate,
        "pose": pose.timer,
        "crop": crop,
        "classify": classify,
        "track and judge": rest,
        "record": record,
    }
    return [watch.stage(name, count / footage.fps) for name, watch in named.items()]


def _warm_up(pose: BlazePose, footage: Footage) -> None:
    """Do what happens only once; for the crop's network its loading did that."""
    pose.estimate(Frame("clip", 0, 0.0, footage.image(0)))
    pose.reset()


class _TimedPose:
    """The pose model, timed."""

    def __init__(self, pose: BlazePose) -> None:
        self.timer = CpuTimer()
        self._pose = pose
        self._estimate = self.timer.timed(pose.estimate)

    def estimate(self, frame: Frame) -> list[Pose]:
        return self._estimate(frame)

    def take_over(self, earlier: PoseEstimator) -> None:
        self._pose.take_over(earlier)

    def reset(self) -> None:
        self._pose.reset()

    def close(self) -> None:
        self._pose.close()


class _TimedClassifier:
    """The classifier, timed; nobody asks it about nobody."""

    def __init__(
        self, variant: str, timed: Callable[[Sequence[PersonCrop]], list[Prediction]]
    ) -> None:
        self.variant = variant
        self._timed = timed

    def classify(self, crops: Sequence[PersonCrop]) -> list[Prediction]:
        return self._timed(crops) if crops else []
