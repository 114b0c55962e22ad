"""YOLO sets are read with the right class for each box, and bad labels are named."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from fallwatch.classifiers.preprocessing import cut_crop
from fallwatch.core.types import Box
from tests.train.synthetic import SPEC, scene, write_yolo_set
from train.classes import FALL, NOT_FALL
from train.data.samples import load_samples
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
    with pytest.raises(TrainError, match=r"ward3__001\.png cannot be read as an image"):
        list(read_yolo_set(folder, SPEC))


def _moved(folder: Path, image: str, label: str, lines: str = "1 0.5 0.5 0.4 0.4\n") -> Path:
    """A set of one image, its files where they are said to be."""
    for name in (image, label):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
    ok, data = cv2.imencode(".png", scene(1))
    assert ok
    (folder / image).write_bytes(data.tobytes())
    (folder / label).write_text(lines)
    return folder


@pytest.mark.parametrize(
    ("image", "label", "part"),
    [
        ("images/train/a.png", "labels/train/a.txt", "train"),
        ("images/test/a.png", "labels/test/a.txt", "val"),
        ("valid/images/a.PNG", "valid/labels/a.txt", "val"),
        ("train/images/a.b.jpeg", "train/labels/a.b.TXT", "train"),
        ("Images/Val/a.webp", "Labels/val/a.txt", "val"),
        ("images/room 1/a.tif", "labels/room 1/a.txt", ""),
        ("images/Ku\u0308che.jpg", "labels/K\u00fcche.txt", ""),
        ("a.png", "a.txt", ""),
        ("train/a.png", "train/a.txt", "train"),
        ("obj_train_data/a.png", "obj_train_data/a.txt", "train"),
    ],
)
def test_every_layout_of_the_field_is_read(
    tmp_path: Path, image: str, label: str, part: str
) -> None:
    folder = _moved(tmp_path / "set", image, label)
    (folder / "data.yaml").write_text("names: [normal, fall]")
    samples, summary = load_samples([folder], SPEC)
    assert samples.labels.tolist() == [FALL]
    assert samples.parts.tolist() == [part]
    assert summary.remarks == []


def test_what_is_assumed_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    folder = _one_image(tmp_path / "set", "0 0.5 0.5 0.4 0.4\n1 0.5 0.5 0.001 0.4\n")
    (folder / "images" / "bare.jpg").write_bytes(b"")
    (folder / "labels" / "lonely.txt").write_text("0 0.5 0.5 0.4 0.4")
    _, summary = load_samples([folder], SPEC)
    assert [remark for remark in summary.remarks if "0 = fall, 1 = walking" in remark]
    assert [remark for remark in summary.remarks if "1 image (bare.jpg) without" in remark]
    assert [remark for remark in summary.remarks if "1 label file (lonely.txt) without" in remark]
    assert [remark for remark in summary.remarks if "1 boxes narrower" in remark]


def test_stray_files_of_systems_and_tools_are_passed_over(tmp_path: Path) -> None:
    folder = _one_image(tmp_path / "set", "0 0.5 0.5 0.4 0.4\n", "fall\n")
    for name in (
        "images/.DS_Store", "images/._ward3__001.png", "images/Thumbs.db", "labels/.DS_Store",
        "labels/labels.cache", "labels.cache", "labels/classes.txt", "images/ward3__001.json",
        "labels/._ward3__001.txt",
    ):  # fmt: skip
        (folder / name).write_bytes(b"fall\n" if name.endswith("classes.txt") else b"\x00\xff")
    (folder / "images" / "again").symlink_to(folder / "images")
    samples, summary = load_samples([folder], SPEC)
    assert len(samples) == 1
    assert summary.remarks == []


def test_labels_in_pixels_are_refused_before_any_image_is_read(tmp_path: Path) -> None:
    folder = _one_image(tmp_path / "set", "1 230 192 90 298\n")
    (folder / "images" / "ward3__001.png").write_bytes(b"no image")
    with pytest.raises(TrainError, match=r"ward3__001\.txt, line 1 is not"):
        load_samples([folder], SPEC)


def test_an_image_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    folder = _one_image(tmp_path / "set", "0 0.5 0.5 0.4 0.4\n")
    path = folder / "images" / "ward3__001.png"
    head = bytearray(path.read_bytes())
    head[16:24] = (60000).to_bytes(4, "big") * 2
    head[29:33] = zlib.crc32(head[12:29]).to_bytes(4, "big")
    path.write_bytes(head)
    with pytest.raises(TrainError, match=r"ward3__001\.png has more than"):
        load_samples([folder], SPEC)
    path.write_bytes(b"")
    with pytest.raises(TrainError, match=r"ward3__001\.png cannot be read as an image"):
        load_samples([folder], SPEC)


@pytest.mark.parametrize("ending", [".jpg", ".png"])
def test_an_image_cut_off_in_the_middle_is_refused_and_not_grey(
    tmp_path: Path, ending: str
) -> None:
    folder = _one_image(tmp_path / "set", "0 0.5 0.5 0.4 0.4\n")
    path = folder / "images" / "ward3__001.png"
    _, data = cv2.imencode(ending, scene(1))
    path.write_bytes(data.tobytes())
    assert len(load_samples([folder], SPEC)[0]) == 1
    path.write_bytes(data.tobytes()[: len(data) * 2 // 3])
    with pytest.raises(TrainError, match=r"ward3__001\.png is cut off"):
        load_samples([folder], SPEC)


def test_without_any_label_it_is_said_what_was_found(tmp_path: Path) -> None:
    folder = _one_image(tmp_path / "set", "", "fall\n")
    (folder / "labels" / "ward3__001.txt").rename(folder / "labels" / "other.txt")
    with pytest.raises(TrainError, match=r"ward3__001\.png\) without a label file.*other\.txt"):
        load_samples([folder], SPEC)


def test_names_that_are_not_utf_8_are_read_and_told(tmp_path: Path) -> None:
    stem = os.fsdecode(b"K\xfcche")
    folder = _moved(tmp_path / "set", f"images/{stem}.png", f"labels/{stem}.txt", "0 2 2 2 2")
    with pytest.raises(TrainError, match=r"K.xfcche\.txt, line 1") as raised:
        load_samples([folder], SPEC)
    assert str(raised.value).encode()
    (folder / "labels" / f"{stem}.txt").write_text("0 0.5 0.5 0.4 0.4")
    samples, _ = load_samples([folder], SPEC)
    assert samples.names.tolist() == ["set/K\\xfcche.png"]
