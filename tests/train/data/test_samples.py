"""Duplicates go, held-out scenes go, and images of one scene count as one source."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.train.synthetic import SPEC, body, scene, write_yolo_set
from train.classes import FALL
from train.data.samples import Exclusion, load_samples
from train.errors import TrainError


def _add_image(folder: Path, part: str, name: str, image: np.ndarray) -> None:
    cv2.imwrite(str(folder / "images" / part / f"{name}.png"), image)
    (folder / "labels" / part / f"{name}.txt").write_text("0 0.5 0.5 0.4 0.5\n")


def _with_body(background: np.ndarray, left: int, seed: int) -> np.ndarray:
    image = background.copy()
    image[40:64, left : left + 24] = body(FALL, np.random.default_rng(seed), 24)
    return image


def test_an_exact_copy_is_dropped_and_counted_and_the_one_in_val_stays(tmp_path: Path) -> None:
    folder = write_yolo_set(tmp_path / "set", count=4)
    for kind, suffix in (("images", "png"), ("labels", "txt")):
        shutil.copy(
            folder / kind / "val" / f"picture000.{suffix}",
            folder / kind / "train" / f"copy.{suffix}",
        )
    samples, summary = load_samples([folder], SPEC)
    assert summary.duplicates == 1
    assert len(samples) == 8
    assert "set/val/picture000.png" in samples.names
    assert "set/train/copy.png" not in samples.names


def test_images_of_one_place_are_one_source_although_the_body_moved(tmp_path: Path) -> None:
    folder = write_yolo_set(tmp_path / "set", count=4)
    place = scene(77)
    for i, left in enumerate((5, 50, 90)):
        _add_image(folder, "train", f"room{i}", _with_body(place, left, i))
    samples, _ = load_samples([folder], SPEC)
    rooms = samples.sources[np.char.find(samples.names, "room") >= 0]
    assert len(set(rooms)) == 1
    assert len(set(samples.sources)) == 9


def test_frames_of_held_out_clips_are_left_out_scaled_and_mirrored(tmp_path: Path) -> None:
    folder = write_yolo_set(tmp_path / "set", count=4)
    clips = tmp_path / "clips"
    clips.mkdir()
    writer = cv2.VideoWriter(
        str(clips / "held.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (120, 90)
    )
    for _ in range(12):
        writer.write(scene(88))
    writer.release()
    bigger = cv2.resize(scene(88), (240, 180))
    _add_image(folder, "train", "frame", _with_body(bigger, 40, 1))
    _add_image(folder, "val", "mirrored", np.ascontiguousarray(bigger[:, ::-1]))
    samples, summary = load_samples([folder], SPEC, Exclusion(clips=(clips,)))
    assert summary.held_out_frames == 2
    assert not {"set/train/frame.png", "set/val/mirrored.png"} & set(samples.names)
    assert len(samples) == 8


def test_further_images_of_a_held_out_camera_are_left_out(tmp_path: Path) -> None:
    folder = write_yolo_set(tmp_path / "set", count=4)
    for i, left in enumerate((5, 50)):
        _add_image(folder, "train", f"ceiling{i}", _with_body(scene(99), left, i))
    example = folder / "images" / "train" / "ceiling0.png"
    samples, summary = load_samples([folder], SPEC, Exclusion(views=(example,)))
    assert summary.held_out_views == 2
    assert len(samples) == 8


def test_several_sets_are_read_together(tmp_path: Path) -> None:
    first = write_yolo_set(tmp_path / "one", count=4)
    second = tmp_path / "two"
    (second / "fall").mkdir(parents=True)
    (second / "not_fall").mkdir()
    cv2.imwrite(str(second / "fall" / "hall__1.png"), scene(5))
    samples, summary = load_samples([first, second], SPEC)
    assert summary.images == {"one": 8, "two": 1}
    assert set(samples.data_sets) == {"one", "two"}


def test_a_folder_that_is_missing_unknown_or_empty_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match="does not exist"):
        load_samples([tmp_path / "none"], SPEC)
    with pytest.raises(TrainError, match="no known layout"):
        load_samples([tmp_path], SPEC)
    (tmp_path / "empty" / "fall").mkdir(parents=True)
    (tmp_path / "empty" / "not_fall").mkdir()
    with pytest.raises(TrainError, match="No labelled image"):
        load_samples([tmp_path / "empty"], SPEC)
    (tmp_path / "clips").mkdir()
    folder = write_yolo_set(tmp_path / "set", count=2)
    with pytest.raises(TrainError, match="holds no clip"):
        load_samples([folder], SPEC, Exclusion(clips=(tmp_path / "clips",)))
