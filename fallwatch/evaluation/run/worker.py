"""One clip from file to outcome: what each process of a run does again and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Analysis
from fallwatch.evaluation.clips.clips import Clip
from fallwatch.evaluation.run.cache import file_sha256, memory_path
from fallwatch.evaluation.run.clip_predictions import Memory
from fallwatch.evaluation.run.corruptions import PLAIN, STRESSES
from fallwatch.evaluation.run.inference import ClipInference, judge, look_at
from fallwatch.evaluation.run.replay import Models
from fallwatch.evaluation.score.outcome import ClipOutcome, Event, Series
from fallwatch.sources.clip.video_file import VideoFileSource


@dataclass(frozen=True, slots=True)
class InferencePlan:
    """What is the same for all clips of a run. It can be sent to other processes.

    Attributes:
        load_models: Loads the models; called once in each process, and only if they are needed.
        cache_dir: Where memories are kept.
        identity: Weights, settings and code that decide what the models say, as text.
        max_fps: Pictures analysed per second, at most.
        config: The judge's limits.
        sweep: Thresholds of the judge to try besides, on the pictures as they are.
        live: Spare the pictures of empty, still rooms, as of cameras.
    """

    load_models: Callable[[], Models]
    cache_dir: Path
    identity: str
    max_fps: float
    config: JudgeConfig
    sweep: tuple[float, ...] = ()
    live: bool = False


@dataclass(frozen=True, slots=True)
class InferenceJob:
    """One clip under one stress.

    Attributes:
        clip: The clip.
        stress: A key of `stress.STRESSES`, or ``plain``.
    """

    clip: Clip
    stress: str = PLAIN.name

    def failed(self, error: str) -> ClipOutcome:
        """The outcome of a clip that could not be analysed."""
        return replace(_empty_outcome(self.clip), error=error)


@dataclass(slots=True)
class InferenceWorker:
    """Does jobs one after the other; loads the models when the first one needs them.

    Attributes:
        plan: What is the same for all.
        cancelled: Asked before each picture.
    """

    plan: InferencePlan
    cancelled: Callable[[], bool] = lambda: False
    _models: list[Models] = field(default_factory=list)

    def do(self, job: InferenceJob) -> ClipOutcome:
        """Analyse one clip; a clip that cannot be read gives an outcome that says so.

        Raises:
            CancelledError: The run was stopped.
        """
        clip, plan = job.clip, self.plan
        stress = STRESSES.get(job.stress, PLAIN)
        reader = ClipInference(VideoFileSource(clip.path), plan.max_fps, stress, self.cancelled)
        try:
            path = memory_path(plan.cache_dir, file_sha256(clip.path), plan.identity, stress.name)
            memory = Memory.load(path)
            if memory is None:
                memory = look_at(reader, self.models())
                memory.save(path)
            # The curve is drawn for the pictures as they are.
            sweep = plan.sweep if stress is PLAIN else ()
            outcome, has_grown = self._judge(clip, memory, reader, sweep)
            if has_grown:
                memory.save(path)
        except SourceError as error:
            return job.failed(str(error))
        except OSError as error:
            return job.failed(f"{error.filename or clip.path}: {error.strerror}.")
        return outcome

    def models(self) -> Models:
        """The models, loaded at the first call."""
        if not self._models:
            self._models.append(self.plan.load_models())
        return self._models[0]

    def close(self) -> None:
        """Free the models. Safe to call twice."""
        while self._models:
            self._models.pop().pose.close()

    def _judge(
        self, clip: Clip, memory: Memory, reader: ClipInference, sweep: tuple[float, ...]
    ) -> tuple[ClipOutcome, bool]:
        config = self.plan.config
        look = partial(judge, reader=reader, models=self.models, live=self.plan.live)
        analyses, has_grown = look(memory, config)
        swept = {}
        for threshold in sweep:
            tried, grown = look(memory, replace(config, threshold=threshold))
            swept[threshold] = _events(tried)
            has_grown |= grown
        outcome = replace(
            _empty_outcome(clip),
            duration_s=round(memory.duration_s, 3),
            falls_s=tuple(fall.seconds(memory.fps) for fall in clip.falls),
            events=_events(analyses),
            series=Series.of(analyses),
            spared=1.0 - len(analyses) / len(memory.moments),
            sweep=swept,
        )
        return outcome, has_grown


def _empty_outcome(clip: Clip) -> ClipOutcome:
    return ClipOutcome(clip.key, clip.source, clip.activity, clip.labelled, clip.is_sport)


def _events(analyses: list[Analysis]) -> tuple[Event, ...]:
    return tuple(Event.of(event) for analysis in analyses for event in analysis.events)
