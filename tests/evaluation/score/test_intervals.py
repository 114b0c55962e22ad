"""Confidence intervals of event metrics."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fallwatch.evaluation.score.intervals import (
    Floats,
    binomial_interval,
    bootstrap,
    poisson_upper,
    ratio,
)


def share(sums: Floats) -> Floats:
    """First column over second."""
    return ratio(sums[:, 0], sums[:, 1])


@pytest.mark.parametrize(
    # One-sided 95 % bounds of the Poisson mean as tables give them (half of chi-square's 0.95
    # quantile with 2 (k + 1) degrees of freedom).
    ("count", "bound"),
    [(0, 3.0), (1, 4.744), (2, 6.296), (5, 10.513), (10, 16.962), (50, 63.287), (1000, 1054.0)],
)
def test_the_poisson_bound_is_the_one_in_the_tables(count: int, bound: float) -> None:
    assert poisson_upper(count) == pytest.approx(bound, rel=1e-3)


def test_the_bound_lies_where_the_count_becomes_unlikely() -> None:
    bound = poisson_upper(4)
    at_most = sum(math.exp(-bound) * bound**k / math.factorial(k) for k in range(5))
    assert at_most == pytest.approx(0.05, abs=1e-9)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="-1"):
        poisson_upper(-1)


def test_an_interval_of_nothing_is_none() -> None:
    assert bootstrap(np.zeros((0, 2)), share) is None
    assert bootstrap(np.zeros((3, 2)), share) is None


def test_an_interval_is_the_same_each_time_and_holds_the_figure() -> None:
    table = np.array([[1.0, 1.0]] * 15 + [[0.0, 1.0]] * 5)
    first = bootstrap(table, share)
    assert first == bootstrap(table, share)
    assert first is not None
    # A binomial of 20 with 0.75 has 95 % of its draws between 11 and 18.
    assert first == pytest.approx((0.55, 0.9), abs=0.051)


def test_clips_are_drawn_as_wholes() -> None:
    one_clip = np.array([[3.0, 4.0]])
    assert bootstrap(one_clip, share) == (0.75, 0.75)


@pytest.mark.parametrize(
    # As tables of Clopper-Pearson intervals give them.
    ("successes", "trials", "low", "high"),
    [(3, 3, 0.2924, 1.0), (0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (92, 99, 0.8597, 0.9711)],
)
def test_the_binomial_interval_is_the_one_in_the_tables(
    successes: int, trials: int, low: float, high: float
) -> None:
    assert binomial_interval(successes, trials) == pytest.approx((low, high), abs=2e-4)


def test_a_share_of_nothing_has_no_interval_and_more_than_all_is_refused() -> None:
    assert binomial_interval(0, 0) is None
    with pytest.raises(ValueError, match="3"):
        binomial_interval(3, 2)
