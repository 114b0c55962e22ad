"""Rate meter: events per second over the last seconds."""

from __future__ import annotations

from collections import deque

_OVER_S = 3.0


class RateMeter:
    """Counts over the last three seconds. Not thread-safe."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def add(self, now_s: float) -> None:
        """It happened, now."""
        self._times.append(now_s)
        self._forget_old(now_s)

    def per_second(self, now_s: float) -> float:
        """How often a second; 0.0 for less than twice in three seconds."""
        self._forget_old(now_s)
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(now_s - self._times[0], 1e-3)

    def _forget_old(self, now_s: float) -> None:
        while self._times and self._times[0] < now_s - _OVER_S:
            self._times.popleft()
