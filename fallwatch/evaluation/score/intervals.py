"""Confidence intervals of event metrics: exact for counts, bootstrap over clips for the rest."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Resamples of the bootstrap, and its seed: the same run gives the same intervals.
RESAMPLES = 2000
SEED = 20240229


def poisson_upper(count: int, confidence: float = 0.95) -> float:
    """Upper bound of an expected number of events, when ``count`` were seen.

    Exact for a Poisson process: the mean at which seeing ``count`` or fewer has the probability
    1 - ``confidence`` (Garwood, 1936, one-sided). With none seen it is 3, the rule of three
    (Hanley and Lippman-Hand, 1983).

    >>> poisson_upper(0), round(poisson_upper(1), 2), round(poisson_upper(10), 2)
    (3.0, 4.74, 16.96)
    """
    if count < 0:
        raise ValueError(f"count must not be negative, got {count}")
    if count == 0 and confidence == 0.95:
        return 3.0
    low, high = float(count), count + 10.0 * math.sqrt(count + 1.0) + 10.0
    for _ in range(100):
        middle = (low + high) / 2
        if _poisson_at_most(count, middle) > 1.0 - confidence:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _poisson_at_most(count: int, mean: float) -> float:
    """Probability of ``count`` or fewer, summed in logarithms so that nothing overflows."""
    terms = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(count + 1)]
    largest = max(terms)
    return math.exp(largest) * math.fsum(math.exp(term - largest) for term in terms)


def binomial_interval(
    successes: int, trials: int, confidence: float = 0.95
) -> tuple[float, float] | None:
    """Interval of a share, exact (Clopper and Pearson, 1934).

    A bootstrap has nothing to draw from where all were found, or none.

    Returns:
        Lower and upper end; None where there is nothing to take a share of.

    >>> low, high = binomial_interval(3, 3)
    >>> round(low, 2), round(high, 2)
    (0.29, 1.0)
    """
    if not 0 <= successes <= trials:
        raise ValueError(f"expected 0 to {trials} successes, got {successes}")
    if trials == 0:
        return None
    tail = (1.0 - confidence) / 2
    return _lower_end(successes, trials, tail), 1.0 - _lower_end(trials - successes, trials, tail)


def _lower_end(successes: int, trials: int, tail: float) -> float:
    """The share at which so many successes or more have the probability ``tail``."""
    if successes == 0:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _binomial_at_least(successes, trials, middle) < tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _binomial_at_least(successes: int, trials: int, share: float) -> float:
    """Probability of so many successes or more, summed in logarithms so that nothing overflows."""
    if share in (0.0, 1.0):
        return share
    return math.fsum(
        math.exp(
            math.lgamma(trials + 1)
            - math.lgamma(k + 1)
            - math.lgamma(trials - k + 1)
            + k * math.log(share)
            + (trials - k) * math.log1p(-share)
        )
        for k in range(successes, trials + 1)
    )


def bootstrap(
    table: Floats, statistic: Callable[[Floats], Floats], resamples: int = RESAMPLES
) -> tuple[float, float] | None:
    """95 % interval of a statistic by drawing clips with replacement (percentile bootstrap).

    Args:
        table: (clips, columns), what each clip adds to the sums that the statistic is made of.
        statistic: From sums (resamples, columns) to values (resamples,); NaN where there is none.
        resamples: Number of resamples.

    Returns:
        Lower and upper end; None where no resample has a value.
    """
    if len(table) == 0:
        return None
    draws = np.random.default_rng(SEED).multinomial(
        len(table), np.full(len(table), 1.0 / len(table)), size=resamples
    )
    values = statistic(draws.astype(np.float64) @ table)
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return None
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def ratio(above: Floats, below: Floats) -> Floats:
    """Quotient, NaN where there is nothing to divide by."""
    out = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=out, where=np.asarray(below) > 0)
    return out
