"""What training reports when it cannot go on."""

from __future__ import annotations


class TrainError(Exception):
    """Training cannot start or go on. The message says what happened, where, and what to do."""
