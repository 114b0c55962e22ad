"""Telling bad images from good ones, and helping them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import cv2
import numpy as np
import pytest

from fallwatch import paths
from fallwatch.core.types import Image
from fallwatch.evaluation.run.corruptions import CORRUPTIONS
from fallwatch.pose.blazepose import BlazePose
from fallwatch.pose.detector import BodyDetector
from fallwatch.pose.enhancement import (
    NO_ENHANCEMENT,
    Enhancement,
    _step_ratio,
    brightened,
    enhancement_for,
    light_for,
    sharpened,
    toned,
)
from fallwatch.pose.second_eye import SecondEye
from tests.pose.clip_frames import clip_frames

without_colour = CORRUPTIONS["grey"].apply


@pytest.fixture
def demo_image() -> Image:
    """Somebody stands."""
    return clip_frames(30, 1)[0].image_bgr


def out_of_focus(image: Image, share: float = 0.01) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), image.shape[0] * share), dtype=np.uint8)


def noisy(image: Image, deviation: float) -> Image:
    noise = np.random.default_rng(1).normal(0.0, deviation, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def as_jpeg(image: Image, quality: int) -> Image:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def grey_of(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def test_a_sharp_image_in_colour_needs_nothing_however_bad_it_is(demo_image: Image) -> None:
    small = cv2.resize(demo_image, (320, 240))
    for image in (demo_image, demo_image // 3, as_jpeg(demo_image, 75), small):
        assert enhancement_for(np.asarray(image, dtype=np.uint8)) == NO_ENHANCEMENT


def test_a_dark_image_is_brightened_to_the_same_mean_and_the_darkest_no_further() -> None:
    for level, expected in ((41, 1.0), (39, 0.555), (25, 0.45), (1, 0.45)):
        dark = np.full((60, 80, 3), level, dtype=np.uint8)
        assert enhancement_for(dark).gamma == pytest.approx(expected, abs=1e-3)
    dark = np.full((60, 80, 3), 39, dtype=np.uint8)
    light = brightened(dark, enhancement_for(dark).gamma)
    assert float(light.mean()) == pytest.approx(90.0, abs=1.0)


def test_brightening_keeps_black_white_and_the_order_of_all_between() -> None:
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2)
    bright = brightened(ramp, 0.5)[0, :, 0].astype(int)
    assert (bright[0], bright[255]) == (0, 255)
    assert (np.diff(bright) >= 0).all()
    assert (bright >= np.arange(256)).all()


def test_a_blurred_image_is_out_of_focus_noise_or_not(demo_image: Image) -> None:
    blurred = out_of_focus(demo_image)
    for image in (blurred, noisy(blurred, 6.0), as_jpeg(blurred, 50)):
        assert replace(enhancement_for(image), blocky=False) == Enhancement(out_of_focus=True)


def test_an_image_without_colour_is_grey_blurred_or_not(demo_image: Image) -> None:
    grey = without_colour(demo_image)
    for image in (grey, as_jpeg(grey, 30)):
        assert replace(enhancement_for(image), blocky=False) == Enhancement(grey=True)
    assert enhancement_for(out_of_focus(grey)) == Enhancement(out_of_focus=True, grey=True)


def test_the_squares_of_strong_compression_show_and_are_smoothed_away(demo_image: Image) -> None:
    small = np.asarray(cv2.resize(demo_image, (320, 240)), dtype=np.uint8)
    for image in (demo_image, small, out_of_focus(demo_image), without_colour(demo_image)):
        crushed = as_jpeg(image, 15)
        remedy = enhancement_for(crushed)
        assert remedy.blocky
        assert not enhancement_for(image).blocky
        smoothed = remedy.smoothed(crushed)
        assert _step_ratio(grey_of(smoothed)) < 0.75 * _step_ratio(grey_of(crushed))
        assert np.abs(smoothed.astype(int) - crushed).mean() < 3.0


def test_a_large_image_is_told_by_its_middle(demo_image: Image) -> None:
    for size in ((1920, 1080), (1288, 722)):
        large = np.asarray(cv2.resize(demo_image, size), dtype=np.uint8)
        assert not enhancement_for(large).blocky
        assert enhancement_for(as_jpeg(large, 10)).blocky


def test_only_a_crushed_image_is_smoothed(demo_image: Image) -> None:
    assert NO_ENHANCEMENT.smoothed(demo_image) is demo_image


def test_lines_of_furniture_are_no_squares_of_compression(demo_image: Image) -> None:
    """Tiles of eight pixels at other places, or in one direction only."""
    tiles = demo_image.copy()
    tiles[:, 3::8] //= 2
    assert not enhancement_for(tiles).blocky
    blinds = demo_image.copy()
    blinds[7::8] //= 2
    assert not enhancement_for(blinds).blocky


def test_every_pose_network_sees_a_crushed_image_smoothed(monkeypatch: pytest.MonkeyPatch) -> None:
    """For as long as it is crushed: it is told by the image as it came, not by the smoothed one."""
    seen: list[float] = []

    def find_nobody(self: object, image_bgr: Image, *_: object, **__: object) -> list[object]:
        seen.append(_step_ratio(grey_of(image_bgr)))
        return []

    monkeypatch.setattr(BodyDetector, "find", find_nobody)
    monkeypatch.setattr(SecondEye, "find", find_nobody)
    frames = [
        replace(each, image_bgr=as_jpeg(noisy(each.image_bgr, 30.0), 15))
        for each in clip_frames(30, 5)
    ]
    assert not enhancement_for(Enhancement(blocky=True).smoothed(frames[0].image_bgr)).blocky
    pose = BlazePose(paths.weights_dir())
    for frame in frames:
        pose.estimate(frame)
    assert len(seen) >= len(frames)
    assert max(seen) < 0.75 * _step_ratio(grey_of(frames[0].image_bgr))


def test_good_light_is_all_that_the_classifier_needs(demo_image: Image) -> None:
    dim = np.asarray(out_of_focus(demo_image) // 5, dtype=np.uint8)
    remedy = enhancement_for(dim)
    assert remedy.out_of_focus
    assert light_for(dim) == replace(remedy, out_of_focus=False, blocky=False)
    assert (remedy.in_good_light(dim) == brightened(dim, remedy.gamma)).all()
    grey = without_colour(demo_image)
    assert (light_for(grey).in_good_light(grey) == toned(grey)).all()


def test_an_image_of_nothing_is_in_focus() -> None:
    assert not enhancement_for(np.full((480, 640, 3), 90, dtype=np.uint8)).out_of_focus
    for size in ((1, 1, 3), (8, 9, 3), (9, 8, 3), (480, 640, 3)):
        nothing = enhancement_for(np.zeros(size, dtype=np.uint8))
        assert not nothing.out_of_focus
        assert not nothing.blocky


def test_sharpening_raises_details_and_leaves_areas() -> None:
    step = np.full((40, 40, 3), 100, dtype=np.uint8)
    step[:, 20:] = 150
    soft = np.asarray(cv2.GaussianBlur(step, (0, 0), 2.0), dtype=np.uint8)
    sharp = sharpened(soft, radius_px=2.0, amount=3.0)
    assert (sharp[:, [0, -1]] == soft[:, [0, -1]]).all()
    steepest = [np.diff(image[20, :, 0].astype(int)).max() for image in (soft, sharp)]
    assert steepest[1] > 1.5 * steepest[0]


def test_toning_makes_shadows_cool_and_light_warm() -> None:
    black, white = toned(np.array([[[0, 0, 0], [255, 255, 255]]], dtype=np.uint8))[0].astype(int)
    assert black[0] > black[2]
    assert white[2] > white[0]
    ramp = toned(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, axis=2))[0].astype(int)
    assert (np.diff(ramp, axis=0) >= 0).all()


def dim_without_colour(image: Image) -> Image:
    return np.asarray(without_colour(image) // 3, dtype=np.uint8)


@pytest.mark.parametrize(
    ("spoil", "first"),
    [
        pytest.param(partial(out_of_focus, share=0.0125), 30, id="standing, blurred"),
        pytest.param(dim_without_colour, 75, id="lying, grey"),
    ],
)
def test_the_remedy_shows_blazepose_people_that_it_did_not_see(
    spoil: Callable[[Image], Image], first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SecondEye, "find", lambda *_, **__: [])
    frames = [replace(each, image_bgr=spoil(each.image_bgr)) for each in clip_frames(first, 15)]

    def seen() -> int:
        pose = BlazePose(paths.weights_dir(), max_people=2)
        return sum(bool(pose.estimate(frame)) for frame in frames)

    with_it = seen()
    monkeypatch.setattr("fallwatch.pose.blazepose.enhancement_for", lambda image: NO_ENHANCEMENT)
    assert with_it > seen() + len(frames) // 3
