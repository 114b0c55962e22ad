"""Replay of predictions gives the same analyses as the images."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fallwatch.core.analyzer import Analyzer
from fallwatch.core.judge.judge import JudgeConfig
from fallwatch.core.protocols import EndOfStreamError, SourceError
from fallwatch.core.types import Analysis, Frame
from fallwatch.evaluation.run.clip_predictions import ClipPredictions
from fallwatch.evaluation.run.corruptions import CLEAN, CORRUPTIONS
from fallwatch.evaluation.run.inference import CancelledError, ClipFrames, judge_clip, predict_poses
from fallwatch.evaluation.run.replay import MissingPredictionError, Models, replay
from tests.core.synthetic import HEIGHT_PX, WIDTH_PX, FixedClassifier
from tests.evaluation.fake_models import FALL_S, models

FPS, LENGTH_S = 30.0, 6.0


class BlankClip:
    """Six seconds of black at 30 frames a second."""

    name, is_live, fps, duration_s = "blank", False, FPS, LENGTH_S

    def __init__(self, frames: int = int(FPS * LENGTH_S)) -> None:
        self.opened = 0
        self._frames = frames
        self._next = 0

    def open(self) -> None:
        self.opened += 1
        self._next = 0

    def read(self) -> Frame:
        if self._next >= self._frames:
            raise EndOfStreamError("The clip has ended.")
        image = np.zeros((HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
        frame = Frame(self.name, self._next, self._next / FPS, image)
        self._next += 1
        return frame

    def interrupt(self) -> None:
        pass

    def close(self) -> None:
        pass


def reader(clip: BlankClip | None = None) -> ClipFrames:
    return ClipFrames(clip or BlankClip(), 15.0, CLEAN)


def live(config: JudgeConfig) -> list[Analysis]:
    """The clip through the analyzer, from its images."""
    loaded = models()
    analyzer = Analyzer("clip", loaded.pose, loaded.classifier, loaded.cut, config)
    return [analyzer.step(frame) for frame in reader().read()]


def essence(analyses: list[Analysis]) -> list[object]:
    """All that an analysis says, but for the image."""
    return [
        (
            a.frame.index,
            a.frame.timestamp_s,
            [(p.track_id, p.box_px, p.p_fall, p.score, p.posture) for p in a.people],
            a.events,
        )
        for a in analyses
    ]


def loader(loaded: Models) -> Callable[[], Models]:
    return lambda: loaded


@pytest.mark.parametrize("threshold", [0.35, 0.58, 0.8])
def test_predictions_give_exactly_what_the_images_give(threshold: float) -> None:
    config = JudgeConfig(threshold=threshold)
    predictions = predict_poses(reader(), models().pose)
    analyses = judge_clip(predictions, config, reader(), models)
    assert essence(analyses) == essence(live(config))
    assert len(analyses) == 90


def test_the_classifier_is_asked_what_the_judge_asks_and_never_twice() -> None:
    loaded = models()
    predictions = predict_poses(reader(), loaded.pose)
    with pytest.raises(MissingPredictionError):
        list(replay(predictions, JudgeConfig()))
    first = judge_clip(predictions, JudgeConfig(), reader(), loader(loaded))
    assert isinstance(loaded.classifier, FixedClassifier)
    assert loaded.classifier.seen == predictions.answers > 0
    again = judge_clip(predictions, JudgeConfig(), reader(), lambda: pytest.fail("asked again"))
    assert essence(again) == essence(first)


def test_analyses_from_images_do_not_keep_the_images() -> None:
    predictions = predict_poses(reader(), models().pose)
    analyses = judge_clip(predictions, JudgeConfig(), reader(), models)
    assert sum(a.frame.image_bgr.nbytes for a in analyses) < 1000


def test_predictions_can_be_saved_and_loaded(tmp_path: Path) -> None:
    predictions = predict_poses(reader(), models().pose)
    judge_clip(predictions, JudgeConfig(), reader(), models)
    predictions.save_poses(tmp_path / "poses.npz")
    predictions.save_answers(tmp_path / "answers.npz")
    loaded = ClipPredictions.load_poses(tmp_path / "poses.npz")
    assert loaded is not None
    loaded.load_answers(tmp_path / "answers.npz")
    assert loaded.answers == predictions.answers
    assert (loaded.fps, loaded.duration_s) == (FPS, pytest.approx(LENGTH_S))
    assert essence(list(replay(loaded, JudgeConfig()))) == essence(live(JudgeConfig()))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["answers.npz", "poses.npz"]


def test_saved_predictions_know_which_poses_were_out_of_focus(tmp_path: Path) -> None:
    predictions = predict_poses(reader(), models().pose)
    first = predictions.frames[0]
    blurred = tuple(replace(pose, in_focus=False) for pose in first.poses)
    predictions.frames[0] = replace(first, poses=blurred)
    predictions.save_poses(tmp_path / "clip.npz")
    loaded = ClipPredictions.load_poses(tmp_path / "clip.npz")
    assert loaded is not None
    in_focus = [[pose.in_focus for pose in frame.poses] for frame in loaded.frames[:2]]
    assert in_focus == [[False], [True]]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04cut short"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.npz").write_bytes(content)
    assert ClipPredictions.load_poses(tmp_path / "clip.npz") is None
    assert ClipPredictions.load_poses(tmp_path / "absent.npz") is None
    predictions = predict_poses(reader(), models().pose)
    predictions.load_answers(tmp_path / "clip.npz")
    assert predictions.answers == 0


def test_a_file_cut_short_is_as_good_as_none(tmp_path: Path) -> None:
    path = tmp_path / "clip.npz"
    predict_poses(reader(), models().pose).save_poses(path)
    path.write_bytes(path.read_bytes()[:-200])
    assert ClipPredictions.load_poses(path) is None


def test_the_judge_finds_the_fall_by_the_predictions() -> None:
    analyses = judge_clip(predict_poses(reader(), models().pose), JudgeConfig(), reader(), models)
    (event,) = (event for a in analyses for event in a.events)
    assert event.kind.value == "fall"
    assert FALL_S < event.decided_s < FALL_S + 2.0


def test_fewer_frames_are_analysed_where_that_is_the_corruption() -> None:
    fewer = ClipFrames(BlankClip(), 15.0, CORRUPTIONS["fps8"])
    stamps = [frame.timestamp_s for frame in fewer.read()]
    assert len(stamps) == pytest.approx(8 * LENGTH_S, abs=1)
    assert fewer.duration_s == pytest.approx(LENGTH_S)


def test_a_clip_without_frames_cannot_be_analysed() -> None:
    with pytest.raises(SourceError, match="no frame"):
        predict_poses(reader(BlankClip(frames=0)), models().pose)


def test_a_cancelled_run_stops_within_a_frame() -> None:
    answers: Iterator[bool] = iter([False, False, True])
    stopped = ClipFrames(BlankClip(), 15.0, CLEAN, cancelled=lambda: next(answers))
    with pytest.raises(CancelledError):
        predict_poses(stopped, models().pose)
