"""The classifier sees crops in good light."""

from __future__ import annotations

import pytest

from fallwatch.classifiers.preprocessing import InputSpec, cut_crop
from fallwatch.core.types import Box, Frame
from fallwatch.evaluation.run.corruptions import CORRUPTIONS
from fallwatch.runtime.analyzers import build_models
from fallwatch.runtime.enhanced_crops import enhanced_crop
from fallwatch.settings import Settings
from tests.pose.clip_frames import clip_frames

SPEC = InputSpec()
BOX = Box(200.0, 150.0, 420.0, 400.0)


@pytest.fixture
def frame() -> Frame:
    """Somebody stands."""
    return clip_frames(30, 1)[0]


def test_a_crop_of_a_good_image_is_the_crop(frame: Frame) -> None:
    plain = cut_crop(frame.image_bgr, BOX, SPEC)
    enhanced = enhanced_crop(frame.image_bgr, BOX, SPEC)
    assert (enhanced.image_bgr == plain.image_bgr).all()
    assert enhanced.box_px == plain.box_px


def test_a_crop_of_a_dark_image_comes_nearer_to_the_good_one(frame: Frame) -> None:
    dark = CORRUPTIONS["dark"].apply(frame.image_bgr)
    light = cut_crop(frame.image_bgr, BOX, SPEC).image_bgr.mean()
    before = cut_crop(dark, BOX, SPEC).image_bgr.mean()
    after = enhanced_crop(dark, BOX, SPEC).image_bgr.mean()
    assert abs(light - after) < 0.6 * abs(light - before)


def test_a_blurred_crop_is_not_sharpened(frame: Frame) -> None:
    """What motion blurred, sharpened, looks to the classifier like somebody lying."""
    blurred = CORRUPTIONS["blur"].apply(frame.image_bgr)
    plain = cut_crop(blurred, BOX, SPEC)
    assert (enhanced_crop(blurred, BOX, SPEC).image_bgr == plain.image_bgr).all()


def test_a_crop_of_a_grey_image_has_cool_shadows_and_warm_light(frame: Frame) -> None:
    grey = CORRUPTIONS["grey"].apply(frame.image_bgr)
    crop = enhanced_crop(grey, BOX, SPEC).image_bgr.astype(int)
    light = crop.mean(axis=2) > 160
    assert light.any()
    assert (crop[light][:, 2] > crop[light][:, 0]).all()


def test_every_analyzer_is_built_with_it(frame: Frame) -> None:
    _, classifier, cut = build_models(Settings())
    dark = CORRUPTIONS["dark"].apply(frame.image_bgr)
    expected = enhanced_crop(dark, BOX, classifier.input_spec).image_bgr
    assert (cut(dark, BOX).image_bgr == expected).all()
    assert (cut_crop(dark, BOX, classifier.input_spec).image_bgr != expected).any()
