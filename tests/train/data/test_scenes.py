"""Images of one place become one source, and frames of clips and views are found by their place."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.train.synthetic import SPEC, scene
from train.data.labelled_image import LabelledImage, cut_all, thumbnail
from train.data.scenes import frames_of_clips, name_sources, same_view
from train.errors import TrainError


def _image(number: int, source: str = "") -> LabelledImage:
    """An image of the place of this number, without people."""
    crops, labels = cut_all(scene(number), [], SPEC)
    thumb = thumbnail(scene(number))
    return LabelledImage(f"made/{number}.png", "made", "", source, "", thumb, crops, labels)


def test_a_scene_is_named_after_its_first_image_and_known_sources_stay() -> None:
    images = [_image(1), _image(2), _image(1), _image(1, "made/ward3")]
    named = name_sources(images)
    assert [image.source for image in named] == [
        "made/1.png", "made/2.png", "made/1.png", "made/ward3",
    ]  # fmt: skip
    assert name_sources([]) == []


def test_a_view_is_found_mirrored_or_not(tmp_path: Path) -> None:
    for name, pixels in (("seen", scene(7)), ("mirrored", scene(7)[:, ::-1])):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.ascontiguousarray(pixels))
        assert same_view([_image(6), _image(7), _image(8)], tmp_path / f"{name}.png") == {1}


def test_an_example_that_is_no_image_and_a_folder_without_clips_are_named(tmp_path: Path) -> None:
    (tmp_path / "view.png").write_bytes(b"no image")
    with pytest.raises(TrainError, match=r"view\.png cannot be read"):
        same_view([_image(1)], tmp_path / "view.png")
    with pytest.raises(TrainError, match="holds no clip"):
        frames_of_clips([_image(1)], tmp_path)
