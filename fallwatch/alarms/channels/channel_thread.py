"""One alarm channel on a thread of its own, so that a slow or hung one delays no other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

from fallwatch.alarms.priority import rank
from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmChannel, ChannelError
from fallwatch.core.types import Alarm

_log = logging.getLogger(__name__)


def guarded(what: Message, call: Callable[[], object], *, private: bool = False) -> Message | None:
    """Run code that must not be able to end the alarm: a channel, or a listener's callback.

    Args:
        what: Names it in the log and in the problem.
        call: The code.
        private: An unexpected error may hold a password: only its kind is told and logged.

    Returns:
        None if all went well, else what went wrong in a sentence or two.
    """
    try:
        call()
    except ChannelError as error:
        _log.warning("%s: %s", what, error)
        return error.message
    except Exception as error:  # noqa: BLE001 - the boundary: whatever it is, alarms go on
        if private:
            _log.error("%s failed unexpectedly (%s).", what, type(error).__name__)
            return Message(
                "{0} failed unexpectedly ({1}). It is tried again.", (what, type(error).__name__)
            )
        _log.exception("%s failed unexpectedly.", what)
        return Message(
            "{0} failed unexpectedly ({1}: {2}). See the log.",
            (what, type(error).__name__, str(error)),
        )
    return None


class ChannelThread:
    """Delivers alarms on one channel: those not yet told on it first, then the most urgent.

    Among alarms as urgent the one told longest ago comes next, so that a channel too slow to
    repeat all of them in time tells all of them in turn, and not the oldest again and again.

    What waits to be delivered are the ids alone; the alarm is looked up at the last moment, so
    one that was acknowledged meanwhile is not delivered any more, and one that was told twice
    while the channel was busy is delivered once.
    """

    def __init__(
        self,
        channel: AlarmChannel,
        *,
        waiting: Callable[[], Iterable[Alarm]],
        on_result: Callable[[str, Message | None], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """The thread is not started yet.

        Args:
            channel: Used on this thread alone.
            waiting: All alarms that wait for an answer, most urgent first; must not block.
            on_result: Called after each delivery with the channel's name and the problem, None
                if there was none.
            monotonic: Clock in seconds.
        """
        self._channel = channel
        self._waiting = waiting
        self._on_result = on_result
        self._monotonic = monotonic
        self._told: set[str] = set()
        # Alarms that were delivered and still wait, the one longest ago first.
        self._delivered: list[str] = []
        self._stop_alarms = False
        self._stop = False
        self._busy_since_s: float | None = None
        self._changed = threading.Condition()
        # A daemon: a channel stuck in a driver must not keep the program from ending.
        self._thread = threading.Thread(
            target=self._run, name=f"fallwatch alarm channel {channel.name}", daemon=True
        )

    @property
    def channel(self) -> AlarmChannel:
        """The channel."""
        return self._channel

    @property
    def channel_name(self) -> str:
        """Name of the channel."""
        return self._channel.name

    @property
    def thread_name(self) -> str:
        """Name of the thread."""
        return self._thread.name

    def start(self) -> None:
        """Begin to deliver what was told so far, and what will be."""
        self._thread.start()

    def tell(self, event_id: str) -> None:
        """Have an alarm delivered as soon as the channel is free."""
        with self._changed:
            self._told.add(event_id)
            self._changed.notify()

    def stop_alarms(self) -> None:
        """Have the channel stop what sounds as soon as it is free."""
        with self._changed:
            self._stop_alarms = True
            self._changed.notify()

    def busy_for_s(self) -> float:
        """How long the delivery under way has taken; 0.0 if there is none."""
        since_s = self._busy_since_s
        return 0.0 if since_s is None else self._monotonic() - since_s

    def stop(self) -> None:
        """Ask the thread to silence and close the channel, and to end."""
        with self._changed:
            self._stop = True
            self._changed.notify()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False if it did not come in time."""
        if self._thread.ident is None:
            return True
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        what = Message("Alarms by way of {0}", (self._channel.name,))
        while self._wait_for_work():
            if self._take_stop_alarms():
                guarded(what, self._channel.stop)
            alarm = self._next_alarm()
            if alarm is not None:
                self._deliver(what, alarm)
        guarded(what, self._channel.stop)
        guarded(what, self._channel.close)

    def _wait_for_work(self) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._stop or self._stop_alarms or bool(self._told))
            return not self._stop

    def _take_stop_alarms(self) -> bool:
        with self._changed:
            wanted, self._stop_alarms = self._stop_alarms, False
            return wanted

    def _next_alarm(self) -> Alarm | None:
        # Looked up under the lock: an alarm told meanwhile must not be thrown away as answered.
        with self._changed:
            waiting = list(self._waiting())
            known = {alarm.event_id for alarm in waiting}
            self._delivered = [event_id for event_id in self._delivered if event_id in known]
            self._told &= known
            turns = {event_id: turn for turn, event_id in enumerate(self._delivered)}
            told = [alarm for alarm in waiting if alarm.event_id in self._told]
            if not told:
                return None
            alarm = min(told, key=lambda each: _turn(each, turns.get(each.event_id)))
            self._told.remove(alarm.event_id)
            if alarm.event_id in turns:
                self._delivered.remove(alarm.event_id)
            self._delivered.append(alarm.event_id)
            return alarm

    def _deliver(self, what: Message, alarm: Alarm) -> None:
        self._busy_since_s = self._monotonic()
        problem = guarded(what, lambda: self._channel.deliver(alarm))
        self._busy_since_s = None
        guarded(what, lambda: self._on_result(self._channel.name, problem))


def _turn(alarm: Alarm, turn: int | None) -> tuple[bool, int, int]:
    """Sorts what is to be told next first; of those alike, `min` keeps the order."""
    return turn is not None, rank(alarm.priority), -1 if turn is None else turn
