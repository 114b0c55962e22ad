"""Threshold of finished weights, moved to where images they were not trained on ask for it.

Where a network has not been before, it tells who lies from who does not nearly as well as at home,
but is too sparing with Fall: people there lie in other ways than those it learned from. The
threshold is what that costs, and a hundred labelled people suffice to find it.

The probabilities stay as they are: the judge weighs them, and its limits were set on them.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from fallwatch.classifiers.manifest import MODEL_FILES, Manifest, WeightsError, load_manifest
from train.classes import FALL
from train.data.samples import Exclusion, Samples, load_samples
from train.errors import TrainError
from train.release.export import Card, ir_p_fall, write_manifest
from train.release.folders import put_in_place
from train.release.package import figures
from train.score.calibration import even_threshold
from train.score.metrics import Floats64, Metrics, measure

#: One of so many parts of the recordings is judged at the threshold that the others ask for.
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Moved:
    """Weights with another threshold.

    Attributes:
        threshold: Called Fall from this probability on.
        before: Figures at the threshold they had.
        after: The same people, each at the threshold that other recordings ask for.
        remarks: What was assumed or passed over in the data, in words.
    """

    threshold: float
    before: Metrics
    after: Metrics
    remarks: tuple[str, ...]


def move_threshold(
    weights_dir: Path,
    variant: str,
    data: Sequence[Path],
    target_dir: Path,
    exclusion: Exclusion | None = None,
) -> Moved:
    """Write weights again with the threshold that these images ask for.

    Args:
        weights_dir: Holds ``<variant>/``.
        variant: Whose weights.
        data: Sets that were not trained on. Of one that comes divided, the validation part counts.
        target_dir: Where ``<variant>/`` goes; may be ``weights_dir``.
        exclusion: Images to keep out.

    Raises:
        TrainError: The weights or a set cannot be used, or the people are too few.
    """
    try:
        manifest = load_manifest(weights_dir, variant)
    except WeightsError as error:
        raise TrainError(str(error)) from error
    spec = manifest.input.to_spec()
    samples, summary = load_samples(data, spec, exclusion)
    samples = _not_trained_on(samples)
    p_fall = ir_p_fall(weights_dir / variant, spec, samples.crops, manifest.temperature)
    threshold = even_threshold(p_fall, samples.labels)
    moved = Moved(
        threshold=threshold,
        before=measure(samples.labels, p_fall, samples.sources, manifest.threshold),
        after=_cross_fitted(samples, p_fall),
        remarks=tuple(summary.remarks),
    )
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / variant
        draft.mkdir()
        for name in MODEL_FILES:
            shutil.copyfile(weights_dir / variant / name, draft / name)
        write_manifest(draft, spec, _card(manifest, samples, moved))
        put_in_place(draft, target_dir / variant)
    return moved


def _not_trained_on(samples: Samples) -> Samples:
    """The validation parts of the sets that have one, and the others whole.

    Raises:
        TrainError: Too few recordings of a class are left.
    """
    divided = np.unique(samples.data_sets[samples.parts != ""])
    kept = samples.take(
        np.flatnonzero((samples.parts == "val") | ~np.isin(samples.data_sets, divided))
    )
    for word, own in (("fallen", kept.labels == FALL), ("other", kept.labels != FALL)):
        if len(np.unique(kept.sources[own])) < _PARTS:
            raise TrainError(
                f"There are fewer than {_PARTS} recordings or scenes with {word} people: chance "
                "would decide. Give more."
            )
    return kept


def _cross_fitted(samples: Samples, p_fall: Floats64) -> Metrics:
    """Figures of verdicts at thresholds that their own recordings had no part in."""
    over = np.empty_like(p_fall)
    for others, own in GroupKFold(_PARTS).split(p_fall, groups=samples.sources):
        over[own] = p_fall[own] - even_threshold(p_fall[others], samples.labels[others])
    # Brought back to between 0 and 1, half being where each threshold was.
    return measure(samples.labels, (over + 1.0) / 2.0, samples.sources)


def _card(manifest: Manifest, samples: Samples, moved: Moved) -> Card:
    names = np.unique(samples.data_sets)
    people = {str(name): int((samples.data_sets == name).sum()) for name in names}
    after = {
        name: value
        for name, value in figures(moved.after.as_dict()).items()
        if name not in ("auroc", "ece")  # of the probabilities, which stay
    }
    return Card(
        variant=manifest.variant,
        temperature=manifest.temperature,
        threshold=moved.threshold,
        metrics={
            **manifest.metrics,
            "moved_threshold": {"from": manifest.threshold, "people": people, **after},
        },
        provenance=manifest.provenance,
    )
