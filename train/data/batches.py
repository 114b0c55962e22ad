"""Batches of an epoch in an order from seed and epoch alone, so that a resumed run repeats it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

Rows = NDArray[np.int64]


def seed_epoch(seed: int, epoch: int, rank: int) -> None:
    """Set torch's generators for one epoch: dropout and mixing depend on nothing before it."""
    torch.manual_seed(int(np.random.SeedSequence([seed, epoch, rank]).generate_state(1)[0]))


def batches(
    rows: Rows, batch_size: int, seed: int, epoch: int, rank: int = 0, world_size: int = 1
) -> Iterator[Rows]:
    """Shuffled batches; each process gets its share of every batch.

    A last batch that would leave a process fewer than two crops is left out, since batch norm
    cannot learn from one; shuffling gives those crops their turn in other epochs.
    """
    order = np.random.default_rng([seed, epoch]).permutation(rows)
    for i in range(batch_count(len(rows), batch_size, world_size)):
        batch = order[i * batch_size : (i + 1) * batch_size]
        even = len(batch) // world_size * world_size
        yield batch[:even][rank::world_size]


def batch_count(crops: int, batch_size: int, world_size: int = 1) -> int:
    """Number of batches in an epoch."""
    full, rest = divmod(crops, batch_size)
    return full + (1 if rest >= 2 * world_size else 0)
