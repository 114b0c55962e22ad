"""The last seconds of a camera, kept in memory for the case that something happens."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shot:
    """One analysed frame with its evidence.

    Attributes:
        time_s: On the clock of ``Frame.timestamp_s``.
        jpeg: The image as it may be stored; empty where only the evidence is kept.
        p_fall: The classifier's smoothed probability of a fall, 0 to 1.
        score: The decision's score, 0 to 1.
    """

    time_s: float
    jpeg: bytes
    p_fall: float
    score: float


class PreRoll:
    """A ring of the newest shots, bounded in time and in memory.

    Args:
        span_s: How far back it reaches.
        max_bytes: What the images may take; the oldest go first.
    """

    def __init__(self, span_s: float, max_bytes: int) -> None:
        self._span_s = span_s
        self._max_bytes = max_bytes
        self._shots: deque[Shot] = deque()
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """What the images take now."""
        return self._bytes

    def add(self, shot: Shot) -> None:
        """Take in the newest shot. A time that does not advance begins a new ring."""
        if self._shots and shot.time_s <= self._shots[-1].time_s:
            self._shots.clear()
            self._bytes = 0
        self._shots.append(shot)
        self._bytes += len(shot.jpeg)
        while len(self._shots) > 1 and self._is_too_much(shot.time_s):
            self._bytes -= len(self._shots.popleft().jpeg)

    def shots(self) -> tuple[Shot, ...]:
        """What is there, oldest first."""
        return tuple(self._shots)

    def _is_too_much(self, now_s: float) -> bool:
        return self._bytes > self._max_bytes or self._shots[0].time_s < now_s - self._span_s
