"""The last minute of two curves: p(fall) and the decision's score."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from fallwatch.core.types import Analysis

Curve = NDArray[np.float64]

#: How far back the curves reach.
SPAN_S = 60.0

#: Where no frame was analysed for longer, the curve has a hole: nothing is made up.
GAP_S = 1.0


class ScoreHistory:
    """Keeps what the strip shows; times are those of the frames."""

    def __init__(self) -> None:
        self._points: deque[tuple[float, float, float]] = deque()

    def add(self, analysis: Analysis) -> None:
        """Take a verdict in. A time that runs backwards begins a new history."""
        time_s = analysis.frame.timestamp_s
        if self._points and time_s < self._points[-1][0]:
            self._points.clear()
        if self._points and time_s - self._points[-1][0] > GAP_S:
            self._points.append((time_s, float("nan"), float("nan")))
        self._points.append((time_s, analysis.p_fall, analysis.score))
        while self._points[0][0] < time_s - SPAN_S:
            self._points.popleft()

    def clear(self) -> None:
        """Forget everything: another source is watched."""
        self._points.clear()

    def curves(self) -> tuple[Curve, Curve, Curve]:
        """Seconds before the newest point (0 or less), p(fall) and score, each of shape (n,).

        Both values are NaN where a hole begins.
        """
        if not self._points:
            nothing = np.empty(0)
            return nothing, nothing, nothing
        table = np.array(self._points)
        return table[:, 0] - table[-1, 0], table[:, 1], table[:, 2]
