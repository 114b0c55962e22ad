"""Playback of a clip at its own speed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

# A reader that is further behind goes on at normal speed from where it is: no rush to catch up.
_MAX_LAG_S = 0.25
# A longer gap between two frames is shortened: nobody learns anything from waiting.
_MAX_WAIT_S = 5.0


class Pacer:
    """Waits until a frame is due.

    Args:
        clock: Seconds, steadily increasing.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._zero_s: float | None = None  # when the clip's time 0 was, or would have been

    def wait_for(self, timestamp_s: float, interrupted: threading.Event) -> None:
        """Return when the frame is due, or at once when ``interrupted`` is set."""
        now_s = self._clock()
        if self._zero_s is None or now_s - self._zero_s - timestamp_s > _MAX_LAG_S:
            self._zero_s = now_s - timestamp_s
        wait_s = self._zero_s + timestamp_s - now_s
        if wait_s > _MAX_WAIT_S:
            self._zero_s -= wait_s - _MAX_WAIT_S
            wait_s = _MAX_WAIT_S
        if wait_s > 0:
            interrupted.wait(wait_s)
