"""With privacy on, the person is gone from the image: told from its pixels."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import replace

import numpy as np
import pytest

from fallwatch import paths
from fallwatch.core.image_checks.empty_places import EMPTY_AFTER_S
from fallwatch.core.protocols import EndOfStreamError
from fallwatch.core.types import Analysis, Box, Frame, Image, Person, Pose, Posture
from fallwatch.core.zones import Zone, ZoneKind
from fallwatch.recording.privacy import RoomPrivacy, apply_privacy
from fallwatch.sources.clip.video_file import VideoFileSource
from fallwatch.sources.opencv import cv2

BOX = Box(200, 100, 300, 340)

#: Every place is known to be empty.
NOTHING = np.zeros((48, 64), np.bool_)


def made_image() -> tuple[Image, Image]:
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
    """Correlation of two images within a mask: 1 the same, about 0 nothing in common."""
    chosen = where == 1
    return float(np.corrcoef(one[chosen].ravel(), other[chosen].ravel())[0, 1])


@pytest.mark.parametrize("with_pose", [True, False])
def test_blurred_the_person_is_gone_and_the_room_is_not(with_pose: bool) -> None:
    image, where = made_image()
    shown = apply_privacy(verdict(image, with_pose=with_pose), "blur", NOTHING)
    assert likeness(image, shown, where) < 0.15
    far = np.zeros_like(where)
    far[:, 400:] = 1
    assert likeness(image, shown, far) == 1.0


def test_blur_reaches_beyond_the_box() -> None:
    image, _ = made_image()
    shown = apply_privacy(verdict(image), "blur", NOTHING)
    assert not np.array_equal(shown[200, 310:330], image[200, 310:330])


def test_as_skeletons_no_pixel_of_the_camera_is_left() -> None:
    image, where = made_image()
    shown = apply_privacy(verdict(image), "skeleton")
    assert abs(likeness(image, shown, where)) < 0.05
    other = 255 - image
    assert np.array_equal(shown, apply_privacy(verdict(other), "skeleton"))
    # The skeleton is there, within the person's box alone.
    drawn = (shown != shown[0, 0]).any(axis=2)
    assert drawn.any()
    assert not (drawn & (where == 0))[:, :190].any()


def test_off_shows_the_camera_s_image() -> None:
    image, _ = made_image()
    analysis = verdict(image)
    assert apply_privacy(analysis, "off") is image
    assert RoomPrivacy("off").private(analysis) is analysis


def test_the_verdict_and_its_frame_stay_as_they_are() -> None:
    image, _ = made_image()
    kept = image.copy()
    analysis = verdict(image)
    shown = RoomPrivacy("blur").private(analysis)
    assert np.array_equal(image, kept)
    assert shown.people == analysis.people
    assert replace(shown.frame, image_bgr=image).timestamp_s == analysis.frame.timestamp_s


def test_a_person_cut_off_by_the_edge_is_blurred_without_fuss() -> None:
    image, _ = made_image()
    analysis = verdict(image, with_pose=False)
    (person,) = analysis.people
    for box in (Box(-50, -50, 20, 20), Box(630, 470, 900, 800), Box(700, 500, 800, 600)):
        moved = replace(analysis, people=(replace(person, box_px=box),))
        assert apply_privacy(moved, "blur", NOTHING).shape == image.shape


# People whom the pose model misses


def seen(privacy: RoomPrivacy, image: Image, at_s: float) -> Image:
    """What is shown of an image in which nobody is found."""
    return privacy.private(Analysis(Frame("Hall", round(at_s * 10), at_s, image))).frame.image_bgr


def emptied(privacy: RoomPrivacy, image: Image) -> float:
    """Show an empty room until it is known to be one; when that is."""
    for second in range(round(EMPTY_AFTER_S) + 6):
        seen(privacy, image, float(second))
    return EMPTY_AFTER_S + 6


def room() -> Image:
    return np.random.default_rng(5).integers(60, 140, (480, 640, 3), np.uint8)


def test_a_room_that_was_not_seen_empty_is_blurred_altogether() -> None:
    image = room()
    shown = seen(RoomPrivacy("blur"), image, 0.0)
    everywhere = np.ones(image.shape[:2], np.uint8)
    assert likeness(image, shown, everywhere) < 0.15


def test_an_empty_room_becomes_clear_and_who_comes_in_is_blurred_undetected() -> None:
    privacy, empty = RoomPrivacy("blur"), room()
    now_s = emptied(privacy, empty)
    assert np.array_equal(seen(privacy, empty, now_s), empty)
    image = empty.copy()
    where = np.zeros((480, 640), np.uint8)
    where[100:340, 200:300] = 1
    image[where == 1] = np.random.default_rng(6).integers(0, 255, (24000, 3), np.uint8)
    # They come in, and stand there for ten minutes without moving.
    for second in (0.2, 1.0, 60.0, 119.0, 400.0, 600.0):
        shown = seen(privacy, image, now_s + second)
        assert likeness(image, shown, where) < 0.15, second
    shown = seen(privacy, empty, now_s + 601.0)
    assert likeness(empty, shown, where) < 0.15
    for second in range(602, 602 + 8):
        shown = seen(privacy, empty, now_s + second)
    assert not np.array_equal(shown[200:210, 240:250], image[200:210, 240:250])


def test_a_bed_never_counts_as_empty() -> None:
    corners = ((0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0))
    privacy, image = RoomPrivacy("blur", (Zone(ZoneKind.BED, corners),)), room()
    now_s = emptied(privacy, image)
    shown = seen(privacy, image, now_s)
    in_bed = np.zeros((480, 640), np.uint8)
    in_bed[250:470, 330:630] = 1
    assert likeness(image, shown, in_bed) < 0.15
    assert np.array_equal(shown[:200, :280], image[:200, :280])


def test_what_is_stored_hides_the_same_as_what_is_shown() -> None:
    privacy, empty = RoomPrivacy("blur"), room()
    now_s = emptied(privacy, empty)
    image = empty.copy()
    image[100:340, 200:300] = 255 - image[100:340, 200:300]
    analysis = Analysis(Frame("Hall", 1, now_s, image))
    shown = privacy.private(analysis).frame.image_bgr
    assert np.array_equal(privacy.render(analysis), shown)
    # One that nobody has looked at, as after a restart, is hidden altogether.
    other = Analysis(Frame("Hall", 2, now_s + 1, image))
    assert (privacy.render(other) == image).all(axis=2).mean() < 0.02


@pytest.mark.parametrize("clip", ["demo_fall", "demo_daily", "demo_bed"])
def test_on_clips_nobody_is_seen_whom_the_model_misses_altogether(clip: str) -> None:
    source = VideoFileSource(paths.resources_dir() / "demo" / f"{clip}.mp4", realtime=False)
    frames = []
    with closing(source):
        source.open()
        with suppress(EndOfStreamError):
            while True:
                frames.append(source.read())
    images = [frame.image_bgr for frame in frames[::3]]
    empty = np.median(np.stack(images), axis=0).astype(np.uint8)
    privacy = RoomPrivacy("blur")
    now_s = emptied(privacy, empty)
    looked_at = 0
    for number, image in enumerate(images):
        shown = seen(privacy, image, now_s + 0.2 * number)
        # A body is many pixels unlike the empty room; single ones are the edges of furniture.
        differs = np.abs(image.astype(int) - empty).max(axis=2) > 40
        body = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, np.ones((9, 9), np.uint8))
        if body.sum() > 1000:
            looked_at += 1
            same = (shown == image).all(axis=2)
            assert same[body == 1].mean() < 0.02, number
    assert looked_at > 10
