"""BlazePose on the bundled clip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from fallwatch import paths
from fallwatch.core.geometry import landmarks_px, person_box
from fallwatch.core.types import Box, Frame
from fallwatch.pose.bundle import assembled_bundle
from fallwatch.pose.mediapipe_pose import MediaPipePose


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembled_bundle(tmp_path_factory.mktemp("cache"))


@pytest.fixture
def pose(bundle: Path) -> Iterator[MediaPipePose]:
    estimator = MediaPipePose(bundle, max_people=1)
    yield estimator
    estimator.close()


def clip_frames(first: int, count: int) -> list[Frame]:
    capture = cv2.VideoCapture(str(paths.resources_dir() / "demo" / "demo_fall.mp4"))
    frames = []
    for index in range(first + count):
        ok, image = capture.read()
        assert ok
        if index >= first:
            frames.append(Frame("clip", index, index / 15, np.asarray(image, dtype=np.uint8)))
    capture.release()
    return frames


def test_a_standing_person_is_found_with_the_head_above_the_feet(pose: MediaPipePose) -> None:
    for frame in clip_frames(30, 3):
        found = pose.estimate(frame)
    assert len(found) == 1
    points = found[0].landmarks_norm
    assert points[0, 1] < points[23, 1] < points[27, 1]


@pytest.mark.parametrize("quarters", [0, 1, 3])
def test_a_second_look_finds_the_same_body_however_it_lies(
    pose: MediaPipePose, quarters: int
) -> None:
    frame = clip_frames(30, 1)[0]
    (upright,) = pose.estimate(frame)
    box = person_box(upright, frame.width_px, frame.height_px)
    assert box is not None
    # The picture is turned, and with it the person; the second look turns it back.
    turned = np.ascontiguousarray(np.rot90(frame.image_bgr, -quarters))
    height, width = turned.shape[:2]
    where = landmarks_px(upright, frame.width_px, frame.height_px)
    for _ in range(quarters):
        where = np.stack([frame.height_px - where[:, 1], where[:, 0]], axis=1)
        frame = Frame("clip", 0, 0.0, np.ascontiguousarray(np.rot90(frame.image_bgr, -1)))
    x, y = where.mean(axis=0)
    half = box.height_px * 0.75
    found = pose.look_again(
        Frame("clip", 1, 3.0, turned), Box(x - half, y - half, x + half, y + half)
    )
    assert found is not None
    distance = np.linalg.norm(landmarks_px(found, width, height) - where, axis=1)
    assert float(np.median(distance)) < 0.08 * box.height_px


def test_an_empty_picture_holds_nobody(pose: MediaPipePose) -> None:
    assert pose.estimate(Frame("grey", 0, 0.0, np.full((240, 320, 3), 90, np.uint8))) == []


def test_time_stamps_less_than_a_millisecond_apart_are_no_error(pose: MediaPipePose) -> None:
    frame = clip_frames(30, 1)[0]
    for micro in range(3):
        stamp = 2.0 + micro * 1e-5
        assert len(pose.estimate(Frame("clip", micro, stamp, frame.image_bgr))) == 1


def test_after_a_reset_time_may_start_again(pose: MediaPipePose) -> None:
    frame = clip_frames(30, 1)[0]
    assert pose.estimate(frame)
    pose.reset()
    assert pose.estimate(Frame("clip", 0, 0.0, frame.image_bgr))


def test_closing_twice_is_harmless(pose: MediaPipePose) -> None:
    pose.close()
    pose.close()
