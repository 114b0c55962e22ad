"""Catching up with a late stream: frames that are skipped so that newer ones come sooner."""

from __future__ import annotations

#: Seconds late from which frames are passed over, and under which no more are.
_FROM_S, _UNTIL_S = 3.0, 1.0

#: One frame is let through this often: whoever watches must not take the camera for lost.
_GLIMPSE_EVERY_S = 1.5

#: What has not helped for this long does not help: late frames are better than none.
_AT_MOST_S = 5.0

#: Then it is tried again after a while.
_PAUSE_S = 30.0


class CatchUp:
    """Feed it every frame of one open stream, in order."""

    def __init__(self) -> None:
        self._began_s: float | None = None
        self._glimpse_s = 0.0
        self._not_before_s = 0.0

    def passes_over(self, late_s: float, now_s: float) -> bool:
        """Whether a frame is not worth decoding.

        Args:
            late_s: How late it is, in seconds.
            now_s: A clock that never runs backwards and began at 0 or later.
        """
        if self._began_s is None:
            if late_s <= _FROM_S or now_s < self._not_before_s:
                return False
            self._began_s = self._glimpse_s = now_s
        if late_s < _UNTIL_S or now_s - self._began_s >= _AT_MOST_S:
            gave_up = late_s >= _UNTIL_S
            self._began_s = None
            self._not_before_s = now_s + (_PAUSE_S if gave_up else 0.0)
            return False
        if now_s - self._glimpse_s >= _GLIMPSE_EVERY_S:
            self._glimpse_s = now_s
            return False
        return True
