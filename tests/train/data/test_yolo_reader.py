"""YOLO sets are read with the right class for each box, and bad labels are named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from fallwatch.classifiers.preprocessing import cut_crop
from fallwatch.core.types import Box
from tests.train.synthetic import SPEC, scene, write_yolo_set
from train.classes import FALL, NOT_FALL
from train.data.yolo_reader import read_yolo_set
from train.errors import TrainError


def _one_image(folder: Path, lines: str, classes: str | None = None) -> Path:
    for name in ("images", "labels"):
        (folder / name).mkdir(parents=True)
    cv2.imwrite(str(folder / "images" / "ward3__001.png"), scene(1))
    (folder / "labels" / "ward3__001.txt").write_text(lines)
    if classes:
        (folder / "classes.txt").write_text(classes)
    return folder


def test_the_studys_set_is_read_with_its_parts_and_class_order(tmp_path: Path) -> None:
    images = list(read_yolo_set(write_yolo_set(tmp_path / "study", count=4), SPEC))
    assert [image.part for image in images] == ["train"] * 4 + ["val"] * 4
    assert [int(image.labels[0]) for image in images[:4]] == [FALL, NOT_FALL] * 2
    assert images[0].name == "study/train/picture000.png"


@pytest.mark.parametrize(("index", "label"), [(0, FALL), (1, NOT_FALL), (2, NOT_FALL)])
def test_without_names_walking_and_sitting_are_not_fall(
    tmp_path: Path, index: int, label: int
) -> None:
    folder = _one_image(tmp_path / "set", f"{index} 0.5 0.5 0.4 0.4\n")
    assert next(read_yolo_set(folder, SPEC)).labels.tolist() == [label]


def test_named_classes_decide_and_things_and_unclear_ones_are_left_out(tmp_path: Path) -> None:
    lines = "0 0.2 0.5 0.2 0.4\n1 0.5 0.5 0.2 0.4\n2 0.8 0.5 0.2 0.4\n"
    folder = _one_image(tmp_path / "ward", lines, "bed\nfall\nstand\n")
    image = next(read_yolo_set(folder, SPEC))
    assert image.labels.tolist() == [FALL, NOT_FALL]
    assert image.source == "ward/ward3"


def test_a_person_marked_twice_counts_once_and_one_of_both_classes_not_at_all(
    tmp_path: Path,
) -> None:
    twice = _one_image(
        tmp_path / "a", "1 0.5 0.5 0.4 0.4\n2 0.5 0.5 0.41 0.4\n", "fall\nstand\nperson\n"
    )
    assert next(read_yolo_set(twice, SPEC)).labels.tolist() == [NOT_FALL]
    both = _one_image(tmp_path / "b", "0 0.5 0.5 0.4 0.4\n1 0.5 0.5 0.4 0.4\n", "fall\nstand\n")
    assert list(read_yolo_set(both, SPEC)) == []


def test_the_crop_is_the_apps_own(tmp_path: Path) -> None:
    folder = _one_image(tmp_path / "set", "0 0.5 0.5 0.5 0.4\n")
    expected = cut_crop(scene(1), Box(30, 27, 90, 63), SPEC).image_bgr
    np.testing.assert_array_equal(next(read_yolo_set(folder, SPEC)).crops[0], expected)


@pytest.mark.parametrize("line", ["0 0.5 0.5 0.4", "7 0.5 0.5 0.4 0.4", "fall 0.5 0.5 0.4 0.4"])
def test_a_bad_label_line_is_named_with_file_and_number(tmp_path: Path, line: str) -> None:
    folder = _one_image(tmp_path / "set", f"0 0.5 0.5 0.4 0.4\n{line}\n")
    with pytest.raises(TrainError, match=r"ward3__001\.txt, line 2 is not"):
        list(read_yolo_set(folder, SPEC))


def test_a_class_of_unknown_meaning_is_refused_and_not_guessed(tmp_path: Path) -> None:
    folder = _one_image(tmp_path / "set", "0 0.5 0.5 0.4 0.4\n", "fall\njumping\n")
    with pytest.raises(TrainError, match="meaning is not known: jumping"):
        list(read_yolo_set(folder, SPEC))


def test_a_damaged_image_is_named(tmp_path: Path) -> None:
    folder = _one_image(tmp_path / "set", "0 0.5 0.5 0.4 0.4\n")
    (folder / "images" / "ward3__001.png").write_bytes(b"no image")
    with pytest.raises(TrainError, match=r"ward3__001\.png cannot be read as a picture"):
        list(read_yolo_set(folder, SPEC))
