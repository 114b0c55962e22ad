"""The state after an epoch, written so that a kill at any moment leaves a whole file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from train.errors import UNREADABLE, TrainError

CHECKPOINT_FILE = "checkpoint.pt"


def save_checkpoint(folder: Path, state: dict[str, Any]) -> None:
    """Write the checkpoint in one step: the old one stays until the new one is complete."""
    target = folder / CHECKPOINT_FILE
    draft = target.with_suffix(".tmp")
    with draft.open("wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)


def load_checkpoint(folder: Path, fingerprint: str) -> dict[str, Any] | None:
    """The state of an earlier, interrupted run; None if it had not finished an epoch.

    Args:
        folder: Of the run.
        fingerprint: Of settings and data; a run goes on only with the same.

    Raises:
        TrainError: The checkpoint belongs to another run, or is damaged.
    """
    path = folder / CHECKPOINT_FILE
    if not path.is_file():
        return None
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except UNREADABLE as error:
        raise TrainError(
            f"{path} cannot be read ({str(error).splitlines()[0]}). "
            f"Remove it and start without --resume."
        ) from error
    if state["fingerprint"] != fingerprint:
        raise TrainError(
            f"{path} is from a run with other settings or data. "
            f"Give the same options, or start without --resume in another --out folder."
        )
    return state
