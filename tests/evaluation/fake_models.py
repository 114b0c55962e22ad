"""Models that see a scripted scene; other processes can load them by name."""

from __future__ import annotations

import os
import time
from functools import partial
from pathlib import Path

from fallwatch.classifiers.preprocessing import InputSpec, cut_crop
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.types import Frame, Pose
from fallwatch.evaluation.run.replay import Models
from fallwatch.evaluation.run.worker import InferencePlan
from tests.core.synthetic import FixedClassifier, ScenePose, falling_at

FALL_S = 2.0


def seen_until_the_floor(t: float) -> list[Pose]:
    """Somebody who falls at `FALL_S` and is lost half way down, as pose models lose people."""
    return [] if FALL_S + 0.6 < t < FALL_S + 3.0 else list(falling_at(FALL_S)(t))


def models() -> Models:
    """A person who falls and is lost from view for a while."""
    pose = ScenePose(seen_until_the_floor)
    return Models(pose, FixedClassifier(0.7), partial(cut_crop, spec=InputSpec(side_px=32)))


def seen_throughout() -> Models:
    """A person who falls and is never lost from view."""
    return Models(ScenePose(falling_at(FALL_S)), models().classifier, models().cut)


#: When somebody comes in who falls at once.
LATE_S = 6.0


def late_models() -> Models:
    """The room is empty at first."""

    def scene(t: float) -> list[Pose]:
        return [] if t < LATE_S else list(falling_at(FALL_S)(t - LATE_S))

    return Models(ScenePose(scene), models().classifier, models().cut)


class _Fatal(ScenePose):
    """Brings the process down, as a fault in native code would, at narrow clips."""

    def estimate(self, frame: Frame) -> list[Pose]:
        if frame.width_px < 160:
            os._exit(3)
        return super().estimate(frame)


class _Faulty(ScenePose):
    """Has a fault that nobody foresaw, at narrow clips."""

    def estimate(self, frame: Frame) -> list[Pose]:
        if frame.width_px < 160:
            raise RuntimeError("unforeseen")
        return super().estimate(frame)


def fatal_models() -> Models:
    """See `_Fatal`."""
    return Models(_Fatal(falling_at(FALL_S)), models().classifier, models().cut)


def faulty_models() -> Models:
    """See `_Faulty`."""
    return Models(_Faulty(falling_at(FALL_S)), models().classifier, models().cut)


class _Endless(ScenePose):
    """Leaves a file named like its process, and is never done."""

    def estimate(self, frame: Frame) -> list[Pose]:
        Path(os.environ["FALLWATCH_TEST_PIDS"], str(os.getpid())).touch()
        time.sleep(60)
        return []


def endless_models() -> Models:
    """See `_Endless`."""
    return Models(_Endless(falling_at(FALL_S)), models().classifier, models().cut)


def no_models() -> Models:
    """For runs that must not need the models."""
    raise AssertionError("the models were loaded, though every prediction was cached")


def plan(cache_dir: Path, load: object = models, **changes: object) -> InferencePlan:
    """A run at 15 frames a second."""
    cache_dir.mkdir(exist_ok=True)
    values = {
        "load_models": load,
        "cache_dir": cache_dir,
        "pose_identity": "pose",
        "classifier_identity": "classifier",
        "max_fps": 15.0,
        "config": JudgeConfig(),
        **changes,
    }
    return InferencePlan(**values)  # type: ignore[arg-type]
