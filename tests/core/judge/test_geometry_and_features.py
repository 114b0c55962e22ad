"""Boxes, squares and what is measured of a body."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core import geometry, zones
from fallwatch.core.features import measure_body
from fallwatch.core.geometry import crop_square, intersection_over_union, person_box
from fallwatch.core.judge import evidence
from fallwatch.core.types import Box, Frame, Pose, Prediction
from tests.core.synthetic import HEIGHT_PX, TALL_PX, WIDTH_PX, figure

boxes = st.tuples(
    st.floats(-500, 500), st.floats(-500, 500), st.floats(1, 500), st.floats(1, 500)
).map(lambda v: Box(v[0], v[1], v[0] + v[2], v[1] + v[3]))


@pytest.mark.parametrize("module", [geometry, evidence, zones])
def test_the_worked_examples_are_right(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0


@given(boxes)
def test_the_crop_square_is_square_and_holds_the_box(box: Box) -> None:
    square = crop_square(box)
    assert square.width_px == pytest.approx(square.height_px)
    assert square.left_px <= box.left_px
    assert square.bottom_px >= box.bottom_px


@given(boxes, boxes)
def test_overlap_is_symmetric_and_between_0_and_1(a: Box, b: Box) -> None:
    assert intersection_over_union(a, b) == intersection_over_union(b, a)
    assert 0.0 <= intersection_over_union(a, b) <= 1.0
    assert intersection_over_union(a, a) == pytest.approx(1.0)


def test_a_pose_nobody_can_see_has_no_box() -> None:
    pose = figure(300)
    hidden = Pose(pose.landmarks_norm, np.zeros(33, dtype=np.float32))
    assert person_box(hidden, WIDTH_PX, HEIGHT_PX) is None


@pytest.mark.parametrize("tilt_deg", [0, 30, 60, 90])
def test_body_size_hardly_depends_on_posture_and_the_angle_is_the_tilt(tilt_deg: float) -> None:
    pose = figure(300, tilt_deg=tilt_deg)
    box = person_box(pose, WIDTH_PX, HEIGHT_PX)
    assert box is not None
    body = measure_body(pose, box, WIDTH_PX, HEIGHT_PX)
    assert body is not None
    assert body.size_px == pytest.approx(TALL_PX, rel=0.15)
    assert body.torso_angle_deg == pytest.approx(tilt_deg, abs=8)
    assert (body.head_over_feet > 0.6) == (tilt_deg < 45)


def test_impossible_values_are_refused_with_what_was_given() -> None:
    with pytest.raises(ValueError, match="left <= right"):
        Box(10, 0, 0, 10)
    with pytest.raises(ValueError, match=r"between 0 and 1, got 1\.5"):
        Prediction(1.5)
    with pytest.raises(ValueError, match=r"\(height, width, 3\), got \(4, 4\)"):
        Frame("room", 0, 0.0, np.zeros((4, 4), dtype=np.uint8))
    with pytest.raises(ValueError, match=r"\(33, 2\), got \(17, 2\)"):
        Pose(np.zeros((17, 2), np.float32), np.zeros(33, np.float32))
