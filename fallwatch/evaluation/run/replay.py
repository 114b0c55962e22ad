"""Replay of a clip's predictions through the real analyzer, with the same events as from images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fallwatch.core.analyzer import Analyzer, Cutter
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.protocols import Classifier, PoseEstimator
from fallwatch.core.types import Analysis, Box, Frame, PersonCrop, Pose, Prediction
from fallwatch.evaluation.run.clip_predictions import ClipPredictions, FramePredictions


class MissingPredictionError(Exception):
    """The judge asks the classifier something that the predictions do not hold."""


@dataclass(frozen=True, slots=True)
class Models:
    """The models that see images.

    Attributes:
        pose: Finds people.
        classifier: Classifies crops.
        cut: Cuts crops as the classifier wants them.
    """

    pose: PoseEstimator
    classifier: Classifier
    cut: Cutter

    def p_fall(self, frame: Frame, box: Box) -> float:
        """The classifier's probability of *fallen* for a person's box."""
        return self.classifier.classify([self.cut(frame.image_bgr, box)])[0].p_fall


#: Asks the classifier about a box in a frame.
AskClassifier = Callable[[Frame, Box], float]


def replay(
    predictions: ClipPredictions, config: JudgeConfig, name: str = "clip"
) -> Iterator[Analysis]:
    """Judge a clip by its predictions alone. The frames of the analyses hold no images.

    Raises:
        MissingPredictionError: The judge asks what the classifier was not asked before.
    """
    return judge_frames(predictions, config, map(_blank_frame(name), predictions.frames), None)


def judge_frames(
    predictions: ClipPredictions,
    config: JudgeConfig,
    frames: Iterable[Frame],
    ask: AskClassifier | None,
) -> Iterator[Analysis]:
    """Judge frames by their predictions instead of the models.

    Args:
        predictions: Of every one of the frames; new answers of the classifier are added to them.
        config: The judge's limits.
        frames: In order.
        ask: Asks the classifier what is missing; it needs frames with images. None: nobody does.
    """
    models = _RecordedModels(predictions, ask)
    analyzer = Analyzer("clip", models, models, models.cut, config)
    return (analyzer.step(frame) for frame in frames)


def _blank_frame(name: str) -> Callable[[FramePredictions], Frame]:
    def frame(predictions: FramePredictions) -> Frame:
        width, height = predictions.size_px
        # An image of the right size that takes up three bytes.
        blank = np.broadcast_to(np.zeros(3, dtype=np.uint8), (height, width, 3))
        return Frame(name, predictions.index, predictions.timestamp_s, blank)

    return frame


class _RecordedModels:
    """Pose model and classifier in one, both giving recorded predictions.

    A crop carries its box and not its image: the answer is found by frame and box.
    """

    variant = "recorded"

    def __init__(self, predictions: ClipPredictions, ask: AskClassifier | None) -> None:
        self._frames = {frame.index: frame for frame in predictions.frames}
        self._ask = ask
        self._now: Frame | None = None

    def estimate(self, frame: Frame) -> list[Pose]:
        self._now = frame
        return list(self._frames[frame.index].poses)

    def cut(self, image_bgr: object, box: Box) -> PersonCrop:
        return PersonCrop(np.zeros((1, 1, 3), dtype=np.uint8), box)

    def classify(self, crops: Sequence[PersonCrop]) -> list[Prediction]:
        return [Prediction(self._p_fall(crop.box_px)) for crop in crops]

    def _p_fall(self, box: Box) -> float:
        frame = self._now
        assert frame is not None, "nobody is classified before the first frame"
        p_falls = self._frames[frame.index].p_falls
        if box not in p_falls:
            if self._ask is None:
                raise MissingPredictionError(f"{frame.camera} at {frame.timestamp_s:.3f} s: {box}")
            p_falls[box] = self._ask(frame, box)
        return p_falls[box]

    def take_over(self, earlier: PoseEstimator) -> None:
        pass

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass
