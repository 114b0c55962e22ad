"""All alarm channels together, each on its own thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial

from fallwatch.alarms.channels.channel_thread import ChannelThread
from fallwatch.alarms.escalation import Due, EscalationPolicy
from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmChannel
from fallwatch.core.types import Alarm

# A channel that has been at one delivery for this long is taken to be stuck.
_HUNG_AFTER_S = 15.0


class ChannelGroup:
    """Hands alarms on to the channels; never waits for one."""

    def __init__(
        self,
        channels: Sequence[AlarmChannel],
        policy: EscalationPolicy,
        *,
        waiting: Callable[[], Iterable[Alarm]],
        on_result: Callable[[str, Message | None], None],
        monotonic: Callable[[], float],
    ) -> None:
        """No thread is started yet; see `ChannelThread` for the arguments."""
        self.policy = policy
        self._new_thread = partial(
            ChannelThread, waiting=waiting, on_result=on_result, monotonic=monotonic
        )
        # Replaced as a whole: it may be read without a lock.
        self._threads = tuple(map(self._new_thread, channels))
        self._started = False

    def start(self) -> None:
        """Start all threads."""
        self._started = True
        for thread in self._threads:
            thread.start()

    def replace(self, old: Collection[AlarmChannel], new: Sequence[AlarmChannel]) -> None:
        """Have other channels in place of some; those are silenced and closed. Never waits."""
        going = [thread for thread in self._threads if thread.channel in old]
        coming = list(map(self._new_thread, new))
        if self._started:
            for thread in coming:
                thread.start()
        self._threads = (*(each for each in self._threads if each not in going), *coming)
        for thread in going:
            thread.stop()

    def tell(self, due: Due) -> None:
        """Tell an alarm on all channels that its calling chain has reached."""
        for thread in self._threads:
            if self.policy.tells(thread.channel_name, due.waited_s):
                thread.tell(due.event_id)

    def stop_alarms(self) -> None:
        """Silence all channels."""
        for thread in self._threads:
            thread.stop_alarms()

    def hung(self) -> dict[str, float]:
        """Names of the channels that are stuck, and for how many seconds."""
        busy = {thread.channel_name: thread.busy_for_s() for thread in self._threads}
        return {name: busy_s for name, busy_s in busy.items() if busy_s >= _HUNG_AFTER_S}

    def stop(self, deadline_s: float) -> list[str]:
        """Silence and close all channels and end their threads.

        Args:
            deadline_s: Wait no longer than this, on the clock of ``time.monotonic``.

        Returns:
            Names of the threads that did not end in time; they are left behind.
        """
        for thread in self._threads:
            thread.stop()
        return [
            thread.thread_name
            for thread in self._threads
            if not thread.join(max(0.0, deadline_s - time.monotonic()))
        ]
