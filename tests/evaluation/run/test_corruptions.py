"""Corruptions of frames."""

from __future__ import annotations

import numpy as np
import pytest

from fallwatch.core.types import Image
from fallwatch.evaluation.run.corruptions import (
    CLEAN,
    CORRUPTIONS,
    VARIATIONS,
    corruption_named,
)


def noisy_image(width: int = 640, height: int = 480) -> Image:
    """Noise on a slope: every transform has something to change."""
    random = np.random.default_rng(1)
    slope = np.linspace(0, 200, width)[None, :, None]
    noise = random.integers(0, 55, (height, width, 3))
    return (slope + noise).astype(np.uint8)


@pytest.mark.parametrize("name", list(CORRUPTIONS))
def test_a_corruption_gives_an_image_and_leaves_the_original_alone(name: str) -> None:
    image = noisy_image()
    before = image.copy()
    changed = CORRUPTIONS[name].apply(image)
    assert changed.dtype == np.uint8
    assert changed.ndim == 3
    assert changed.shape[2] == 3
    assert np.array_equal(image, before)
    assert CORRUPTIONS[name].name == name
    assert CORRUPTIONS[name].description


def test_a_clean_image_is_the_image_itself() -> None:
    image = noisy_image()
    assert CLEAN.apply(image) is image
    assert CLEAN.max_fps is None


def test_dark_images_keep_their_order_and_little_light() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 3, axis=2)
    dark = CORRUPTIONS["dark"].apply(ramp)[:, 0, 0].astype(int)
    assert (np.diff(dark) >= 0).all()
    assert (dark[0], dark[128], dark[255]) == (0, 18, 84)


def test_blur_takes_detail_and_keeps_brightness() -> None:
    image = noisy_image()
    blurred = CORRUPTIONS["blur"].apply(image)
    assert (
        np.diff(blurred.astype(int), axis=1).std() < 0.2 * np.diff(image.astype(int), axis=1).std()
    )
    assert blurred.mean() == pytest.approx(image.mean(), abs=1)


@pytest.mark.parametrize(
    ("size", "expected"),
    [((640, 480), (320, 240)), ((1280, 720), (320, 180)), ((160, 120), (160, 120))],
)
def test_small_images_keep_their_proportions(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    height, width = CORRUPTIONS["320x240"].apply(noisy_image(*size)).shape[:2]
    assert (width, height) == expected


def test_grey_images_have_no_colour() -> None:
    grey = CORRUPTIONS["grey"].apply(noisy_image())
    assert np.array_equal(grey[..., 0], grey[..., 1])
    assert np.array_equal(grey[..., 1], grey[..., 2])


def test_eight_frames_a_second_are_eight() -> None:
    assert CORRUPTIONS["fps8"].max_fps == 8.0


def spots(image: Image) -> list[tuple[float, float]]:
    """Centres of the two bright spots, x and y, the left one first."""
    found = []
    for half in (slice(0, 320), slice(320, 640)):
        rows, columns = np.nonzero(image[:, half, 0] > 100)
        found.append((float(columns.mean()) + half.start, float(rows.mean())))
    return found


def two_spots() -> Image:
    image = np.zeros((480, 640, 3), np.uint8)
    image[237:244, 217:224] = image[237:244, 417:424] = 255
    return image


def test_a_tilted_camera_turns_everything_by_ten_degrees() -> None:
    (left_x, left_y), (right_x, right_y) = spots(CORRUPTIONS["tilted"].apply(two_spots()))
    assert np.degrees(np.arctan2(left_y - right_y, right_x - left_x)) == pytest.approx(10, abs=0.5)
    assert np.hypot(right_x - left_x, right_y - left_y) == pytest.approx(200, abs=1)


def test_from_farther_away_everything_is_smaller_and_no_edge_is_seen() -> None:
    (left_x, left_y), (right_x, right_y) = spots(CORRUPTIONS["farther"].apply(two_spots()))
    assert right_x - left_x == pytest.approx(140, abs=1)
    assert left_y == right_y
    plain = np.full((480, 640, 3), 77, np.uint8)
    assert (CORRUPTIONS["farther"].apply(plain) == 77).all()
    assert (CORRUPTIONS["tilted"].apply(plain) == 77).all()


def test_a_mirror_exchanges_left_and_right_and_a_second_one_gives_the_image_back() -> None:
    image = noisy_image()
    mirrored = VARIATIONS["mirrored"].apply(image)
    assert np.array_equal(mirrored[:, 0], image[:, -1])
    assert np.array_equal(VARIATIONS["mirrored"].apply(mirrored), image)


def test_a_clip_begun_later_has_the_same_images() -> None:
    image = noisy_image()
    assert VARIATIONS["later"].apply(image) is image
    assert VARIATIONS["later"].skip_frames == 1


def test_every_corruption_and_variation_is_found_by_its_name_and_nothing_else_is() -> None:
    for name in ("clean", *CORRUPTIONS, *VARIATIONS):
        assert corruption_named(name).name == name
    with pytest.raises(KeyError):
        corruption_named("upside down")
