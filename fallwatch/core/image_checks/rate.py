"""Chooses which frames are analysed, so that a faster camera costs no more."""

from __future__ import annotations

from collections.abc import Callable

# As fractions of the time between two analysed frames. A frame may come this much too early
# and still count: cameras and clips are not punctual.
_EARLY = 0.25
# A frame taken late by up to this much is made up for by the next; more is forgotten. Below
# half a period less `_EARLY`, or a camera slightly under twice the rate would double up at times.
_EVENLY = 0.2
# Made up for so much, the rate is kept on average; two frames may come close together for it.
_ON_AVERAGE = 0.5


class RateGate:
    """Lets through at most about ``max_fps`` frames per second, evenly spread.

    It goes by the frames' time stamps alone, so a clip is analysed the same on every machine.
    Twice the rate gives exactly every second frame, also from a camera that is not punctual;
    less than the rate gives every frame; 25 per second at 15 gives 15, two gaps of two frames
    and one of one in turn. Between one and two times the rate it may give a little less, 13.3 of
    20 at worst, rather than bunch frames up.

    Args:
        max_fps: Frames per second to let through, above 0.

    Raises:
        ValueError: ``max_fps`` is not above 0.
    """

    def __init__(self, max_fps: float, *, on_average: bool = False) -> None:
        if not max_fps > 0:
            raise ValueError(f"max_fps must be above 0, got {max_fps}")
        self._period_s = 1.0 / max_fps
        self._made_up_s = self._period_s * (_ON_AVERAGE if on_average else _EVENLY)
        self._next_s: float | None = None
        self._last_s = 0.0

    def due(self, timestamp_s: float) -> bool:
        """Whether the frame is to be analysed. Ask once for each frame, in order.

        A time stamp before the last one begins a new count.
        """
        if self._next_s is None or timestamp_s < self._last_s:
            self._next_s = timestamp_s
        self._last_s = timestamp_s
        if timestamp_s < self._next_s - _EARLY * self._period_s:
            return False
        self._next_s = max(self._next_s, timestamp_s - self._made_up_s) + self._period_s
        return True


class AdjustableRateGate:
    """A `RateGate` whose rate may change from frame to frame.

    The first frame after a change is let through: what is wanted more often is wanted now.

    Args:
        wanted_fps: Asked before each frame for the frames per second to let through. The first
            rate is kept evenly spread, later ones on average.
    """

    def __init__(self, wanted_fps: Callable[[], float]) -> None:
        self._wanted_fps = wanted_fps
        self._fps = wanted_fps()
        self._gate = RateGate(self._fps)

    def due(self, timestamp_s: float) -> bool:
        """See `RateGate.due`."""
        fps = self._wanted_fps()
        if fps != self._fps:
            self._fps = fps
            self._gate = RateGate(fps, on_average=True)
        return self._gate.due(timestamp_s)
