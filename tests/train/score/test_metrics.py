"""F1 is of Fall, and intervals go by recording."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score

from train.score.metrics import fall_f1, measure

# Three falls, two found; five others, one called a fall.
LABELS = np.array([0, 0, 0, 1, 1, 1, 1, 1])
P_FALL = np.array([0.9, 0.8, 0.3, 0.7, 0.2, 0.1, 0.1, 0.0])
SOURCES = np.array(["a", "a", "b", "b", "c", "c", "d", "d"])


def test_f1_is_of_class_zero_and_not_of_the_librarys_default() -> None:
    verdicts = np.where(P_FALL >= 0.5, 0, 1)
    assert fall_f1(LABELS, P_FALL) == pytest.approx(2 / 3)
    assert f1_score(LABELS, verdicts) == pytest.approx(0.8)


def test_all_figures_of_a_small_case() -> None:
    metrics = measure(LABELS, P_FALL, SOURCES)
    assert metrics.confusion == ((2, 1), (1, 4))
    assert metrics.precision == pytest.approx(2 / 3)
    assert metrics.recall == pytest.approx(2 / 3)
    assert metrics.accuracy == pytest.approx(6 / 8)
    assert metrics.balanced_accuracy == pytest.approx((2 / 3 + 4 / 5) / 2)
    # 14 of the 15 pairs of a fall and another stand in the right order.
    assert metrics.auroc == pytest.approx(14 / 15)
    assert (metrics.count, metrics.sources) == (8, 4)


def test_intervals_draw_recordings_and_not_crops() -> None:
    one = measure(LABELS, P_FALL, np.array(["same"] * 8))
    assert one.intervals_95["f1"] == pytest.approx((2 / 3, 2 / 3))
    for name in ("precision", "recall", "accuracy"):
        assert one.intervals_95[name] == pytest.approx((getattr(one, name),) * 2)
    low, high = measure(LABELS, P_FALL, SOURCES).intervals_95["f1"]
    assert low < 2 / 3 < high


def test_one_class_alone_has_no_ranking_figures() -> None:
    metrics = measure(LABELS[3:], P_FALL[3:], SOURCES[3:])
    assert metrics.auroc is None
    assert metrics.average_precision is None
