"""The logistic function: from logits to probabilities."""

from __future__ import annotations

import numpy as np

from fallwatch.core.types import Floats


def probability(logits: Floats) -> Floats:
    """The logistic function, of any shape; float32 between 0 and 1.

    >>> probability(np.array([0.0], dtype=np.float32))
    array([0.5], dtype=float32)
    """
    # Clipping keeps exp finite.
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -60.0, 60.0))), dtype=np.float32)
