"""Pauses of the watch over single rooms: each ends by itself, and the record says who began it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from fallwatch.core.message import Message
from fallwatch.core.types import Alarm

#: Kind of the event that says so.
WATCH_PAUSED = "watch_paused"

#: Writes a closed event: room, kind, message, who.
Record = Callable[[str, str, Message, str], Alarm]


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause of one room.

    Attributes:
        by: Who wanted it.
        until_s: Its end, on the steady clock.
        until_unix_s: Its end by the clock on the wall, seconds since 1970 UTC.
    """

    by: str
    until_s: float
    until_unix_s: float


class Pauses:
    """Which rooms are paused, and for how long still. Used from one thread.

    Args:
        monotonic: Steady clock, in seconds. It may stand still while the computer sleeps.
        wall: Seconds since 1970 UTC. It may be set. A pause ends by whichever clock is first.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic, self._wall = monotonic, wall
        self._pauses: dict[str, Pause] = {}

    @property
    def rooms(self) -> tuple[str, ...]:
        """Names of the rooms that are paused."""
        return tuple(self._pauses)

    def get(self, room: str) -> Pause | None:
        """The pause of a room; None if it has none."""
        return self._pauses.get(room)

    def begin(self, room: str, seconds: float, by: str) -> None:
        """Pause a room for so long from now."""
        self._pauses[room] = Pause(by, self._monotonic() + seconds, self._wall() + seconds)

    def end(self, room: str) -> None:
        """End a pause early; nothing happens if there is none."""
        self._pauses.pop(room, None)

    def left_s(self, room: str) -> float:
        """How long a room's pause still lasts, in seconds; 0 if there is none."""
        pause = self._pauses.get(room)
        if pause is None:
            return 0.0
        left_s = min(pause.until_s - self._monotonic(), pause.until_unix_s - self._wall())
        return max(0.0, left_s)

    def take_over(self) -> tuple[str, ...]:
        """The rooms whose pause is over; they are paused no more."""
        over = tuple(room for room in self._pauses if self.left_s(room) <= 0)
        for room in over:
            del self._pauses[room]
        return over


def pause_message(minutes: int) -> Message:
    """What the record says of a pause."""
    return Message("Nobody watched this room for {0} minutes, as wanted.", (minutes,))
