"""Metrics of a classifier. The positive class is Fall, class 0: ``pos_label=0`` everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn import metrics as sk

from train.classes import FALL
from train.data.samples import Samples
from train.model.torchvision_on_cpu import import_torchvision

_RESAMPLES = 1000
_BINS = 15

Floats64 = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Metrics:
    """Figures of one set of crops at one threshold; all but counts between 0 and 1.

    Attributes:
        count: Crops.
        sources: Recordings and scenes they are from.
        f1: F1 of Fall.
        precision: Part of those called Fall that are.
        recall: Part of the Falls that are called so.
        accuracy: Part classified correctly.
        balanced_accuracy: Mean of the recalls of both classes.
        auroc: Area under the ROC curve; None where one class is missing.
        average_precision: Of Fall; None where one class is missing.
        ece: Expected calibration error of P(Fall), 15 bins.
        confusion: Rows truth, columns verdict; Fall, then Not Fall.
        intervals_95: Bootstrap over sources: name -> (low, high).
    """

    count: int
    sources: int
    f1: float
    precision: float
    recall: float
    accuracy: float
    balanced_accuracy: float
    auroc: float | None
    average_precision: float | None
    ece: float
    confusion: tuple[tuple[int, int], tuple[int, int]]
    intervals_95: dict[str, tuple[float, float]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def fall_f1(labels: Labels, p_fall: Floats64, threshold: float = 0.5) -> float:
    """F1 of Fall, 0 where nothing is called Fall.

    >>> fall_f1(np.array([0, 1, 1]), np.array([0.9, 0.6, 0.1]))
    0.6666666666666666
    """
    return float(
        sk.f1_score(labels, _verdicts(p_fall, threshold), pos_label=FALL, zero_division=0.0)
    )


def measure(
    labels: Labels,
    p_fall: Floats64,
    sources: NDArray[np.str_],
    threshold: float = 0.5,
    seed: int = 0,
) -> Metrics:
    """All figures.

    Args:
        labels: (n,) 0 = Fall, 1 = Not Fall.
        p_fall: (n,) probability of Fall.
        sources: (n,) names; the bootstrap draws these, since crops of one recording are alike.
        threshold: Called Fall from this probability on.
        seed: Of the bootstrap.
    """
    verdicts = _verdicts(p_fall, threshold)
    point = _point(labels, verdicts)
    both = len(np.unique(labels)) == 2
    is_fall = (labels == FALL).astype(np.int64)
    (a, b), (c, d) = sk.confusion_matrix(labels, verdicts, labels=[0, 1]).tolist()
    return Metrics(
        count=len(labels),
        sources=len(np.unique(sources)),
        balanced_accuracy=float(
            sk.recall_score(labels, verdicts, labels=np.unique(labels), average="macro")
        ),
        auroc=float(sk.roc_auc_score(is_fall, p_fall)) if both else None,
        average_precision=float(sk.average_precision_score(is_fall, p_fall)) if both else None,
        ece=_calibration_error(p_fall, is_fall),
        confusion=((a, b), (c, d)),
        intervals_95=_bootstrap(labels, verdicts, sources, seed),
        **point,
    )


def _verdicts(p_fall: Floats64, threshold: float) -> Labels:
    return np.where(p_fall >= threshold, FALL, 1 - FALL).astype(np.int64)


def measure_sets(
    samples: Samples, p_fall: Floats64, threshold: float, leaked_scenes: Sequence[str] = ()
) -> dict[str, Metrics]:
    """Figures of all samples, of each set where there are several, and of never seen scenes.

    Args:
        samples: (n,) crops.
        p_fall: (n,) probability of Fall.
        threshold: Called Fall from this probability on.
        leaked_scenes: Scenes that training has seen; the others are ``unseen scenes``.
    """
    chosen = {"all": np.ones(len(samples), dtype=bool)}
    sets = np.unique(samples.data_sets)
    if len(sets) > 1:
        chosen |= {str(name): samples.data_sets == name for name in sets}
    if leaked_scenes:
        chosen["unseen scenes"] = ~np.isin(samples.sources, leaked_scenes)
    return {
        name: measure(samples.labels[rows], p_fall[rows], samples.sources[rows], threshold)
        for name, rows in chosen.items()
        if rows.any()
    }


def _point(labels: Labels, verdicts: Labels) -> dict[str, float]:
    precision, recall, f1, _ = sk.precision_recall_fscore_support(
        labels, verdicts, labels=[FALL], average=None, zero_division=0.0
    )
    return {
        "f1": float(f1[0]),
        "precision": float(precision[0]),
        "recall": float(recall[0]),
        "accuracy": float(sk.accuracy_score(labels, verdicts)),
    }


def _calibration_error(p_fall: Floats64, is_fall: Labels) -> float:
    # torchmetrics imports torchvision where it finds it.
    import_torchvision()
    from torchmetrics.functional.classification import binary_calibration_error

    return float(
        binary_calibration_error(torch.from_numpy(p_fall), torch.from_numpy(is_fall), n_bins=_BINS)
    )


def _bootstrap(
    labels: Labels, verdicts: Labels, sources: NDArray[np.str_], seed: int
) -> dict[str, tuple[float, float]]:
    """Percentile intervals; each resample draws as many sources as there are, with repetition.

    A resample's figures follow from the sum of its sources' confusion matrices, which is a
    thousand times faster than calling scikit-learn on the drawn rows.
    """
    per_source = np.array(
        [
            sk.confusion_matrix(
                labels[sources == source], verdicts[sources == source], labels=[0, 1]
            ).ravel()
            for source in np.unique(sources)
        ]
    )
    count = len(per_source)
    drawn = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), _RESAMPLES)
    found, missed, false, right = (drawn @ per_source).T.astype(np.float64)
    draws = {
        "f1": _ratio(2 * found, 2 * found + missed + false),
        "precision": _ratio(found, found + false),
        "recall": _ratio(found, found + missed),
        "accuracy": _ratio(found + right, found + missed + false + right),
    }
    return {
        name: (float(np.percentile(values, 2.5)), float(np.percentile(values, 97.5)))
        for name, values in draws.items()
    }


def _ratio(part: Floats64, whole: Floats64) -> Floats64:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
