"""Temperature and threshold, both chosen on the validation part and never on the test part."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, precision_recall_curve

from fallwatch.classifiers.openvino_classifier import fall_probability
from train.classes import FALL
from train.score.metrics import Floats64, Labels

#: Bounds of the temperature: on a few crops, all classified correctly, the best one would be 0.
MIN_TEMPERATURE = 0.1
MAX_TEMPERATURE = 8.0

#: Largest shift of the log-odds: what asks for more is another task.
MAX_SHIFT = 4.0


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


def fit_log_odds(
    p_fall: Floats64, labels: Labels, weights: Floats64 | None = None
) -> tuple[float, float]:
    """Slope and shift of the log-odds with the least log loss (Platt, 1999).

    A temperature alone cannot mend a network that says Fall too seldom in rooms it does not know.

    Args:
        p_fall: (n,) probabilities of Fall.
        labels: (n,) with both classes.
        weights: (n,) how much each counts; all the same by default.
    """
    model = LogisticRegression(C=np.inf)
    model.fit(_log_odds(p_fall)[:, np.newaxis], labels == FALL, weights)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def even_threshold(p_fall: Floats64, labels: Labels) -> float:
    """Probability at which a crop is as likely of one class as of the other.

    That is where the log-odds, shifted so that log loss is least with both classes counting alike,
    are 0. All crops have a say in it; the threshold with the best F1 would follow the noise of the
    few that are hard to tell.

    Args:
        p_fall: (n,) probabilities of Fall.
        labels: (n,) with both classes.
    """
    is_fall = labels == FALL
    weights = np.where(is_fall, 0.5 / is_fall.mean(), 0.5 / (~is_fall).mean())
    odds = _log_odds(p_fall)

    def loss(shift: float) -> float:
        return float(log_loss(is_fall, expit(odds + shift), sample_weight=weights))

    found = minimize_scalar(loss, bounds=(-MAX_SHIFT, MAX_SHIFT), method="bounded")
    return float(expit(-found.x))


def calibrated(p_fall: Floats64, slope: float, shift: float) -> Floats64:
    """Probabilities with `fit_log_odds`'s slope and shift applied."""
    p: Floats64 = expit(slope * _log_odds(p_fall) + shift)
    return p


def _log_odds(p_fall: Floats64) -> Floats64:
    # 0 and 1 are brought in to what still has finite odds.
    odds: Floats64 = logit(np.clip(p_fall, 1e-9, 1 - 1e-9))
    return odds


def f1_threshold(p_fall: Floats64, labels: Labels) -> float:
    """Half the best F1 of Fall: for calibrated probabilities the threshold with the highest F1.

    (Lipton, Elkan and Narayanaswamy, 2014, "Thresholding classifiers to maximize F1 score".) The
    threshold that did best on a few validation crops would follow their noise: two of them decide
    it.
    """
    precision, recall, _ = precision_recall_curve(labels == FALL, p_fall)
    sums = precision + recall
    f1 = np.divide(2 * precision * recall, sums, out=np.zeros_like(sums), where=sums > 0)
    return float(f1.max()) / 2
