"""Telling pictures out of focus, and sharpening them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from fallwatch import paths
from fallwatch.core.types import Frame, Image
from fallwatch.pose.blazepose import BlazePose
from fallwatch.pose.focus import is_out_of_focus, sharpened


@pytest.fixture
def pictures(demo_fall: Path) -> list[Image]:
    """One second of the demo clip, in which somebody stands."""
    capture = cv2.VideoCapture(str(demo_fall))
    read = [capture.read()[1] for _ in range(45)]
    capture.release()
    return [np.asarray(image, dtype=np.uint8) for image in read[30:]]


def out_of_focus(image: Image, share: float = 0.01) -> Image:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), image.shape[0] * share), dtype=np.uint8)


def noisy(image: Image, deviation: float) -> Image:
    noise = np.random.default_rng(1).normal(0.0, deviation, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


def as_jpeg(image: Image, quality: int) -> Image:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), dtype=np.uint8)


def test_a_sharp_picture_is_in_focus_however_bad_it_is(pictures: list[Image]) -> None:
    sharp = pictures[0]
    for image in (sharp, sharp // 8, as_jpeg(sharp, 15), cv2.resize(sharp, (320, 240))):
        assert not is_out_of_focus(np.asarray(image, dtype=np.uint8))


def test_a_blurred_picture_is_out_of_focus_noise_or_not(pictures: list[Image]) -> None:
    blurred = out_of_focus(pictures[0])
    for image in (blurred, noisy(blurred, 6.0), as_jpeg(blurred, 50)):
        assert is_out_of_focus(image)


def test_a_picture_of_nothing_is_in_focus() -> None:
    assert not is_out_of_focus(np.full((480, 640, 3), 90, dtype=np.uint8))
    assert not is_out_of_focus(np.zeros((1, 1, 3), dtype=np.uint8))


def test_sharpening_raises_details_and_leaves_areas() -> None:
    step = np.full((40, 40, 3), 100, dtype=np.uint8)
    step[:, 20:] = 150
    soft = np.asarray(cv2.GaussianBlur(step, (0, 0), 2.0), dtype=np.uint8)
    sharp = sharpened(soft, radius_px=2.0, amount=3.0)
    assert (sharp[:, [0, -1]] == soft[:, [0, -1]]).all()
    steepest = [np.diff(image[20, :, 0].astype(int)).max() for image in (soft, sharp)]
    assert steepest[1] > 1.5 * steepest[0]


def test_somebody_out_of_focus_is_seen_since_the_picture_is_sharpened(
    pictures: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = [
        Frame("clip", index, index / 15, out_of_focus(image, 0.0125))
        for index, image in enumerate(pictures)
    ]

    def seen() -> int:
        pose = BlazePose(paths.weights_dir(), max_people=2)
        return sum(bool(pose.estimate(frame)) for frame in frames)

    with_it = seen()
    monkeypatch.setattr("fallwatch.pose.blazepose.is_out_of_focus", lambda image: False)
    assert with_it > seen() + len(frames) // 3
