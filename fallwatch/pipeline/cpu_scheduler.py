"""Shares the computer among its cameras: whose turn it is, and how many pictures each gets."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

#: Slower than this, falls that take half a second are seen in too few pictures.
SLOWEST_FPS = 8.0

#: Rates to choose from: steps, so that a camera's rate does not change with every picture. The
#: lowest leaves room for the pictures that get lost on a busy computer.
_RATES = (9.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0)

#: Share of the processors that judging may take: cameras, window and record need the rest.
_USE = 0.6

#: Seconds that one picture is taken to cost before any was judged, and the weight of a new one.
_FIRST_COST_S = 0.035
_NEW_WEIGHT = 0.05

#: An analysis that hangs must not hold up the other cameras for longer than this.
_LONGEST_WAIT_S = 0.5


class CpuScheduler:
    """Gives turns in the order in which they are asked for, and each busy camera its rate.

    More pictures judged at once than there are processors would make each of them late, and the
    window's too. Every method may be called from any thread.

    Args:
        at_once: Pictures that may be judged at the same time.
        clock: Seconds, steadily increasing.
    """

    def __init__(self, at_once: int, clock: Callable[[], float] = time.perf_counter) -> None:
        self._at_once = max(1, at_once)
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()
        self._taken = 0
        self._busy: set[Hashable] = set()
        self._cost_s = _FIRST_COST_S

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn, first come, first served; it lasts as long as the context."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            self._changed.wait_for(
                lambda: self._taken < self._at_once and self._waiting[0] is ticket, _LONGEST_WAIT_S
            )
            self._waiting.remove(ticket)
            self._taken += 1
            self._changed.notify_all()
        began_s = self._clock()
        try:
            yield
        finally:
            with self._changed:
                self._taken -= 1
                self._cost_s += _NEW_WEIGHT * (self._clock() - began_s - self._cost_s)
                self._changed.notify_all()

    def set_busy(self, camera: Hashable, busy: bool) -> None:
        """Tell whether a camera's pictures have to be judged; one that is gone is not busy."""
        with self._changed:
            if busy:
                self._busy.add(camera)
            else:
                self._busy.discard(camera)

    def fps(self, most: float) -> float:
        """Pictures a second for each busy camera: as many as the computer manages.

        Args:
            most: Not more than this.

        Returns:
            More than `SLOWEST_FPS`, whatever the load, unless ``most`` is less.
        """
        with self._changed:
            possible = _USE * self._at_once / max(self._cost_s, 1e-4) / max(1, len(self._busy))
        if possible >= most:
            return most
        return min(most, max((rate for rate in _RATES if rate <= possible), default=_RATES[0]))


def usable_processors() -> int:
    """Those this process may use, which can be fewer than the computer has."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


#: The one computer that all monitors of this process share.
COMPUTER = CpuScheduler(usable_processors())
