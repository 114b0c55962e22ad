"""Message channels: alarms for recipients elsewhere, one channel and one delivery worker each."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial

from fallwatch.alarms.messages.message import Messenger
from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmDispatch
from fallwatch.core.types import Alarm, Priority
from fallwatch.dispatch.delivery_worker import DeliveryWorker, Pace
from fallwatch.events.outbox import Outbox
from fallwatch.events.store import EventStore
from fallwatch.recording.media import MediaFolder

#: The kind of the technical alarm about messages that cannot be delivered.
MESSAGES_WAITING = "messages_waiting"


class MessageChannel:
    """An alarm channel that puts alarms into the outbox; sending is left to the delivery worker.

    Technical alarms of low priority are nothing to call people for who are elsewhere.

    Args:
        delivery_worker: Sends them.
        wants: Whether an alarm is to be told this way.
    """

    def __init__(self, delivery_worker: DeliveryWorker, wants: Callable[[Alarm], bool]) -> None:
        self._delivery_worker = delivery_worker
        self._wants = wants

    @property
    def name(self) -> str:
        """See `fallwatch.core.protocols.AlarmChannel.name`."""
        return self._delivery_worker.name

    def deliver(self, alarm: Alarm) -> None:
        """Have an alarm told; without effect if it was told before. Never waits for a network."""
        if alarm.priority is not Priority.LOW and self._wants(alarm):
            self._delivery_worker.put(alarm)

    def stop(self) -> None:
        """A message cannot be unsaid."""

    def close(self) -> None:
        """The delivery worker is stopped by `MessageChannels`."""


class MessageChannels:
    """All messengers with their couriers.

    Args:
        messengers: Who is told, and how.
        store: The record of events; also holds the outbox.
        media: Where the snapshots of events lie.
        pace: How the couriers keep at it.
        clock_is_right: Whether the wall clock can be believed.
        later: Names of the recipients who are told only of alarms that nobody acknowledges.
        answer_url: Where a recipient, given by name, can acknowledge an alarm; empty for nowhere.
        tell_ends: Whether they are also told that an alarm is over or acknowledged.
    """

    def __init__(
        self,
        messengers: Sequence[Messenger],
        store: EventStore,
        media: MediaFolder,
        *,
        pace: Pace | None = None,
        clock_is_right: Callable[[], bool] = lambda: True,
        monotonic: Callable[[], float] = time.monotonic,
        later: Collection[str] = (),
        answer_url: Callable[[str, Alarm], str] = lambda name, alarm: "",
        tell_ends: bool = False,
    ) -> None:
        self._dispatcher: AlarmDispatch | None = None
        outbox = Outbox(store)
        self._couriers = [
            DeliveryWorker(
                messenger,
                outbox,
                alarm_of=store.get,
                snapshot_of=media.snapshot,
                on_backlog=self._on_backlog,
                pace=pace,
                clock_is_right=clock_is_right,
                monotonic=monotonic,
                comes_later=messenger.name in later,
                answer_url=partial(answer_url, messenger.name),
                tells_ends=tell_ends,
            )
            for messenger in messengers
        ]
        self.channels = [
            MessageChannel(delivery_worker, messenger.wants)
            for delivery_worker, messenger in zip(self._couriers, messengers, strict=True)
        ]

    def start(self, dispatcher: AlarmDispatch) -> None:
        """Begin to send, first of all what an earlier run left.

        Args:
            dispatcher: Told when messages cannot be delivered.
        """
        self._dispatcher = dispatcher
        for delivery_worker in self._couriers:
            delivery_worker.start()

    def look(self) -> None:
        """Look at once whether an alarm is over. Never waits."""
        for delivery_worker in self._couriers:
            delivery_worker.look()

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """End all threads; what waits is sent after the next start.

        Returns:
            Names of the threads that did not end in time; they are left behind.
        """
        deadline_s = time.monotonic() + timeout_s
        for delivery_worker in self._couriers:
            delivery_worker.stop()
        late = []
        for delivery_worker in self._couriers:
            late += delivery_worker.join(max(0.0, deadline_s - time.monotonic()))
        return late

    def _on_backlog(self, name: str, problem: Message | None) -> None:
        if self._dispatcher is None:
            return
        if problem is None:
            self._dispatcher.clear_technical(name, MESSAGES_WAITING)
        else:
            self._dispatcher.raise_technical(name, MESSAGES_WAITING, problem)
