"""Folders of crops are read with class and recording, as cut."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tests.train.synthetic import SPEC, body
from train.classes import FALL, NOT_FALL
from train.data.crop_folder_reader import read_crop_folder


def test_folders_of_crops_give_their_class_and_recording(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name, label in (("fall", FALL), ("not_fall", NOT_FALL)):
        (tmp_path / "mine" / name).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / "mine" / name / "kitchen__7.png"), body(label, rng))
    images = list(read_crop_folder(tmp_path / "mine", SPEC))
    assert [image.labels.tolist() for image in images] == [[FALL], [NOT_FALL]]
    assert {image.source for image in images} == {"mine/kitchen"}
    # Taken as cut: no margin is added around what is already a crop.
    again = cv2.imread(str(tmp_path / "mine" / "fall" / "kitchen__7.png"))
    np.testing.assert_array_equal(images[0].crops[0], again)
