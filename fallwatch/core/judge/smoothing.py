"""Evidence over seconds instead of frames."""

from __future__ import annotations

import math


class SmoothedProbability:
    """Exponential average of a probability whose memory is given in seconds.

    The weight of a new value is 1 - exp(-dt / tau), so that the result depends on time and not on
    how many frames came.

    Args:
        tau_s: After this time an old value counts 1/e.
    """

    def __init__(self, tau_s: float = 0.3) -> None:
        if tau_s <= 0:
            raise ValueError(f"tau_s must be positive, got {tau_s}")
        self._tau_s = tau_s
        self._value: float | None = None
        self._at_s = 0.0

    @property
    def value(self) -> float | None:
        """The average; None before the first update."""
        return self._value

    def update(self, timestamp_s: float, probability: float) -> float:
        """Take in one value, later than the one before; return the new average."""
        if self._value is None:
            self._value = probability
        else:
            weight = 1.0 - math.exp(-max(timestamp_s - self._at_s, 0.0) / self._tau_s)
            self._value += weight * (probability - self._value)
        self._at_s = timestamp_s
        return self._value
