"""Inference over a clip: the slow stage, done once, and the judge on its predictions."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace

from fallwatch.core.image_checks.motion_gate import StaticScene
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.message import Message
from fallwatch.core.protocols import FrameSource, PoseEstimator, SourceError
from fallwatch.core.types import Analysis, Frame
from fallwatch.evaluation.run.clip_predictions import ClipPredictions, FramePredictions
from fallwatch.evaluation.run.corruptions import Corruption
from fallwatch.evaluation.run.replay import MissingPredictionError, Models, judge_frames, replay
from fallwatch.sources.clip.sampled_frames import sampled_frames

#: Rate assumed where a file does not say it, to give its last frame a length.
_USUAL_FPS = 25.0


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
        with closing(sampled_frames(self._source, self._max_fps, self._on_read)) as frames:
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
        raise SourceError(Message("The clip holds no picture."))
    return predictions


def judge_clip(
    predictions: ClipPredictions,
    config: JudgeConfig,
    clip: ClipFrames,
    models: Callable[[], Models],
    *,
    live: bool = False,
) -> list[Analysis]:
    """Judge a clip by its predictions; where an answer is missing, read the clip once more.

    Args:
        predictions: Of the clip; answers of the classifier that were missing are added.
        config: The judge's limits.
        clip: The same clip.
        models: Loads the models.
        live: Skip the frames of an empty, still room, as with a camera; it takes the images to
            see that nothing moves.

    Returns:
        The analyses, whose frames hold no usable image.
    """
    if not live:
        try:
            return list(replay(predictions, config))
        except MissingPredictionError:
            pass
    scene = StaticScene()
    analyses = []
    with closing(clip.read()) as every_frame:
        frames = (frame for frame in every_frame if not (live and scene.spares(frame)))
        for analysis in judge_frames(
            predictions, config, frames, lambda frame, box: models().p_fall(frame, box)
        ):
            scene.saw(analysis)
            analyses.append(replace(analysis, frame=_without_image(analysis.frame)))
    return analyses


def _without_image(frame: Frame) -> Frame:
    """A clip's images together would not fit into memory."""
    return replace(frame, image_bgr=frame.image_bgr[:1, :1].copy())
