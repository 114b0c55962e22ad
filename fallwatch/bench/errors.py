"""What goes wrong for a reason a person can act on."""

from __future__ import annotations


class BenchError(Exception):
    """The measurement cannot be made. The message says why."""
