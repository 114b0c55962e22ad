"""Replay of a clip's predictions through the real analyzer, with the same events as from images."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fallwatch.core.analyzer import Analyzer, Cutter
from fallwatch.core.geometry import person_box
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.protocols import Classifier, PoseEstimator
from fallwatch.core.types import Analysis, Box, Frame, PersonCrop, Pose, Prediction
from fallwatch.evaluation.run.clip_predictions import (
    ClipPredictions,
    FramePredictions,
    PersonPrediction,
)


class MissingPredictionError(Exception):
    """The judge asks for a second look that the predictions do not hold."""


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

    def predict(self, frame: Frame, poses: Sequence[Pose]) -> tuple[PersonPrediction, ...]:
        """Classify every person in a frame, whether the judge will ask for it or not."""
        boxes = [person_box(pose, frame.width_px, frame.height_px) for pose in poses]
        crops = [self.cut(frame.image_bgr, box) for box in boxes if box is not None]
        predictions = iter(self.classifier.classify(crops))
        return tuple(
            PersonPrediction(pose, None if box is None else next(predictions).p_fall)
            for pose, box in zip(poses, boxes, strict=True)
        )


#: Takes a second look at a region of a frame; None where nobody is found.
SecondLook = Callable[[Frame, Box], PersonPrediction | None]


def replay(
    predictions: ClipPredictions, config: JudgeConfig, name: str = "clip"
) -> Iterator[Analysis]:
    """Judge a clip by its predictions alone. The frames of the analyses hold no images.

    Raises:
        MissingPredictionError: The judge asks for a second look that nobody has taken.
    """
    return judge_frames(predictions, config, map(_blank_frame(name), predictions.frames), None)


def judge_frames(
    predictions: ClipPredictions,
    config: JudgeConfig,
    frames: Iterable[Frame],
    second_look: SecondLook | None,
) -> Iterator[Analysis]:
    """Judge frames by their predictions instead of the models.

    Args:
        predictions: Of every one of the frames; new second looks are added to them.
        config: The judge's limits.
        frames: In order.
        second_look: Takes the second looks that are missing; it needs frames with images. None:
            nobody does.
    """
    models = _RecordedModels(predictions, second_look)
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

    A crop carries its box and not its image: every person was classified when the clip went
    through the models, so the probability is found by frame and box.
    """

    variant = "recorded"

    def __init__(self, predictions: ClipPredictions, second_look: SecondLook | None) -> None:
        self._frames = {frame.index: frame for frame in predictions.frames}
        self._second_look = second_look
        self._p_falls: dict[Box, float] = {}

    def estimate(self, frame: Frame) -> list[Pose]:
        people = self._frames[frame.index].people
        self._p_falls = {}
        self._note_p_falls(frame, people)
        return [person.pose for person in people]

    def look_again(self, frame: Frame, region: Box) -> Pose | None:
        second_looks = self._frames[frame.index].second_looks
        if region not in second_looks:
            if self._second_look is None:
                raise MissingPredictionError(
                    f"{frame.camera} at {frame.timestamp_s:.3f} s: {region}"
                )
            second_looks[region] = self._second_look(frame, region)
        person = second_looks[region]
        if person is None:
            return None
        self._note_p_falls(frame, [person])
        return person.pose

    def _note_p_falls(self, frame: Frame, people: Iterable[PersonPrediction]) -> None:
        for person in people:
            box = person_box(person.pose, frame.width_px, frame.height_px)
            if box is not None and person.p_fall is not None:
                self._p_falls[box] = person.p_fall

    def cut(self, image_bgr: object, box: Box) -> PersonCrop:
        return PersonCrop(np.zeros((1, 1, 3), dtype=np.uint8), box)

    def classify(self, crops: Sequence[PersonCrop]) -> list[Prediction]:
        return [Prediction(self._p_falls[crop.box_px]) for crop in crops]

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass
