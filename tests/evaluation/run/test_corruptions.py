"""What is done to pictures to make them worse."""

from __future__ import annotations

import numpy as np
import pytest

from fallwatch.core.types import Image
from fallwatch.evaluation.run.corruptions import PLAIN, STRESSES


def picture(width: int = 640, height: int = 480) -> Image:
    """Noise on a slope: every transform has something to change."""
    random = np.random.default_rng(1)
    slope = np.linspace(0, 200, width)[None, :, None]
    noise = random.integers(0, 55, (height, width, 3))
    return (slope + noise).astype(np.uint8)


@pytest.mark.parametrize("name", list(STRESSES))
def test_a_stress_gives_a_picture_and_leaves_the_original_alone(name: str) -> None:
    image = picture()
    before = image.copy()
    changed = STRESSES[name].change(image)
    assert changed.dtype == np.uint8
    assert changed.ndim == 3
    assert changed.shape[2] == 3
    assert np.array_equal(image, before)
    assert STRESSES[name].name == name
    assert STRESSES[name].meaning


def test_the_plain_picture_is_the_picture() -> None:
    image = picture()
    assert PLAIN.change(image) is image
    assert PLAIN.max_fps is None


def test_dark_pictures_keep_their_order_and_little_light() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 3, axis=2)
    dark = STRESSES["dark"].change(ramp)[:, 0, 0].astype(int)
    assert (np.diff(dark) >= 0).all()
    assert (dark[0], dark[128], dark[255]) == (0, 18, 84)


def test_blur_takes_detail_and_keeps_brightness() -> None:
    image = picture()
    blurred = STRESSES["blur"].change(image)
    assert (
        np.diff(blurred.astype(int), axis=1).std() < 0.2 * np.diff(image.astype(int), axis=1).std()
    )
    assert blurred.mean() == pytest.approx(image.mean(), abs=1)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((640, 480), (320, 240)), ((1280, 720), (320, 180)), ((160, 120), (160, 120))],
)
def test_small_pictures_keep_their_proportions(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    height, width = STRESSES["320x240"].change(picture(*size)).shape[:2]
    assert (width, height) == expected


def test_grey_pictures_have_no_colour() -> None:
    grey = STRESSES["grey"].change(picture())
    assert np.array_equal(grey[..., 0], grey[..., 1])
    assert np.array_equal(grey[..., 1], grey[..., 2])


def test_eight_pictures_a_second_are_eight() -> None:
    assert STRESSES["fps8"].max_fps == 8.0
