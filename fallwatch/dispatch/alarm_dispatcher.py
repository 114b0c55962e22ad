"""The alarm dispatcher: records every alarm first, then repeats it on every channel."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from fallwatch.alarms import lifecycle
from fallwatch.alarms.channels.channel_group import ChannelGroup
from fallwatch.alarms.channels.channel_thread import guarded
from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.core.protocols import AlarmChannel
from fallwatch.core.types import Alarm, FallEvent
from fallwatch.dispatch.alarm_register import AlarmRegister
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_now

_LISTENER = Message("The alarm listener")
_RECORDING = Message("Recording alarms")
_TELLING = Message("Telling alarms")
_LOOKING = Message("Looking after the alarms")

# How closely repetition keeps its time.
_TICK_S = 0.2


class AlarmDispatcher:
    """Raises, repeats and ends alarms. All methods may be called from any thread.

    A method that changes something returns when the change is on disk, in the record or in its
    journal; none waits for a channel.

    One alarm stands for one time a person is down: while it lasts, a further event about the same
    person (found on the floor, still lying there) sets that alarm back to unacknowledged, so that
    the caregiver is alarmed again and the list does not fill with copies. A fall after the person
    had got up is an alarm of its own.

    If the record cannot be written within a second, as while another program locks it, alarms are
    told all the same; ``record_failed`` says so, and the writes are kept in a journal beside the
    record, tried again, and taken over by the next start. A channel that fails raises
    ``<name>_failed``, which ends by itself when a later delivery works. A fault that
    was acknowledged and lasts is raised again after a while.
    """

    def __init__(
        self,
        store: EventStore,
        channels: Sequence[AlarmChannel],
        policy: EscalationPolicy,
        *,
        on_change: Callable[[tuple[Alarm, ...]], None],
        monotonic: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Nothing is read or told before `start`.

        Args:
            store: The record; closing it is left to the caller, after `stop`.
            channels: Each gets a thread of its own. They are closed by `stop`.
            policy: How alarms repeat and widen.
            on_change: Called with `open_alarms` after each change, from whatever thread made it,
                one call at a time. It must return at once.
            monotonic: Clock for repetition, in seconds.
            wall_clock: Clock for the record, with time zone.
        """
        self._policy = policy
        self._on_change = on_change
        self._monotonic = monotonic
        self._register = AlarmRegister(store, monotonic=monotonic, wall_clock=wall_clock)
        self._channels = ChannelGroup(
            channels,
            policy,
            waiting=lambda: filter(lifecycle.is_unacknowledged, self._open_alarms),
            on_result=self._on_delivered,
            monotonic=monotonic,
        )
        # Guards the register. The tuple is replaced as a whole and may be read without it.
        self._lock = threading.RLock()
        self._open_alarms: tuple[Alarm, ...] = ()
        self._sounding = False
        self._announcing = threading.RLock()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="fallwatch alarm dispatcher", daemon=True
        )

    @property
    def open_alarms(self) -> tuple[Alarm, ...]:
        """All alarms not yet closed, most urgent first. Never waits."""
        return self._open_alarms

    def start(self) -> tuple[Alarm, ...]:
        """Take over from the last run: what nobody answered is told again at once.

        Returns:
            The open alarms.
        """
        self._channels.start()
        with self._changing():
            pass  # The first change takes the last run over.
        self._thread.start()
        return self._open_alarms

    def raise_event(self, event: FallEvent, *, started_unix_s: float, from_clip: bool) -> Alarm:
        """Record what happened to a person, then tell everyone.

        Args:
            event: What the judge reports.
            started_unix_s: Wall clock of its beginning, seconds since 1970 UTC.
            from_clip: True if it comes from a recorded clip.

        Returns:
            The alarm it raised, triggered again or, if the person got up, returned or closed.
        """
        with self._changing():
            alarm = self._register.person_event(event, started_unix_s, from_clip)
        return alarm

    def raise_technical(
        self, camera: str, kind: str, message: Message, *, from_clip: bool = False
    ) -> Alarm:
        """Raise an alarm about a camera or the computer; one that is open already is left alone.

        Args:
            camera: Which camera; ``raising.THIS_COMPUTER`` for the computer itself.
            kind: What is wrong, such as ``camera_lost``; see `alarms.priority`.
            message: What happened and what to do, for the caregiver.
            from_clip: True if it is about a recorded clip.
        """
        with self._changing():
            alarm = self._register.begin_technical(camera, kind, message, from_clip=from_clip)
        return alarm

    def record_past(self, camera: str, kind: str, message: Message, by: str) -> Alarm:
        """Record something that somebody did and that nobody has to answer, such as a pause.

        Args:
            camera: Which room.
            kind: What was done.
            message: What happened, for the caregiver.
            by: Who did it.
        """
        with self._changing():
            alarm = self._register.record_past(camera, kind, message, by)
        return alarm

    def clear_technical(self, camera: str, kind: str) -> None:
        """What a technical alarm warned of is over: it ends, answered or not, if it is open."""
        with self._changing():
            self._register.end_technical(camera, kind)

    def mirror(self, alarm: Alarm) -> None:
        """Take over an alarm of another computer as it is there now; without effect if it is here.

        Args:
            alarm: Its id has to be one that no alarm of this computer has.
        """
        with self._changing():
            self._register.mirror(alarm)

    def acknowledge(
        self, event_id: str, by: str, outcome: Message = NO_MESSAGE, origin: str = ""
    ) -> None:
        """Somebody answered. Does nothing if the alarm is answered or closed already.

        Args:
            event_id: Which alarm.
            by: Who or what answered.
            outcome: What it turned out to be, such as ``false alarm``, for the event's history.
            origin: From where, such as a phone's address, for the event's history.
        """
        with self._changing():
            self._register.acknowledge(event_id, by, outcome, origin)

    def judge(self, event_id: str, outcome: str, by: str, note: str = "") -> None:
        """Record afterwards what an alarm turned out to be. An unanswered one is left alone.

        Args:
            event_id: Which alarm.
            outcome: One of `fallwatch.alarms.lifecycle.OUTCOMES`.
            by: Who says so.
            note: In their own words, for the event's history.

        Raises:
            fallwatch.events.store.StoreError: The record cannot be read.
        """
        with self._changing():
            self._register.judge(event_id, outcome, note, by)

    def close_clip_alarms(self, camera: str) -> None:
        """A clip's session has ended in an orderly way, and its alarms with it."""
        with self._changing():
            self._register.close_clip(camera)

    def stop(self, timeout_s: float = 2.0) -> list[str]:
        """Silence and close the channels and end all threads. Open alarms stay in the record.

        Returns:
            Names of the threads that did not end in time; they are left behind.
        """
        deadline_s = time.monotonic() + timeout_s
        self._stopping.set()
        self._wake.set()
        late = self._channels.stop(deadline_s)
        if self._thread.ident is not None:
            self._thread.join(max(0.05, deadline_s - time.monotonic()))
            if self._thread.is_alive():
                late.append(self._thread.name)
        return late

    def follow(self, policy: EscalationPolicy) -> None:
        """Alarms repeat and widen otherwise from now on, also those that wait already."""
        with self._lock:
            self._policy = self._channels.policy = policy
        self._wake.set()

    def replace_channels(self, old: Collection[AlarmChannel], new: Sequence[AlarmChannel]) -> None:
        """Tell alarms on other channels in place of some; never waits.

        What waits for an answer is told on the new ones at its next repetition. That one of the
        old ones did not work is no news any more.
        """
        names = {channel.name for channel in new}
        with self._changing():
            self._channels.replace(old, new)
            for channel in old:
                if channel.name not in names:
                    self._register.end_technical(THIS_COMPUTER, _failure_of(channel.name))

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Change the register; then record what changed, then tell, then call the listener.

        None of these steps, failing unexpectedly, keeps the others from being done.
        """
        with self._lock:
            before = self._open_alarms
            try:
                yield
            finally:
                self._guard(_RECORDING, self._register.persist)
                self._open_alarms = self._register.alarms.by_urgency()
                self._guard(_TELLING, self._tell)
                changed = self._open_alarms != before
        self._wake.set()
        if changed:
            # Read again inside: the last call always brings the newest state.
            with self._announcing:
                guarded(_LISTENER, lambda: self._on_change(self._open_alarms))

    def _guard(self, what: Message, step: Callable[[], None]) -> None:
        """Do a step; one that fails is told and ends nothing. Called with the lock."""
        problem = guarded(what, step)
        if problem is not None:
            self._register.begin_technical(THIS_COMPUTER, "dispatcher_failed", problem)
            self._open_alarms = self._register.alarms.by_urgency()

    def _tell(self) -> None:
        """Hand on what is due; silence the channels once nothing waits. Called with the lock."""
        now_s = self._monotonic()
        waiting = self._register.alarms.waiting()
        for due in self._policy.due(waiting, now_s):
            self._register.alarms.mark_told(due.event_id, now_s)
            self._channels.tell(due)
        if self._sounding and not waiting:
            self._channels.stop_alarms()
        self._sounding = bool(waiting)

    def _on_delivered(self, channel: str, problem: Message | None) -> None:
        """Called on the channel's thread after each delivery."""
        if problem is not None:
            self.raise_technical(THIS_COMPUTER, _failure_of(channel), problem)
        elif self._is_reported(channel):
            self.clear_technical(THIS_COMPUTER, _failure_of(channel))

    def _is_reported(self, channel: str) -> bool:
        return any(alarm.kind == _failure_of(channel) for alarm in self._open_alarms)

    def _run(self) -> None:
        """The own thread: repetition, hung channels, acknowledgements elsewhere, writing again."""
        while not self._stopping.is_set():
            with self._lock:
                idle = (
                    self._register.is_settled
                    and not self._register.alarms.waiting()
                    and not self._register.has_reminders
                )
            self._wake.wait(None if idle else _TICK_S)
            self._wake.clear()
            problem = guarded(_LOOKING, self._tick)
            if problem is not None:
                guarded(_LOOKING, partial(self._on_tick_failed, problem))
                self._stopping.wait(_TICK_S)
        with self._lock:
            guarded(_RECORDING, partial(self._register.persist, at_once=True))

    def _on_tick_failed(self, problem: Message) -> None:
        self.raise_technical(THIS_COMPUTER, "dispatcher_failed", problem)

    def _tick(self) -> None:
        hung = {
            name: busy_s
            for name, busy_s in self._channels.hung().items()
            if not self._is_reported(name)
        }
        with self._lock:
            answered = self._register.answered_elsewhere()
            forgotten = self._register.forgotten(self._policy.remind_after_s)
            if not (hung or answered or forgotten or self._register.wants_retry):
                self._guard(_TELLING, self._tell)
                return
        with self._changing():
            for alarm in answered:
                self._register.adopt(alarm)
            for event_id in forgotten:
                self._register.remind(event_id)
            for name, busy_s in hung.items():
                message = _stuck(name, busy_s)
                self._register.begin_technical(THIS_COMPUTER, _failure_of(name), message)


def _failure_of(channel: str) -> str:
    """The kind of technical alarm that says a channel does not work."""
    return f"{channel}_failed"


def _stuck(channel: str, busy_s: float) -> Message:
    """What is said of a channel that has been busy for so long."""
    seconds = f"{busy_s:.0f}"
    if channel == "sound":
        return Message(
            "The alarm sound has hung for {0} seconds. Check the loudspeaker, and restart "
            "fallwatch if it stays so.",
            (seconds,),
        )
    return Message(
        "Alarms for {0} have hung for {1} seconds. Restart fallwatch if it stays so.",
        (channel, seconds),
    )
