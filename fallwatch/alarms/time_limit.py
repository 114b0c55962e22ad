"""Calls that may hang, kept from holding up their caller."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from fallwatch.alarms.channels.channel_thread import guarded
from fallwatch.core.message import Message


class TimeLimit:
    """Makes one call at a time on a thread of its own, and waits only so long for it.

    A call that takes longer is left to end by itself. While it goes on no other is made, until it
    is given up for good.

    Args:
        what: Names the calls in the log and in problems.
        limit_s: How long to wait.
        give_up_s: A call that takes longer is taken to never return.
        monotonic: Clock, in seconds.
    """

    #: Threads that may be stuck for good before no more calls are made.
    MAX_STUCK = 5

    def __init__(
        self,
        what: Message,
        limit_s: float,
        give_up_s: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self._limit_s, self._give_up_s = limit_s, give_up_s
        self._monotonic = monotonic
        self._under_way: list[tuple[threading.Thread, float]] = []

    def run(self, call: Callable[[], None]) -> Message | None:
        """Make a call.

        Args:
            call: It may hang; what it does after the limit still counts.

        Returns:
            None if it went well, else what went wrong in a sentence or two.
        """
        now_s = self._monotonic()
        self._under_way = [each for each in self._under_way if each[0].is_alive()]
        recent = any(now_s - began_s < self._give_up_s for _, began_s in self._under_way)
        if recent or len(self._under_way) >= self.MAX_STUCK:
            return Message("{0} has not come back yet. It is tried again.", (self._what,))
        problems: list[Message | None] = []
        thread = threading.Thread(
            target=lambda: problems.append(guarded(self._what, call, private=True)),
            name=f"fallwatch {self._what}",
            daemon=True,
        )
        thread.start()
        thread.join(self._limit_s)
        if problems:
            return problems[0]
        self._under_way.append((thread, now_s))
        return Message(
            "{0} has not come back for {1} seconds. It is tried again; check the network and the "
            "service.",
            (self._what, f"{self._limit_s:.0f}"),
        )
