"""Temperature, slope, shift and threshold are those that made the data."""

from __future__ import annotations

import numpy as np
import pytest

from train.score.calibration import (
    calibrated,
    even_threshold,
    f1_threshold,
    fit_log_odds,
    fit_temperature,
    p_fall_of,
)
from train.score.metrics import fall_f1, measure

# Three falls, two found; five others, one called a fall.
LABELS = np.array([0, 0, 0, 1, 1, 1, 1, 1])
P_FALL = np.array([0.9, 0.8, 0.3, 0.7, 0.2, 0.1, 0.1, 0.0])


def test_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(0)
    p_fall = rng.uniform(0.02, 0.98, 4000)
    labels = np.where(rng.uniform(size=4000) < p_fall, 0, 1)
    honest = np.log(p_fall / (1 - p_fall))
    logits = np.stack([3 * honest, np.zeros(4000)], axis=1).astype(np.float32)
    temperature = fit_temperature(logits, labels)
    assert temperature == pytest.approx(3.0, rel=0.1)
    sources = np.arange(4000).astype(str)
    few = slice(0, 400)
    before = measure(labels[few], p_fall_of(logits[few]), sources[few])
    after = measure(labels[few], p_fall_of(logits[few], temperature), sources[few])
    assert after.ece < before.ece


def test_slope_and_shift_correct_a_network_that_says_fall_too_seldom() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.02, 0.98, 8000)
    labels = np.where(rng.uniform(size=8000) < truth, 0, 1)
    given = calibrated(truth, 2.0, -1.0)
    slope, shift = fit_log_odds(given, labels)
    assert (slope, shift) == (pytest.approx(0.5, rel=0.1), pytest.approx(0.5, abs=0.1))
    np.testing.assert_allclose(calibrated(given, slope, shift), truth, atol=0.03)
    assert np.isfinite(calibrated(np.array([0.0, 1.0]), 2.0, -1.0)).all()


def test_the_threshold_is_half_the_best_f1() -> None:
    # At 0.3 all three falls are found, and one other is called a fall: F1 6/7.
    assert f1_threshold(P_FALL, LABELS) == pytest.approx(3 / 7)
    assert f1_threshold(np.array([0.9, 0.2]), np.array([0, 1])) == 0.5


def test_half_the_best_f1_is_where_f1_of_calibrated_probabilities_is_highest() -> None:
    rng = np.random.default_rng(0)
    p_fall = rng.beta(0.4, 1.2, 20_000)
    labels = np.where(rng.uniform(size=len(p_fall)) < p_fall, 0, 1)
    threshold = f1_threshold(p_fall, labels)
    f1s = {other: fall_f1(labels, p_fall, other) for other in np.linspace(0.05, 0.95, 91)}
    best = max(f1s, key=lambda other: f1s[other])
    assert threshold == pytest.approx(best, abs=0.04)
    assert f1s[best] - fall_f1(labels, p_fall, threshold) < 0.002
    assert f1s[best] - fall_f1(labels, p_fall, 0.5) > 0.01


def test_even_odds_are_found_whatever_the_share_of_falls_and_the_network_s_caution() -> None:
    rng = np.random.default_rng(0)
    truth = rng.uniform(0.02, 0.98, 8000)
    labels = np.where(rng.uniform(size=8000) < truth, 0, 1)
    # A network that says Fall too seldom by 1.5 in the log-odds.
    cautious = calibrated(truth, 1.0, -1.5)
    even = calibrated(np.array([0.5]), 1.0, -1.5)[0]
    assert even_threshold(cautious, labels) == pytest.approx(even, abs=0.02)
    rare = (labels == 1) | (rng.uniform(size=8000) < 0.2)
    assert even_threshold(cautious[rare], labels[rare]) == pytest.approx(even, abs=0.03)
