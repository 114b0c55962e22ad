"""The dashed curve of the strip: dashes stay in their places while the curve moves on."""

from __future__ import annotations

import numpy as np
import pytest

from fallwatch.ui.video.strip_plot import _lines


def _drawn(across: list[float], down: list[float], *, dashed: bool) -> list[tuple[float, float]]:
    """Where something is drawn, as the ends of each stretch, joined where they touch."""
    pieces = [
        (line.x1(), line.x2()) for line in _lines(np.array(across), np.array(down), dashed=dashed)
    ]
    joined: list[tuple[float, float]] = []
    for begin, end in pieces:
        if joined and joined[-1][1] == pytest.approx(begin):
            joined[-1] = joined[-1][0], end
        else:
            joined.append((begin, end))
    return joined


@pytest.mark.parametrize("step", [0.7, 5.0, 10.0, 17.0])
@pytest.mark.parametrize("shift", [0.0, 2.0, 3.5, 9.0])
def test_dashes_are_in_the_same_places_however_far_apart_the_points_are(
    step: float, shift: float
) -> None:
    across = np.arange(20.0 - shift, 180.0, step)
    drawn = _drawn(list(across), [1.0] * len(across), dashed=True)
    inside = [stretch for stretch in drawn if stretch[0] >= 24.0 and stretch[1] <= 144.0]
    assert inside == [pytest.approx((x, x + 6.0)) for x in range(24, 144, 12)]


def test_a_curve_keeps_its_shape_and_its_gaps() -> None:
    lines = _lines(
        np.array([0.0, 24.0, 30.0, 40.0]), np.array([0.0, 24.0, np.nan, 7.0]), dashed=True
    )
    assert [(each.x1(), each.y1(), each.x2(), each.y2()) for each in lines] == [
        (0.0, 0.0, 6.0, 6.0),
        (12.0, 12.0, 18.0, 18.0),
    ]
    assert len(_lines(np.array([0.0, 24.0, 30.0]), np.array([0.0, 24.0, 7.0]), dashed=False)) == 2


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_is_drawn_of_no_curve(count: int) -> None:
    assert _lines(np.zeros(count), np.zeros(count), dashed=True) == []
