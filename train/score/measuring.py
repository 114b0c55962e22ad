"""Metrics of finished weights on labelled images, cropped and classified as the app does it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fallwatch.classifiers.manifest import WeightsError, load_manifest
from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier
from fallwatch.core.types import Box, Image, PersonCrop
from train.data.samples import DataSummary, load_samples
from train.errors import TrainError
from train.score.metrics import Metrics, measure_sets

_NOWHERE = Box(0.0, 0.0, 0.0, 0.0)


def measure_weights(
    weights_dir: Path, variant: str, folders: Sequence[Path]
) -> tuple[dict[str, Metrics], DataSummary]:
    """Classify every labelled person by the app's own classifier, at the weights' own threshold.

    Args:
        weights_dir: Holds ``<variant>/``.
        variant: Whose weights.
        folders: Data sets; all their images count, whatever part they belong to.

    Returns:
        Figures of ``all`` and, where there are several sets, of each; and what was read.

    Raises:
        TrainError: The weights or a set cannot be used.
    """
    try:
        manifest = load_manifest(weights_dir, variant)
        samples, summary = load_samples(folders, manifest.input.to_spec())
        p_fall = app_p_fall(weights_dir / variant, samples.crops)
    except WeightsError as error:
        raise TrainError(str(error)) from error
    return measure_sets(samples, p_fall, manifest.threshold), summary


def app_p_fall(folder: Path, crops: Image) -> np.ndarray[Any, np.dtype[np.float64]]:
    """P(Fall) of crops by the app's own classifier, (n,)."""
    classifier = OpenVinoClassifier(folder.parent, folder.name)
    predictions = [classifier.classify([PersonCrop(crop, _NOWHERE)])[0] for crop in crops]
    return np.array([prediction.p_fall for prediction in predictions], dtype=np.float64)
