"""Crops and network inputs: the same for training and watching."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.classifiers.preprocessing import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    PADDING_BGR,
    InputSpec,
    cut_crop,
    to_input,
)
from fallwatch.core.types import Box, PersonCrop

SPEC = InputSpec(side_px=64, margin=0.0)


@given(
    left=st.floats(-300, 600),
    top=st.floats(-300, 600),
    width=st.floats(1, 500),
    height=st.floats(1, 500),
)
def test_any_box_gives_a_crop_of_the_network_s_side(
    left: float, top: float, width: float, height: float
) -> None:
    image = np.full((240, 320, 3), 200, dtype=np.uint8)
    crop = cut_crop(image, Box(left, top, left + width, top + height), SPEC)
    assert crop.image_bgr.shape == (64, 64, 3)
    assert crop.image_bgr.dtype == np.uint8


def test_a_box_inside_is_cut_where_it_lies() -> None:
    image = np.zeros((200, 200, 3), dtype=np.uint8)
    image[50:114, 30:94] = 255
    assert cut_crop(image, Box(30, 50, 94, 114), SPEC).image_bgr.min() == 255


def test_what_lies_beyond_the_image_is_filled_with_mean_grey() -> None:
    image = np.full((100, 100, 3), 255, dtype=np.uint8)
    crop = cut_crop(image, Box(-64, 0, 0, 64), SPEC).image_bgr
    assert (crop == PADDING_BGR).all()
    padded = to_input([PersonCrop(crop, Box(0, 0, 1, 1))], SPEC)
    assert np.abs(padded).max() < 0.02


def test_the_input_is_normalised_rgb_planes() -> None:
    blue_green_red = np.empty((64, 64, 3), dtype=np.uint8)
    blue_green_red[:] = (10, 100, 200)
    planes = to_input([PersonCrop(blue_green_red, Box(0, 0, 1, 1))], SPEC)
    assert planes.shape == (1, 3, 64, 64)
    assert planes.dtype == np.float32
    for channel, value in enumerate((200, 100, 10)):
        expected = (value / 255 - IMAGENET_MEAN[channel]) / IMAGENET_STD[channel]
        assert planes[0, channel] == pytest.approx(expected, abs=1e-5)


def test_no_crops_give_an_empty_batch() -> None:
    assert to_input([], SPEC).shape == (0, 3, 64, 64)


def test_a_crop_of_the_wrong_side_is_refused() -> None:
    crop = PersonCrop(np.zeros((32, 32, 3), dtype=np.uint8), Box(0, 0, 1, 1))
    with pytest.raises(ValueError, match=r"\(64, 64, 3\), got \(32, 32, 3\)"):
        to_input([crop], SPEC)
