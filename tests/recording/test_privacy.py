"""With privacy on, the person is gone from the picture: told from its pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fallwatch.core.types import Analysis, Box, Frame, Image, Person, Pose, Posture
from fallwatch.recording.privacy import apply_privacy, private

BOX = Box(200, 100, 300, 340)


def picture() -> tuple[Image, Image]:
    """A room in fine grey noise, and in it a person in fine colours; where the person is."""
    random = np.random.default_rng(3)
    image = random.integers(90, 130, (480, 640, 1), np.uint8).repeat(3, axis=2)
    where = np.zeros((480, 640), np.uint8)
    where[100:340, 200:300] = 1
    image[where == 1] = random.integers(0, 255, (240 * 100, 3), np.uint8)
    return image, where


def verdict(image: Image, *, with_pose: bool = True) -> Analysis:
    spread = np.linspace(0, 1, 33, dtype=np.float32)
    landmarks = np.stack([(200 + 100 * spread) / 640, (100 + 240 * spread[::-1]) / 480], axis=1)
    pose = Pose(landmarks.astype(np.float32), np.ones(33, np.float32)) if with_pose else None
    person = Person(1, BOX, pose, 0.2, 0.1, Posture.UPRIGHT)
    return Analysis(Frame("Hall", 0, 0.0, image), (person,))


def likeness(one: Image, other: Image, where: Image) -> float:
    """Correlation of two pictures within a mask: 1 the same, about 0 nothing in common."""
    chosen = where == 1
    return float(np.corrcoef(one[chosen].ravel(), other[chosen].ravel())[0, 1])


@pytest.mark.parametrize("with_pose", [True, False])
def test_blurred_the_person_is_gone_and_the_room_is_not(with_pose: bool) -> None:
    image, where = picture()
    shown = apply_privacy(verdict(image, with_pose=with_pose), "blur")
    assert likeness(image, shown, where) < 0.15
    far = np.zeros_like(where)
    far[:, 400:] = 1
    assert likeness(image, shown, far) == 1.0


def test_blur_reaches_beyond_the_box() -> None:
    image, _ = picture()
    shown = apply_privacy(verdict(image), "blur")
    assert not np.array_equal(shown[200, 310:330], image[200, 310:330])


def test_as_skeletons_no_pixel_of_the_camera_is_left() -> None:
    image, where = picture()
    shown = apply_privacy(verdict(image), "skeleton")
    assert abs(likeness(image, shown, where)) < 0.05
    other = 255 - image
    assert np.array_equal(shown, apply_privacy(verdict(other), "skeleton"))
    # The skeleton is there, within the person's box alone.
    drawn = (shown != shown[0, 0]).any(axis=2)
    assert drawn.any()
    assert not (drawn & (where == 0))[:, :190].any()


def test_off_shows_the_camera_s_picture() -> None:
    image, _ = picture()
    analysis = verdict(image)
    assert apply_privacy(analysis, "off") is image
    assert private(analysis, "off") is analysis


def test_the_verdict_and_its_frame_stay_as_they_are() -> None:
    image, _ = picture()
    kept = image.copy()
    analysis = verdict(image)
    shown = private(analysis, "blur")
    assert np.array_equal(image, kept)
    assert shown.people == analysis.people
    assert replace(shown.frame, image_bgr=image).timestamp_s == analysis.frame.timestamp_s


def test_a_person_cut_off_by_the_edge_is_blurred_without_fuss() -> None:
    image, _ = picture()
    analysis = verdict(image, with_pose=False)
    (person,) = analysis.people
    for box in (Box(-50, -50, 20, 20), Box(630, 470, 900, 800), Box(700, 500, 800, 600)):
        moved = replace(analysis, people=(replace(person, box_px=box),))
        assert apply_privacy(moved, "blur").shape == image.shape
