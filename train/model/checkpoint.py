"""Checkpoint after each epoch, written so that a kill at any moment leaves a whole file."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from train.errors import UNREADABLE, TrainError

CHECKPOINT_FILE = "checkpoint.pt"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The file that a training can be resumed from.

    Attributes:
        folder: Of the run.
        fingerprint: Of settings and data; a training is resumed only with the same.
    """

    folder: Path
    fingerprint: str = ""

    @property
    def path(self) -> Path:
        """Path of the file."""
        return self.folder / CHECKPOINT_FILE

    def save(self, state: dict[str, Any]) -> None:
        """Write the state in one step: the old one stays until the new one is complete."""
        draft = self.path.with_suffix(".tmp")
        with draft.open("wb") as file:
            torch.save({"fingerprint": self.fingerprint, **state}, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    def load(self) -> dict[str, Any] | None:
        """The state of an earlier, interrupted training; None if it had not finished an epoch.

        Raises:
            TrainError: The checkpoint belongs to another run, or is damaged.
        """
        if not self.path.is_file():
            return None
        try:
            state: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
        except UNREADABLE as error:
            raise TrainError(
                f"{self.path} cannot be read ({str(error).splitlines()[0]}). "
                f"Remove it and start without --resume."
            ) from error
        if state["fingerprint"] != self.fingerprint:
            raise TrainError(
                f"{self.path} is from a run with other settings or data. "
                f"Give the same options, or start without --resume in another --out folder."
            )
        return state
