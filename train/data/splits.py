"""Split into crops to train on, to choose by and to test on: by source, never by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from train.data.protocol import Protocol
from train.data.samples import Samples
from train.errors import TrainError

#: One of so many folds of the training sources chooses epoch, threshold and temperature; fewer
#: where there are fewer sources, but never fewer than the second number.
VAL_FOLDS = 10
MIN_VAL_FOLDS = 4

#: One of so many folds of a set that is not split itself is its test part.
TEST_FOLDS = 5

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Row numbers of the three parts.

    What published sets call ``val`` is tested on, hence ``test`` here. Texts and stored files say
    *tuning part*, or ``tune``, for ``val``: reports of earlier runs must stay readable.

    In the study's protocol ``val`` and ``test`` are the same rows: the best epoch is chosen on
    the set that is reported, and scenes that the set's publishers put on both sides stay there
    (``leaked_scenes``). In the honest one the three parts share no source: such scenes are left
    out of training.

    Attributes:
        train: Trained on.
        val: Chooses epoch, threshold, temperature.
        test: Reported.
        refit: Both of the first, trained on once all is chosen.
        leaked_scenes: Scenes of the test rows that the data set's publishers put in train, too.
    """

    train: Rows
    val: Rows
    test: Rows
    refit: Rows
    leaked_scenes: tuple[str, ...]


def split_samples(
    samples: Samples,
    protocol: Protocol,
    seed: int,
    *,
    max_per_source: int | None = None,
    test_fold: int | None = 0,
) -> Split:
    """Divide by source.

    Sets that come divided (``train``, ``val``) keep their division; others give one of
    ``TEST_FOLDS`` folds of their sources, or nothing.

    Args:
        samples: All crops.
        protocol: Whether the best epoch is chosen on the reported part, as the study did.
        seed: Decides the folds and which crops of a large source are taken.
        max_per_source: Most crops of each class that one source gives to training: frames of one
            recording are near duplicates.
        test_fold: Which fold is the test part, 0 to ``TEST_FOLDS`` - 1; None keeps none back.

    Raises:
        TrainError: Too few sources to divide.
    """
    test = samples.parts == "val"
    for name in np.unique(samples.data_sets):
        own = samples.data_sets == name
        if test_fold is not None and not (samples.parts[own] != "").any():
            rows = np.flatnonzero(own)
            test[rows[_fold(samples, rows, TEST_FOLDS, test_fold, seed)]] = True
    learn = np.flatnonzero(~test)
    tested = np.flatnonzero(test)
    if not len(tested):
        raise TrainError(
            "Nothing is left to test on: no set brings a validation part, and --test-fold none "
            "keeps no recordings back. Name a fold, or give such a set as well."
        )
    leaked = np.intersect1d(samples.sources[learn], samples.sources[tested])
    if protocol == "study":
        train, val = learn, tested
    else:
        learn, leaked = learn[~np.isin(samples.sources[learn], leaked)], leaked[:0]
        held = _fold(samples, learn, _val_folds(samples, learn), 0, seed)
        train, val = np.delete(learn, held), learn[held]
    refit = np.union1d(train, val) if protocol == "honest" else train
    if max_per_source is not None:
        train, refit = (_thin(samples, rows, max_per_source, seed) for rows in (train, refit))
    for name, rows in (("training", train), ("tuning", val), ("test", tested)):
        if len(np.unique(samples.labels[rows])) < 2:
            raise TrainError(
                f"The {name} part has not both fallen and other people. Give more sources."
            )
    return Split(train, val, tested, refit, tuple(str(source) for source in leaked))


def _val_folds(samples: Samples, rows: Rows) -> int:
    """So many that each can have a source of either class, within the two limits."""
    sources, labels = samples.sources[rows], samples.labels[rows]
    rarer = min(len(np.unique(sources[labels == label])) for label in np.unique(labels))
    return min(VAL_FOLDS, max(MIN_VAL_FOLDS, rarer))


def _fold(samples: Samples, rows: Rows, folds: int, index: int, seed: int) -> Rows:
    """Positions in ``rows`` of one fold of their sources, classes in like proportion."""
    sources = samples.sources[rows]
    fewest_crops = np.unique(samples.labels[rows], return_counts=True)[1].min()
    if min(len(np.unique(sources)), fewest_crops) < folds:
        raise TrainError(
            f"{', '.join(np.unique(samples.data_sets[rows]))}: {len(np.unique(sources))} sources "
            f"cannot be divided into {folds} folds. Give more recordings of either class, or name "
            f"images '<recording>__<image>' so that recordings can be told apart."
        )
    splitter = StratifiedGroupKFold(n_splits=folds, shuffle=True, random_state=seed)
    parts = list(splitter.split(rows, samples.labels[rows], sources))
    return np.asarray(parts[index][1], dtype=np.int64)


def _thin(samples: Samples, rows: Rows, most: int, seed: int) -> Rows:
    order = np.random.default_rng(seed).permutation(rows)
    taken: dict[tuple[str, int], int] = {}
    kept = []
    for row in order:
        key = (str(samples.sources[row]), int(samples.labels[row]))
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= most:
            kept.append(row)
    return np.sort(np.array(kept, dtype=np.int64))
