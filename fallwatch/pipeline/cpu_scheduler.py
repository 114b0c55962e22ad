"""Shares the computer among its cameras: whose turn it is, and how many frames each gets."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from fallwatch.pipeline.urgency import Urgency

#: Slower than this, falls that take half a second are seen in too few frames.
SLOWEST_FPS = 8.0

#: A room in which nothing moves is looked at this often: whatever begins to move is seen 0.13 s
#: later at most, and from then on at the full rate.
CALM_FPS = 8.0

#: Rates to choose from: steps, so that a camera's rate does not change with every frame. The
#: lowest leaves room for the frames that get lost on a busy computer.
_RATES = (9.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0)

#: Rate at which a room is taken to be judged while somebody falls in it.
_FALLING_FPS = 15.0

#: Share of the processors that judging may take: cameras, window and record need the rest.
_USE = 0.6

#: Seconds that one frame is taken to cost before any was judged, and the weight of a new one.
_FIRST_COST_S = 0.035
_NEW_WEIGHT = 0.05

#: Turns given at the same time, for each processor. A turn is not work alone: it waits for the
#: thread that runs the network to wake, for Python's lock, for other programs. With one turn each
#: the processors idled through all that: nine busy rooms, 1.3 of two processors used and 30 judged
#: a second; with two 1.6 and 45, no later than before; with three no more, and later.
TURNS_PER_PROCESSOR = 2

#: An analysis that takes longer than this hangs, and must not hold up the other cameras.
_LONGEST_TURN_S = 2.0

#: Whether one hangs is looked at this often while others wait.
_LOOK_AGAIN_S = 0.25

#: Whoever has waited for so long is as urgent as a fall.
_LONGEST_WAIT_S = 0.25


class CpuScheduler:
    """Gives turns to the most urgent camera first, and each camera with people its rate.

    Many more frames judged at once than there are processors would make each of them late, and
    the window's too. Too much work slows all rooms but the one in which somebody falls.
    Every method may be called from any thread.

    Args:
        processors: How many may be used.
        clock: Seconds, steadily increasing.
        turns_each: Frames that may be judged at the same time, for each of them.
    """

    def __init__(
        self,
        processors: int,
        clock: Callable[[], float] = time.perf_counter,
        *,
        turns_each: int = TURNS_PER_PROCESSOR,
    ) -> None:
        self._processors = max(1, processors)
        self._at_once = self._processors * turns_each
        self._clock = clock
        self._lock = threading.Lock()
        #: Who waits and since when, in the order of asking; and since when others have their turn.
        self._waiting: dict[Hashable, float] = {}
        self._began_s: dict[Hashable, float] = {}
        #: Wakes the one of those who wait: to wake all of them costs more than a frame.
        self._calls: dict[Hashable, threading.Condition] = {}
        self._urgency: dict[Hashable, Urgency] = {}
        self._cost_s = _FIRST_COST_S

    @contextmanager
    def turn(self, camera: Hashable) -> Iterator[None]:
        """Wait for one's turn; it lasts as long as the context.

        Where somebody falls goes first; of all others whoever has waited longest.
        """
        with self._lock:
            self._waiting[camera] = self._clock()
            call = self._calls[camera] = threading.Condition(self._lock)
            try:
                while self._call_next() is not camera:
                    call.wait(_LOOK_AGAIN_S)
                began_s = self._began_s[camera] = self._clock()
            finally:
                # Also where waiting fails, as without memory for a lock: one who is called but
                # has gone would keep all others waiting for ever.
                del self._waiting[camera], self._calls[camera]
                self._call_next()
        try:
            yield
        finally:
            with self._lock:
                self._began_s.pop(camera, None)
                self._cost_s += _NEW_WEIGHT * (self._clock() - began_s - self._cost_s)
                self._call_next()

    def set_urgency(self, camera: Hashable, urgency: Urgency) -> None:
        """Tell what happens in a camera's room."""
        with self._lock:
            self._urgency[camera] = urgency

    def leave(self, camera: Hashable) -> None:
        """Forget a camera; without effect if it is not known."""
        with self._lock:
            self._urgency.pop(camera, None)

    def fps(self, camera: Hashable, most: float) -> float:
        """Frames a second for a camera: as many as its room asks for and the computer manages.

        Args:
            camera: One whose urgency was told.
            most: Not more than this.

        Returns:
            ``most`` where somebody falls, and `CALM_FPS` where nothing moves; elsewhere more than
            `SLOWEST_FPS`, whatever the load. Never more than ``most``.
        """
        with self._lock:
            levels = list(self._urgency.values())
            urgency = self._urgency.get(camera, Urgency.MOVING)
            capacity_fps = _USE * self._processors / max(self._cost_s, 1e-4)
        if urgency is Urgency.FALLING:
            return most
        if urgency is not Urgency.MOVING:
            return min(most, CALM_FPS)
        left_fps = capacity_fps - _FALLING_FPS * levels.count(Urgency.FALLING)
        left_fps -= CALM_FPS * levels.count(Urgency.CALM)
        possible = left_fps / max(1, levels.count(Urgency.MOVING))
        if possible >= most:
            return most
        return min(most, max((rate for rate in _RATES if rate <= possible), default=_RATES[0]))

    def _call_next(self) -> Hashable | None:
        """Wake whose turn it is now; nobody if nobody waits or as many as may are at work."""
        now_s = self._clock()
        at_work = sum(now_s - began_s < _LONGEST_TURN_S for began_s in self._began_s.values())
        if at_work >= self._at_once or not self._waiting:
            return None
        camera = self._most_urgent(now_s)
        self._calls[camera].notify()
        return camera

    def _most_urgent(self, now_s: float) -> Hashable:
        def goes_first(camera: Hashable) -> bool:
            falls = self._urgency.get(camera) is Urgency.FALLING
            return falls or now_s - self._waiting[camera] >= _LONGEST_WAIT_S

        # The first of the greatest ones, and so the one that has waited longest.
        return max(self._waiting, key=goes_first)


def usable_processors() -> int:
    """Those this process may use, which can be fewer than the computer has."""
    affinity: Callable[[int], set[int]] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


#: The one computer that all monitors of this process share.
COMPUTER = CpuScheduler(usable_processors())
