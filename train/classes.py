"""Class numbers, in the order of the networks' outputs."""

from __future__ import annotations

FALL = 0
NOT_FALL = 1
