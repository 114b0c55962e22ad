"""The rate is that of the last three seconds."""

from __future__ import annotations

import pytest

from fallwatch.pipeline.rate_meter import RateMeter


def test_the_rate_follows_and_dies_down() -> None:
    rate = RateMeter()
    assert rate.per_second(0.0) == 0.0
    for number in range(100):
        rate.add(number / 10)
    assert rate.per_second(9.9) == pytest.approx(10)
    assert 4 < rate.per_second(11.4) < 6
    assert rate.per_second(20.0) == 0.0
