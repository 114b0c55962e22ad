"""Temperature and threshold, both chosen on the tuning part and never on the test part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.metrics import log_loss, precision_recall_curve

from fallwatch.classifiers.openvino_classifier import fall_probability
from train.metrics import Floats64, Labels
from train.pictures import FALL

#: Bounds of the temperature: on a few crops that are all told rightly the best one would be 0.
MIN_TEMPERATURE = 0.1
MAX_TEMPERATURE = 8.0


def p_fall_of(logits: NDArray[np.float32], temperature: float = 1.0) -> Floats64:
    """P(Fall) as the app computes it, (n,) float64."""
    return fall_probability(logits, temperature).astype(np.float64)


def fit_temperature(logits: NDArray[np.float32], labels: Labels) -> float:
    """The divisor of the logits with the least log loss (Guo et al., 2017).

    Args:
        logits: (n, 2).
        labels: (n,).
    """

    def loss(log_temperature: float) -> float:
        p = p_fall_of(logits, float(np.exp(log_temperature)))
        return float(log_loss(labels == FALL, p, labels=[False, True]))

    bounds = (np.log(MIN_TEMPERATURE), np.log(MAX_TEMPERATURE))
    found = minimize_scalar(loss, bounds=bounds, method="bounded")
    return float(np.exp(found.x))


def best_threshold(p_fall: Floats64, labels: Labels) -> float:
    """The threshold with the highest F1 of Fall, in the middle between two crops' values.

    Kept between 0.1 and 0.9: few tuning crops must not argue for an extreme.
    """
    precision, recall, thresholds = precision_recall_curve(labels == FALL, p_fall)
    sums = precision[:-1] + recall[:-1]
    f1 = np.divide(2 * precision[:-1] * recall[:-1], sums, out=np.zeros_like(sums), where=sums > 0)
    best = int(f1.argmax())
    below = p_fall[p_fall < thresholds[best]]
    lower = float(below.max()) if below.size else 0.0
    return float(np.clip((thresholds[best] + lower) / 2, 0.1, 0.9))
