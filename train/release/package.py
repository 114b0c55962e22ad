"""Packaging of a finished run as a weights folder, with its model card."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from train.release.export import Card, export, write_manifest
from train.release.quantise import MAX_F1_LOSS, quantise
from train.run import Finished
from train.score.measuring import app_p_fall
from train.score.metrics import fall_f1

#: Real crops on which torch and the exported network are compared.
CHECK_CROPS = 64

_FIGURES = ("count", "sources", "f1", "precision", "recall", "accuracy", "auroc", "ece")


def package_weights(finished: Finished, weights_dir: Path) -> float:
    """Export a run's network; returns the largest difference of P(Fall) from torch.

    Raises:
        TrainError: The exported network says something else than torch; nothing is written.
    """
    run = finished.run
    crops = run.samples.crops[evenly_spaced(run.split.test, CHECK_CROPS)]
    return export(finished.network, run.spec, card_of(finished), crops, weights_dir)


def package_int8(finished: Finished, weights_dir: Path) -> tuple[float, float, bool]:
    """Replace exported weights by int8 ones if F1 on the validation part hardly falls.

    Returns:
        F1 before, F1 after, and whether the int8 weights were kept.

    Raises:
        TrainError: NNCF is not installed.
    """
    folder = weights_dir / finished.run.options.name
    val = finished.run.samples.take(finished.run.split.val)
    before = fall_f1(val.labels, app_p_fall(folder, val.crops), finished.threshold)
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / folder.name
        draft.mkdir()
        train_crops = finished.run.samples.crops[finished.run.split.train]
        quantise(folder / "model.xml", draft / "model.xml", train_crops, finished.run.spec)
        write_manifest(draft, finished.run.spec, card_of(finished).stored_as("int8"))
        after = fall_f1(val.labels, app_p_fall(draft, val.crops), finished.threshold)
        kept = before - after < MAX_F1_LOSS
        if kept:
            shutil.rmtree(folder)
            shutil.move(draft, folder)
    return before, after, kept


def card_of(finished: Finished) -> Card:
    """Model card of a run; in how many bits it is stored is added at export."""
    report = finished.report
    metrics: dict[str, Any] = {
        "protocol": report["protocol"],
        "best_epoch": report["best_epoch"],
        "ece_before_temperature": round(report["ece_before_temperature"], 4),
        "test": {name: figures(values) for name, values in report["metrics"].items()},
    }
    provenance = {
        name: report[name]
        for name in ("recipe", "settings", "seed", "data", "split", "start_weights", "versions")
    }
    return Card(
        variant=finished.run.options.name,
        temperature=finished.temperature,
        threshold=finished.threshold,
        metrics=metrics,
        provenance=provenance,
    )


def figures(values: dict[str, Any]) -> dict[str, Any]:
    """The figures of a manifest, from `train.score.metrics.Metrics` as written into a report."""
    short = {name: _short(values[name]) for name in _FIGURES}
    short["f1_interval_95"] = [_short(value) for value in values["intervals_95"]["f1"]]
    return short


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value


def evenly_spaced(rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """At most ``count`` rows, evenly from first to last."""
    return rows[np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(np.int64)]
