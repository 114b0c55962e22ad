"""How good finished weights are on labelled pictures, cut and judged as the app does it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fallwatch.classifiers.manifest import WeightsError, load_manifest
from train.data import Account, load_samples
from train.errors import TrainError
from train.export import app_p_fall
from train.metrics import Metrics, measure_sets


def measure_weights(
    weights_dir: Path, variant: str, folders: Sequence[Path]
) -> tuple[dict[str, Metrics], Account]:
    """Judge every labelled person by the app's own classifier, at the weights' own threshold.

    Args:
        weights_dir: Holds ``<variant>/``.
        variant: Whose weights.
        folders: Data sets; all their pictures count, whatever part they belong to.

    Returns:
        Figures of ``all`` and, where there are several sets, of each; and what was read.

    Raises:
        TrainError: The weights or a set cannot be used.
    """
    try:
        manifest = load_manifest(weights_dir, variant)
        samples, account = load_samples(folders, manifest.input.to_spec())
        p_fall = app_p_fall(weights_dir / variant, samples.crops)
    except WeightsError as error:
        raise TrainError(str(error)) from error
    return measure_sets(samples, p_fall, manifest.threshold), account
