"""The second eye: finds people however they lie, and its points can stand for BlazePose's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fallwatch import paths
from fallwatch.core.features import LEFT_ANKLE, LEFT_HIP, LEFT_SHOULDER, RIGHT_HIP, RIGHT_SHOULDER
from fallwatch.core.geometry import landmarks_px
from fallwatch.core.types import Frame
from fallwatch.pose.blazepose import BlazePose
from fallwatch.pose.networks import shared_networks
from fallwatch.pose.region import Region
from fallwatch.pose.second_eye import Glimpse, SecondEye
from tests.pose.clip_frames import clip_frames

JOINTS = [LEFT_SHOULDER, RIGHT_SHOULDER, LEFT_HIP, RIGHT_HIP, LEFT_ANKLE]


@pytest.fixture
def eye() -> SecondEye:
    return SecondEye(shared_networks(paths.weights_dir()).second_eye)


def whole(frame: Frame) -> Region:
    side = float(max(frame.width_px, frame.height_px))
    return Region(frame.width_px / 2, frame.height_px / 2, side)


@pytest.mark.parametrize("quarters", [0, 1, 3])
def test_a_body_is_found_however_it_lies_and_its_points_are_blazeposes(
    eye: SecondEye, quarters: int
) -> None:
    (upright,) = clip_frames(30, 1)
    (known,) = BlazePose(paths.weights_dir()).estimate(upright)
    where = landmarks_px(known, upright.width_px, upright.height_px)
    height_px = upright.height_px
    turned = upright
    for _ in range(quarters):
        where = np.stack([turned.height_px - where[:, 1], where[:, 0]], axis=1)
        image = np.ascontiguousarray(np.rot90(turned.image_bgr, -1))
        turned = replace(turned, image_bgr=image)
    glimpse, *_ = eye.find(turned.image_bgr, whole(turned), 0.2)
    pose = glimpse.pose(turned.width_px, turned.height_px, in_focus=True)
    found = landmarks_px(pose, turned.width_px, turned.height_px)
    apart = np.linalg.norm(found[JOINTS] - where[JOINTS], axis=1)
    assert float(apart.max()) < 0.1 * height_px
    assert pose.visibility.shape == (33,)
    assert float(np.median(pose.visibility[JOINTS])) > 0.5


def test_in_an_empty_image_there_is_nobody(eye: SecondEye) -> None:
    (frame,) = clip_frames(30, 1)
    empty = np.full_like(frame.image_bgr, 90)
    assert eye.find(empty, whole(frame), 0.2) == []


def test_the_surest_comes_first_and_nobody_below_the_score(eye: SecondEye) -> None:
    (frame,) = clip_frames(30, 1)
    both = np.ascontiguousarray(np.concatenate([frame.image_bgr, frame.image_bgr], axis=1))
    twice = replace(frame, image_bgr=both)
    scores = [each.score for each in eye.find(both, whole(twice), 0.15)]
    assert len(scores) == 2
    assert scores == sorted(scores, reverse=True)
    assert eye.find(both, whole(twice), scores[0] + 0.01) == []


def test_the_region_around_a_body_is_turned_upright_and_holds_all_of_it() -> None:
    points = np.zeros((17, 2), dtype=np.float32)
    points[:5] = (200.0, 100.0)  # the head to the right of the hips: lying
    points[5:7] = (170.0, 100.0)
    points[7:11] = (150.0, 110.0)
    points[11:13] = (110.0, 100.0)
    points[13:17] = (20.0, 100.0)
    glimpse = Glimpse(0.5, points, np.ones(17, dtype=np.float32))
    region = glimpse.region
    assert (region.x_px, region.y_px) == (110.0, 100.0)
    assert region.turn_rad == pytest.approx(np.pi / 2)
    assert region.side_px / 2 >= 200.0 - 110.0
