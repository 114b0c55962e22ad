"""Errors of training, each a sentence for the person at the command line."""

from __future__ import annotations

from pickle import UnpicklingError


class TrainError(Exception):
    """Training cannot start or go on. The message says what happened, where, and what to do."""


#: What torch.load raises on files that are not its own: its reader stumbles over any of these.
UNREADABLE = (UnpicklingError, RuntimeError, EOFError, ValueError, KeyError, IndexError)
