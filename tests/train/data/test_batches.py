"""The order depends on seed and epoch alone, and processes share every batch."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from train.data.batches import batch_count, batches

ROWS = np.arange(100, 150)


@given(
    crops=st.integers(2, 200),
    batch_size=st.integers(2, 32),
    world_size=st.sampled_from([1, 2, 3]),
    epoch=st.integers(1, 5),
)
def test_processes_share_each_batch_without_overlap(
    crops: int, batch_size: int, world_size: int, epoch: int
) -> None:
    rows = np.arange(crops)
    shares = [
        list(batches(rows, batch_size, 7, epoch, rank, world_size)) for rank in range(world_size)
    ]
    assert {len(share) for share in shares} == {batch_count(crops, batch_size, world_size)}
    together = np.concatenate([np.empty(0, int), *(row for share in shares for row in share)])
    assert len(set(together.tolist())) == len(together)
    for parts in zip(*shares, strict=True):
        assert len({len(part) for part in parts}) == 1


def test_an_epoch_uses_every_crop_and_each_epoch_has_its_own_order() -> None:
    first, again, second = (
        np.concatenate(list(batches(ROWS, 16, seed=3, epoch=epoch))) for epoch in (1, 1, 2)
    )
    assert sorted(first) == ROWS.tolist()
    np.testing.assert_array_equal(first, again)
    assert first.tolist() != second.tolist()


def test_a_last_batch_of_one_is_left_out_since_batch_norm_cannot_learn_from_it() -> None:
    assert [len(rows) for rows in batches(np.arange(33), 16, 1, 1)] == [16, 16]
    assert [len(rows) for rows in batches(np.arange(34), 16, 1, 1)] == [16, 16, 2]
