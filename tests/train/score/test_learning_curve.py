"""Epochs are compared by the score asked for, and stored points are read back."""

from __future__ import annotations

import pytest

from train.score.learning_curve import EpochResult

POINT = EpochResult(epoch=3, train_loss=0.5, val_loss=0.25, val_f1=0.75, val_accuracy=0.875)
#: The validation part is empty.
ALONE = EpochResult(epoch=3, train_loss=0.5)


def test_f1_or_a_low_loss_makes_the_score_and_without_either_the_epoch() -> None:
    assert POINT.score("f1") == 0.75
    assert POINT.score("loss") == -0.25
    assert ALONE.score("f1") == ALONE.score("loss") == 3


@pytest.mark.parametrize("point", [POINT, ALONE], ids=["with validation", "without"])
def test_a_point_is_read_back_as_it_was(point: EpochResult) -> None:
    assert EpochResult.from_stored(point.to_stored()) == point


def test_a_point_of_the_first_checkpoints_is_read() -> None:
    stored = {
        "epoch": 3, "train_loss": 0.5, "tune_loss": 0.25, "tune_f1": 0.75, "tune_accuracy": 0.875,
    }  # fmt: skip
    assert EpochResult.from_stored(stored) == POINT
    assert POINT.to_stored() == stored
