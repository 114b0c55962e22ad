"""Turned squares: there and back, and upright bodies however they lie."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fallwatch.pose.region import Region


def floats(*values: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


@pytest.mark.parametrize(
    ("rim", "turn"),
    [((0, -10), 0.0), ((10, 0), math.pi / 2), ((-10, 0), -math.pi / 2), ((0, 10), math.pi)],
)
def test_what_points_from_hips_to_head_is_up_in_the_square(
    rim: tuple[float, float], turn: float
) -> None:
    hips = floats(50, 60)
    region = Region.around_body(hips, hips + floats(*rim))
    assert region.turn_rad == pytest.approx(turn)
    assert region.side_px == pytest.approx(2 * 1.25 * 10)
    middle, top = region.to_image(np.array([[0.5, 0.5], [0.5, 0.1]], dtype=np.float32))
    assert middle.tolist() == pytest.approx([50, 60])
    assert (top - middle).tolist() == pytest.approx(rim, abs=1e-4)


def test_the_cut_shows_what_lies_in_the_square() -> None:
    image = np.zeros((100, 200, 3), np.uint8)
    image[20:40, 120:140] = 255
    spot = np.array([130.0, 30.0])
    for turn in (0.0, 0.7, math.pi / 2, -2.0):
        region = Region(120, 45, 80, turn)
        cut = region.cut(image, 64)
        rows, columns = np.nonzero(cut[:, :, 0] > 127)
        found = np.array([[columns.mean() / 64, rows.mean() / 64]], dtype=np.float32)
        assert np.linalg.norm(region.to_image(found)[0] - spot) < 1.5


def test_beyond_the_image_it_is_black_or_its_edge_goes_on() -> None:
    image = np.full((10, 10, 3), 200, np.uint8)
    region = Region(0, 0, 10)
    assert region.cut(image, 10)[0, 0].tolist() == [0, 0, 0]
    assert region.cut(image, 10, edge_repeated=True)[0, 0].tolist() == [200, 200, 200]
