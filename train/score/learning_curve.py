"""Learning curve: loss and F1 of each epoch, and the score by which epochs are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from train.model.variants import Selection

#: Field -> its name in checkpoints and reports. The validation part was called the tuning part
#: when the first of them were written, and they must stay readable.
_STORED_NAMES = {"val_loss": "tune_loss", "val_f1": "tune_f1", "val_accuracy": "tune_accuracy"}


@dataclass(frozen=True, slots=True)
class EpochResult:
    """One point of the learning curve.

    Attributes:
        epoch: From 1.
        train_loss: Mean over the epoch's batches.
        val_loss: Cross-entropy on the validation part; None, like what follows, if it is empty.
        val_f1: F1 of Fall there, at threshold 0.5.
        val_accuracy: Accuracy there.
    """

    epoch: int
    train_loss: float
    val_loss: float | None = None
    val_f1: float | None = None
    val_accuracy: float | None = None

    def score(self, selection: Selection) -> float:
        """Score by which the best epoch is found, higher is better.

        Without a validation part the latest epoch is the best.
        """
        if self.val_f1 is None or self.val_loss is None:
            return self.epoch
        return self.val_f1 if selection == "f1" else -self.val_loss

    def to_stored(self) -> dict[str, Any]:
        """The point as a checkpoint or a report holds it."""
        return {_STORED_NAMES.get(name, name): value for name, value in asdict(self).items()}

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> EpochResult:
        """The point that `to_stored` was called on."""
        names = {old: name for name, old in _STORED_NAMES.items()}
        return cls(**{names.get(name, name): value for name, value in stored.items()})
