"""Errors with a reason that a person can act on."""

from __future__ import annotations


class BenchError(Exception):
    """The measurement cannot be made. The message says why."""
