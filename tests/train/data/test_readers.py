"""The layouts are read with the right class for each box, and bad labels are named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from fallwatch.classifiers.preprocessing import cut_crop
from fallwatch.core.types import Box, Floats, Frame, Pose
from fallwatch.evaluation.clips.le2i import FallFrames
from tests.train.synthetic import SPEC, body, scene, write_yolo_set
from train.classes import FALL, NOT_FALL
from train.data.clip_reader import label_of_frame, read_clip_folder
from train.data.crop_folder_reader import read_crop_folder
from train.data.yolo_reader import read_yolo_set
from train.errors import TrainError


def _one_picture(folder: Path, lines: str, classes: str | None = None) -> Path:
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    cv2.imwrite(str(folder / "images" / "ward3__001.png"), scene(1))
    (folder / "labels" / "ward3__001.txt").write_text(lines)
    if classes:
        (folder / "classes.txt").write_text(classes)
    return folder


def test_the_studys_set_is_read_with_its_parts_and_class_order(tmp_path: Path) -> None:
    pictures = list(read_yolo_set(write_yolo_set(tmp_path / "study", count=4), SPEC))
    assert [picture.part for picture in pictures] == ["train"] * 4 + ["val"] * 4
    assert [int(picture.labels[0]) for picture in pictures[:4]] == [FALL, NOT_FALL] * 2
    assert pictures[0].name == "study/train/picture000.png"


@pytest.mark.parametrize(("index", "label"), [(0, FALL), (1, NOT_FALL), (2, NOT_FALL)])
def test_without_names_walking_and_sitting_are_not_fall(
    tmp_path: Path, index: int, label: int
) -> None:
    folder = _one_picture(tmp_path / "set", f"{index} 0.5 0.5 0.4 0.4\n")
    assert next(read_yolo_set(folder, SPEC)).labels.tolist() == [label]


def test_named_classes_decide_and_things_and_unclear_ones_are_left_out(tmp_path: Path) -> None:
    lines = "0 0.2 0.5 0.2 0.4\n1 0.5 0.5 0.2 0.4\n2 0.8 0.5 0.2 0.4\n"
    folder = _one_picture(tmp_path / "ward", lines, "bed\nfall\nstand\n")
    picture = next(read_yolo_set(folder, SPEC))
    assert picture.labels.tolist() == [FALL, NOT_FALL]
    assert picture.source == "ward/ward3"


def test_a_person_marked_twice_counts_once_and_one_of_both_classes_not_at_all(
    tmp_path: Path,
) -> None:
    twice = _one_picture(
        tmp_path / "a", "1 0.5 0.5 0.4 0.4\n2 0.5 0.5 0.41 0.4\n", "fall\nstand\nperson\n"
    )
    assert next(read_yolo_set(twice, SPEC)).labels.tolist() == [NOT_FALL]
    both = _one_picture(tmp_path / "b", "0 0.5 0.5 0.4 0.4\n1 0.5 0.5 0.4 0.4\n", "fall\nstand\n")
    assert list(read_yolo_set(both, SPEC)) == []


def test_the_crop_is_the_apps_own(tmp_path: Path) -> None:
    folder = _one_picture(tmp_path / "set", "0 0.5 0.5 0.5 0.4\n")
    expected = cut_crop(scene(1), Box(30, 27, 90, 63), SPEC).image_bgr
    np.testing.assert_array_equal(next(read_yolo_set(folder, SPEC)).crops[0], expected)


@pytest.mark.parametrize("line", ["0 0.5 0.5 0.4", "7 0.5 0.5 0.4 0.4", "fall 0.5 0.5 0.4 0.4"])
def test_a_bad_label_line_is_named_with_file_and_number(tmp_path: Path, line: str) -> None:
    folder = _one_picture(tmp_path / "set", f"0 0.5 0.5 0.4 0.4\n{line}\n")
    with pytest.raises(TrainError, match=r"ward3__001\.txt, line 2 is not"):
        list(read_yolo_set(folder, SPEC))


def test_a_class_of_unknown_meaning_is_refused_and_not_guessed(tmp_path: Path) -> None:
    folder = _one_picture(tmp_path / "set", "0 0.5 0.5 0.4 0.4\n", "fall\njumping\n")
    with pytest.raises(TrainError, match="meaning is not known: jumping"):
        list(read_yolo_set(folder, SPEC))


def test_a_damaged_picture_is_named(tmp_path: Path) -> None:
    folder = _one_picture(tmp_path / "set", "0 0.5 0.5 0.4 0.4\n")
    (folder / "images" / "ward3__001.png").write_bytes(b"no picture")
    with pytest.raises(TrainError, match=r"ward3__001\.png cannot be read as a picture"):
        list(read_yolo_set(folder, SPEC))


def test_folders_of_crops_give_their_class_and_recording(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, label in (("fall", FALL), ("not_fall", NOT_FALL)):
        (tmp_path / "mine" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "mine" / name / "kitchen__7.png"), body(label, rng))
    pictures = list(read_crop_folder(tmp_path / "mine", SPEC))
    assert [picture.labels.tolist() for picture in pictures] == [[FALL], [NOT_FALL]]
    assert {picture.source for picture in pictures} == {"mine/kitchen"}
    # Taken as cut: no margin is added around what is already a crop.
    again = cv2.imread(str(tmp_path / "mine" / "fall" / "kitchen__7.png"))
    np.testing.assert_array_equal(pictures[0].crops[0], again)


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
    pictures = list(read_clip_folder(tmp_path / "le2i", SPEC, pose))
    # Every 12th frame: 12 stands (fall from 26, half a second unclear before it), 24 unclear.
    by_clip = {source: [int(p.labels[0]) for p in pictures if p.source == source] for source in
               sorted({p.source for p in pictures})}  # fmt: skip
    assert by_clip == {
        "le2i/Home_01/Videos/video (1).avi": [NOT_FALL, FALL, FALL],
        "le2i/Home_01/Videos/video (2).avi": [NOT_FALL] * 4,
    }
    assert pose.resets == 2


def test_a_bad_annotation_is_named(tmp_path: Path) -> None:
    _write_clip(tmp_path / "le2i" / "Home_01", "video (1)", "soon\nlater\n", frames=2)
    with pytest.raises(TrainError, match=r"video \(1\)\.txt"):
        list(read_clip_folder(tmp_path / "le2i", SPEC, _PoseAtTheMiddle()))
