"""A clip judged from memory, through the real analyzer, with the same events as from pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from fallwatch.core.analyzer import Analyzer, Cutter
from fallwatch.core.geometry import person_box
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.protocols import Classifier, PoseEstimator
from fallwatch.core.types import Analysis, Box, Frame, PersonCrop, Pose, Prediction
from fallwatch.evaluation.run.clip_predictions import Memory, Moment, Sighting


class NotRememberedError(Exception):
    """The judge wants to see something that nobody has looked at yet."""


@dataclass(frozen=True, slots=True)
class Models:
    """What looks at pictures.

    Attributes:
        pose: Finds bodies.
        classifier: Judges crops.
        cut: Cuts crops as the classifier wants them.
    """

    pose: PoseEstimator
    classifier: Classifier
    cut: Cutter

    def sightings(self, frame: Frame, poses: Sequence[Pose]) -> tuple[Sighting, ...]:
        """What the classifier says of every body, whether the judge will ask for it or not."""
        boxes = [person_box(pose, frame.width_px, frame.height_px) for pose in poses]
        crops = [self.cut(frame.image_bgr, box) for box in boxes if box is not None]
        answers = iter(self.classifier.classify(crops))
        return tuple(
            Sighting(pose, None if box is None else next(answers).p_fall)
            for pose, box in zip(poses, boxes, strict=True)
        )


#: Looks at one picture for a second time: the frame, the region.
SecondLook = Callable[[Frame, Box], Sighting | None]


def replay(memory: Memory, config: JudgeConfig, name: str = "clip") -> Iterator[Analysis]:
    """Judge a clip from memory alone. The frames of the analyses hold no pictures.

    Raises:
        NotRememberedError: The judge asked for a second look that nobody has taken.
    """
    return judge_frames(memory, config, map(_blank_frame(name), memory.moments), None)


def judge_frames(
    memory: Memory, config: JudgeConfig, frames: Iterable[Frame], look: SecondLook | None
) -> Iterator[Analysis]:
    """Judge frames, with what is remembered of them instead of the models.

    Args:
        memory: Knows every one of the frames; takes in the answers of new second looks.
        config: The judge's limits.
        frames: In order.
        look: Answers what is not remembered; it needs frames with pictures. None: nobody does.
    """
    recall = _Recall(memory, look)
    analyzer = Analyzer("clip", recall, recall, recall.cut, config)
    return (analyzer.step(frame) for frame in frames)


def _blank_frame(name: str) -> Callable[[Moment], Frame]:
    def frame(moment: Moment) -> Frame:
        width, height = moment.size_px
        # A picture of the right size that takes up three bytes.
        blank = np.broadcast_to(np.zeros(3, dtype=np.uint8), (height, width, 3))
        return Frame(name, moment.index, moment.timestamp_s, blank)

    return frame


class _Recall:
    """Pose model and classifier in one, both from memory.

    A crop carries its place and not its picture: the classifier was asked about every body when
    the clip was looked at, so its answer is found by frame and box.
    """

    variant = "remembered"

    def __init__(self, memory: Memory, look: SecondLook | None) -> None:
        self._moments = {moment.index: moment for moment in memory.moments}
        self._look = look
        self._p_falls: dict[Box, float] = {}

    def estimate(self, frame: Frame) -> list[Pose]:
        moment = self._moments[frame.index]
        self._p_falls = {}
        self._expect(frame, moment.seen)
        return [sighting.pose for sighting in moment.seen]

    def look_again(self, frame: Frame, region: Box) -> Pose | None:
        looks = self._moments[frame.index].looks
        if region not in looks:
            if self._look is None:
                raise NotRememberedError(f"{frame.camera} at {frame.timestamp_s:.3f} s: {region}")
            looks[region] = self._look(frame, region)
        sighting = looks[region]
        if sighting is None:
            return None
        self._expect(frame, [sighting])
        return sighting.pose

    def _expect(self, frame: Frame, sightings: Iterable[Sighting]) -> None:
        for sighting in sightings:
            box = person_box(sighting.pose, frame.width_px, frame.height_px)
            if box is not None and sighting.p_fall is not None:
                self._p_falls[box] = sighting.p_fall

    def cut(self, image_bgr: object, box: Box) -> PersonCrop:
        return PersonCrop(np.zeros((1, 1, 3), dtype=np.uint8), box)

    def classify(self, crops: Sequence[PersonCrop]) -> list[Prediction]:
        return [Prediction(self._p_falls[crop.box_px]) for crop in crops]

    def reset(self) -> None:
        pass

    def close(self) -> None:
        pass
