"""Clips give frames of both classes, and a bad annotation is named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from fallwatch.core.protocols import PoseEstimator
from fallwatch.core.types import Floats, Frame, Pose
from fallwatch.evaluation.clips.le2i import FallFrames
from tests.train.synthetic import SPEC, scene
from train.classes import FALL, NOT_FALL
from train.data.clip_reader import label_of_frame, read_clip_folder
from train.errors import TrainError


def test_frames_before_the_fall_after_it_and_in_between() -> None:
    fall = FallFrames(first=51, last=76)
    labels = {number: label_of_frame(number, fall, fps=25.0) for number in (1, 38, 39, 60, 76, 90)}
    assert labels == {1: NOT_FALL, 38: NOT_FALL, 39: None, 60: None, 76: FALL, 90: FALL}
    assert label_of_frame(90, None, fps=25.0) == NOT_FALL


class _PoseAtTheMiddle:
    """Finds one body in the middle third of every frame."""

    def __init__(self) -> None:
        self.resets = 0

    def estimate(self, frame: Frame) -> list[Pose]:
        points: Floats = np.full((33, 2), 0.5, dtype=np.float32)
        points[0], points[1] = (0.35, 0.3), (0.65, 0.7)
        return [Pose(points, np.ones(33, dtype=np.float32))]

    def take_over(self, earlier: PoseEstimator) -> None:
        pass

    def reset(self) -> None:
        self.resets += 1

    def close(self) -> None:
        pass


def _write_clip(room: Path, name: str, notes: str | None, frames: int = 50) -> None:
    for folder in ("Videos", "Annotation_files"):
        (room / folder).mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(
        str(room / "Videos" / f"{name}.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 25.0, (120, 90)
    )
    for i in range(frames):
        writer.write(scene(i))
    writer.release()
    if notes is not None:
        (room / "Annotation_files" / f"{name}.txt").write_text(notes)


def test_clips_give_frames_of_both_classes_cut_by_pose(tmp_path: Path) -> None:
    room = tmp_path / "le2i" / "Home_01"
    _write_clip(room, "video (1)", "26\n36\n1,1,0,0,0,0\n")
    _write_clip(room, "video (2)", "0\n0\n")
    _write_clip(room, "video (3)", None)
    pose = _PoseAtTheMiddle()
    images = list(read_clip_folder(tmp_path / "le2i", SPEC, pose=pose))
    # Every 12th frame: 12 stands (fall from 26, half a second unclear before it), 24 unclear.
    by_clip = {source: [int(p.labels[0]) for p in images if p.source == source] for source in
               sorted({p.source for p in images})}  # fmt: skip
    assert by_clip == {
        "le2i/Home_01/Videos/video (1).avi": [NOT_FALL, FALL, FALL],
        "le2i/Home_01/Videos/video (2).avi": [NOT_FALL] * 4,
    }
    assert pose.resets == 2


def test_a_bad_annotation_is_named(tmp_path: Path) -> None:
    _write_clip(tmp_path / "le2i" / "Home_01", "video (1)", "soon\nlater\n", frames=2)
    with pytest.raises(TrainError, match=r"video \(1\)\.txt"):
        list(read_clip_folder(tmp_path / "le2i", SPEC, pose=_PoseAtTheMiddle()))
