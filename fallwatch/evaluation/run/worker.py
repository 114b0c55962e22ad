"""Worker of an evaluation: one clip after the other, from file to result."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Analysis
from fallwatch.evaluation.clips.clips import Clip
from fallwatch.evaluation.clips.names import shown
from fallwatch.evaluation.run.cache import file_sha256, predictions_path
from fallwatch.evaluation.run.clip_predictions import ClipPredictions
from fallwatch.evaluation.run.corruptions import CLEAN, Corruption, corruption_named
from fallwatch.evaluation.run.inference import ClipFrames, judge_clip, judge_live, predict_poses
from fallwatch.evaluation.run.replay import Models
from fallwatch.evaluation.score.clip_result import (
    ClipResult,
    Event,
    Series,
    suspected_and_passed,
)
from fallwatch.sources.clip.video_file import VideoFileSource


@dataclass(frozen=True, slots=True)
class InferencePlan:
    """Everything that is the same for all clips of a run. It can be sent to other processes.

    Attributes:
        load_models: Loads the models; called once in each process, and only if they are needed.
        cache_dir: Folder of the predictions.
        pose_identity: Weights, settings and code that decide the poses, as text.
        classifier_identity: Weights and code that decide the classifier's answers, as text.
        max_fps: Frames analysed per second, at most.
        config: The judge's limits.
        sweep: Thresholds of the judge to try besides, on the clips as recorded.
        live: Judge only the frames that would be judged of a camera; without the cache, and
            without ``sweep``.
    """

    load_models: Callable[[], Models]
    cache_dir: Path
    pose_identity: str
    classifier_identity: str
    max_fps: float
    config: JudgeConfig
    sweep: tuple[float, ...] = ()
    live: bool = False

    @property
    def identity(self) -> str:
        """Everything that decides the classifier's answers, for they depend on the poses, too."""
        return self.pose_identity + self.classifier_identity


@dataclass(frozen=True, slots=True)
class InferenceJob:
    """One clip under one corruption.

    Attributes:
        clip: The clip.
        corruption: Name of the corruption, see `corruptions.corruption_named`.
    """

    clip: Clip
    corruption: str = CLEAN.name

    def failed(self, error: str) -> ClipResult:
        """The result for a clip that could not be analysed."""
        return replace(_empty_result(self.clip), error=shown(error))


@dataclass(slots=True)
class InferenceWorker:
    """Runs jobs one after the other; loads the models when the first one needs them.

    Attributes:
        plan: The same for all jobs.
        cancelled: Asked after each frame that is read.
    """

    plan: InferencePlan
    cancelled: Callable[[], bool] = lambda: False
    _models: list[Models] = field(default_factory=list)

    def run(self, job: InferenceJob) -> ClipResult:
        """Analyse one clip; for a clip that cannot be read, the result says so.

        Raises:
            CancelledError: The run was stopped.
        """
        corruption = corruption_named(job.corruption)
        try:
            judge = self._judge_live if self.plan.live else self._judge_every_frame
            return judge(job.clip, corruption)
        except SourceError as error:
            return job.failed(str(error))
        except OSError as error:
            return job.failed(f"{error.filename or job.clip.path}: {error.strerror}.")

    def models(self) -> Models:
        """The models, loaded at the first call."""
        if not self._models:
            self._models.append(self.plan.load_models())
        return self._models[0]

    def close(self) -> None:
        """Free the models. Safe to call twice."""
        while self._models:
            self._models.pop().pose.close()

    def _judge_every_frame(self, clip: Clip, corruption: Corruption) -> ClipResult:
        plan = self.plan
        frames = ClipFrames(VideoFileSource(clip.path), plan.max_fps, corruption, self.cancelled)
        content = file_sha256(clip.path)
        name_of = partial(predictions_path, plan.cache_dir, content, corruption.name)
        poses_file = name_of(plan.pose_identity)
        answers_file = name_of(plan.identity)
        predictions = ClipPredictions.load_poses(poses_file)
        if predictions is None:
            predictions = predict_poses(frames, self.models().pose)
            predictions.save_poses(poses_file)
        predictions.load_answers(answers_file)
        known = predictions.answers
        judge = partial(judge_clip, clip=frames, models=self.models)
        analyses = judge(predictions, plan.config)
        # The curve is drawn for the clips as recorded.
        swept = {
            threshold: _events(judge(predictions, replace(plan.config, threshold=threshold)))
            for threshold in (plan.sweep if corruption is CLEAN else ())
        }
        if predictions.answers > known:
            predictions.save_answers(answers_file)
        result = _result(clip, analyses, predictions.fps, predictions.duration_s)
        return replace(result, sweep=swept)

    def _judge_live(self, clip: Clip, corruption: Corruption) -> ClipResult:
        plan = self.plan
        frames = ClipFrames(VideoFileSource(clip.path), math.inf, corruption, self.cancelled)
        analyses, spared = judge_live(frames, plan.config, self.models(), plan.max_fps)
        return replace(_result(clip, analyses, frames.fps, frames.duration_s), spared=spared)


def _result(clip: Clip, analyses: list[Analysis], fps: float, duration_s: float) -> ClipResult:
    return replace(
        _empty_result(clip),
        duration_s=round(duration_s, 3),
        falls_s=tuple(fall.seconds(fps) for fall in clip.falls),
        events=_events(analyses),
        series=Series.of(analyses),
        suspected_passed=suspected_and_passed(analyses),
    )


def _empty_result(clip: Clip) -> ClipResult:
    return ClipResult(clip.key, clip.source, clip.activity, clip.labelled, clip.is_sport)


def _events(analyses: list[Analysis]) -> tuple[Event, ...]:
    return tuple(Event.of(event) for analysis in analyses for event in analysis.events)
