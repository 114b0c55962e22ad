"""Plots of a report, each as one SVG element to stand in the page."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_recall_curve

_SIZE_INCHES = (4.6, 3.2)
_RELIABILITY_BINS = 10


def learning_curves(history: Sequence[Mapping[str, Any]], best_epoch: int) -> str:
    """Loss and F1 by epoch."""
    figure, axes = _figure("epoch", "loss")
    epochs = [point["epoch"] for point in history]
    axes.plot(epochs, [point["train_loss"] for point in history], label="training loss")
    axes.plot(epochs, [point["tune_loss"] for point in history], label="tuning loss")
    second = axes.twinx()
    second.set_ylabel("F1 of Fall")
    second.set_ylim(0, 1)
    second.plot(epochs, [point["tune_f1"] for point in history], "k--", label="tuning F1")
    axes.axvline(best_epoch, color="grey", linewidth=0.8, label="best epoch")
    lines = [*axes.get_lines(), *second.get_lines()]
    axes.legend(lines, [str(line.get_label()) for line in lines], fontsize=7, loc="center right")
    return _svg(figure)


def precision_recall(predictions: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Precision over recall of Fall; one line for each named run."""
    figure, axes = _figure("recall", "precision")
    for name, rows in predictions.items():
        is_fall, p_fall = _arrays(rows)
        precision, recall, _ = precision_recall_curve(is_fall, p_fall)
        axes.plot(recall, precision, label=name)
    axes.set_xlim(0, 1.01)
    axes.set_ylim(0, 1.01)
    axes.legend(fontsize=7, loc="lower left")
    return _svg(figure)


def reliability(rows: Sequence[Mapping[str, Any]]) -> str:
    """Reliability diagram: the share of Falls over the P(Fall) predicted."""
    figure, axes = _figure("P(Fall) said", "part that were Falls")
    is_fall, p_fall = _arrays(rows)
    seen, said = calibration_curve(is_fall, p_fall, n_bins=_RELIABILITY_BINS)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.plot(said, seen, "o-")
    return _svg(figure)


def _arrays(
    rows: Sequence[Mapping[str, Any]],
) -> tuple[np.ndarray[Any, np.dtype[np.bool_]], np.ndarray[Any, np.dtype[np.float64]]]:
    is_fall = np.array([row["label"] == 0 for row in rows], dtype=bool)
    return is_fall, np.array([row["p_fall"] for row in rows], dtype=np.float64)


def _figure(x_label: str, y_label: str) -> tuple[Figure, Axes]:
    # Figure without pyplot: no window system is looked for, and nothing global is kept.
    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    axes = figure.add_subplot()
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(alpha=0.3)
    return figure, axes


def _svg(figure: Figure) -> str:
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata={"Date": None})
    text = file.getvalue()
    return text[text.index("<svg") :]
