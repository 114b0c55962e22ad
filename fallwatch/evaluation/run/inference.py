"""Inference over a clip: the slow stage, done once, and the judge on its predictions."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import replace

from fallwatch.core.analyzer import Analyzer
from fallwatch.core.image_checks.rate import AdjustableRateGate, RateGate
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.message import Message
from fallwatch.core.protocols import FrameSource, PoseEstimator, SourceError
from fallwatch.core.types import Analysis, Frame
from fallwatch.evaluation.run.clip_predictions import ClipPredictions, FramePredictions
from fallwatch.evaluation.run.corruptions import Corruption
from fallwatch.evaluation.run.replay import MissingPredictionError, Models, judge_frames, replay
from fallwatch.pipeline.cpu_scheduler import CpuScheduler
from fallwatch.pipeline.frame_selector import Choice, FrameSelector
from fallwatch.sources.clip.sampled_frames import sampled_frames

#: Rate assumed where a file does not say it, to give its last frame a length.
_USUAL_FPS = 25.0

#: So many that one camera never has to wait.
_IDLE_PROCESSORS = 64


class CancelledError(Exception):
    """The run was stopped from outside."""


class ClipFrames:
    """The frames of one clip under one corruption; they can be read as often as needed.

    Args:
        source: The clip; opened again for each pass.
        max_fps: Frames analysed per second, at most.
        corruption: Applied to each frame that is analysed.
        cancelled: Asked after each frame that is read.
    """

    def __init__(
        self,
        source: FrameSource,
        max_fps: float,
        corruption: Corruption,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        self._source = source
        self._max_fps = min(max_fps, corruption.max_fps or max_fps)
        self._corruption = corruption
        self._cancelled = cancelled
        self.fps = 0.0
        self.duration_s = 0.0

    def read(self) -> Generator[Frame, None, None]:
        """The frames to analyse, from the beginning.

        ``fps`` and ``duration_s`` are known once it has come to the end.

        Raises:
            SourceError: The clip cannot be read to its end.
            CancelledError: ``cancelled`` said so.
        """
        skip_frames = self._corruption.skip_frames
        frames = sampled_frames(self._source, self._max_fps, self._on_read, skip_frames)
        with closing(frames):
            for frame in frames:
                yield replace(frame, image_bgr=self._corruption.apply(frame.image_bgr))

    def _on_read(self, frame: Frame) -> None:
        if self._cancelled():
            raise CancelledError
        self.fps = self.fps or self._source.fps or _USUAL_FPS
        # Frames that are not analysed belong to the clip's length too.
        self.duration_s = frame.timestamp_s + 1.0 / self.fps


def predict_poses(clip: ClipFrames, pose: PoseEstimator) -> ClipPredictions:
    """Run the pose model over a whole clip.

    Raises:
        SourceError: The clip cannot be read to its end.
    """
    pose.reset()
    predictions = ClipPredictions()
    for frame in clip.read():
        size_px = (frame.width_px, frame.height_px)
        poses = tuple(pose.estimate(frame))
        predictions.frames.append(FramePredictions(frame.index, frame.timestamp_s, size_px, poses))
    predictions.fps, predictions.duration_s = clip.fps, clip.duration_s
    if not predictions.frames:
        raise SourceError(Message("The clip holds no frame."))
    return predictions


def judge_clip(
    predictions: ClipPredictions,
    config: JudgeConfig,
    clip: ClipFrames,
    models: Callable[[], Models],
) -> list[Analysis]:
    """Judge a clip by its predictions; where an answer is missing, read the clip once more.

    Args:
        predictions: Of the clip; answers of the classifier that were missing are added.
        config: The judge's limits.
        clip: The same clip.
        models: Loads the models.

    Returns:
        The analyses, whose frames hold no usable image.
    """
    with suppress(MissingPredictionError):
        return list(replay(predictions, config))
    with closing(clip.read()) as frames:
        analyses = judge_frames(
            predictions, config, frames, lambda frame, box: models().p_fall(frame, box)
        )
        return [_without_image(analysis) for analysis in analyses]


def judge_live(
    clip: ClipFrames, config: JudgeConfig, models: Models, max_fps: float
) -> tuple[list[Analysis], float]:
    """Judge a clip as if it came from a camera, on a computer that has nothing else to do.

    Which frames are judged depends on what the ones before showed, and so do the poses: nothing
    is taken from the cache.

    Args:
        clip: The clip, with every frame that it holds.
        config: The judge's limits.
        models: The models.
        max_fps: Frames analysed per second, at most.

    Returns:
        The analyses of the frames that were chosen, which hold no usable image; and the share of
        frames spared, 0 to 1, of those that ``max_fps`` lets through.
    """
    models.pose.reset()
    analyzer = Analyzer("clip", models.pose, models.classifier, models.cut, config)
    wanted = [max_fps]
    gate = AdjustableRateGate(lambda: wanted[-1])
    selector = FrameSelector(CpuScheduler(_IDLE_PROCESSORS), max_fps, wanted.append)
    every, most = RateGate(max_fps), 0
    analyses = []
    with closing(clip.read()) as frames:
        for frame in frames:
            most += every.due(frame.timestamp_s)
            if gate.due(frame.timestamp_s) and selector.choose(frame) is Choice.JUDGE:
                analysis = analyzer.step(frame)
                selector.saw(analysis)
                analyses.append(_without_image(analysis))
    return analyses, max(0.0, 1.0 - len(analyses) / max(1, most))


def _without_image(analysis: Analysis) -> Analysis:
    """A clip's images together would not fit into memory."""
    frame = analysis.frame
    return replace(analysis, frame=replace(frame, image_bgr=frame.image_bgr[:1, :1].copy()))
