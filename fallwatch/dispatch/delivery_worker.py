"""Sends the letters of one channel, again and again until they are taken."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.messages.message import Messenger
from fallwatch.alarms.messages.wording import message_about
from fallwatch.alarms.priority import is_technical
from fallwatch.alarms.time_limit import TimeLimit
from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm
from fallwatch.events.outbox import Outbox, Part, QueuedMessage
from fallwatch.events.store import StoreError
from fallwatch.events.times import utc_now, utc_text

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a delivery worker keeps at it, in seconds.

    Attributes:
        first_retry_s: Pause after the first failure; it doubles with each further one.
        longest_retry_s: Longest pause. With the time limit it bounds how soon a channel that has
            come back is used again.
        limit_s: How long one delivery may take.
        give_up_s: A delivery that hangs for so long is left behind.
        backlog_after_s: Words that wait for so long are a backlog, and people are told.
        snapshot_within_s: A snapshot that is not there by then will not come.
        stale_after_s: What could not be delivered for so long is dropped.
        look_s: How often to look for letters of other processes.
    """

    first_retry_s: float = 1.0
    longest_retry_s: float = 20.0
    limit_s: float = 20.0
    give_up_s: float = 60.0
    backlog_after_s: float = 60.0
    snapshot_within_s: float = 60.0
    stale_after_s: float = 86_400.0
    look_s: float = 15.0


# Event, part and occasion: what makes a letter of one channel this letter.
_Key = tuple[str, Part, str]

#: A record that cannot be read is read again after this.
_RECORD_RETRY_S = 5.0

#: A snapshot that is not there yet is looked for this often.
_SNAPSHOT_LOOK_S = 0.5


class DeliveryWorker:
    """Sends what the outbox holds for one messenger.

    While the record cannot be written, messages are sent all the same, from memory.

    Args:
        messenger: Used on this worker's threads alone.
        outbox: What is to be sent, and what became of it.
        alarm_of: An alarm as it is now, by event id; None if it is deleted.
        snapshot_of: Where the snapshot of an event will lie.
        on_backlog: Told why messages wait, and None when they do no more.
        pace: How it keeps at it.
        clock_is_right: Whether the wall clock can be believed. If not, how long a message has
            waited counts from when this run first saw it.
        monotonic: Clock for pauses and ages, in seconds.
        now: Wall clock, with time zone.
        comes_later: Whether the recipient is told only of alarms that nobody acknowledges: what
            was acknowledged before it could be sent is then not sent any more.
        answer_url: Where the recipient can acknowledge an alarm; empty for nowhere.
        tells_ends: Whether the recipient is also told that an alarm is over or acknowledged.
    """

    def __init__(
        self,
        messenger: Messenger,
        outbox: Outbox,
        *,
        alarm_of: Callable[[str], Alarm | None],
        snapshot_of: Callable[[str], Path],
        on_backlog: Callable[[str, Message | None], None],
        pace: Pace | None = None,
        clock_is_right: Callable[[], bool] = lambda: True,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        comes_later: bool = False,
        answer_url: Callable[[Alarm], str] = lambda alarm: "",
        tells_ends: bool = False,
    ) -> None:
        self._answer_url, self._tells_ends = answer_url, tells_ends
        self._clock_is_right, self._comes_later = clock_is_right, comes_later
        self._messenger, self._outbox = messenger, outbox
        self._alarm_of, self._snapshot_of, self._on_backlog = alarm_of, snapshot_of, on_backlog
        self._pace = pace or Pace()
        self._monotonic, self._now = monotonic, now
        self._limit = TimeLimit(
            Message("Messages to {0}", (messenger.name,)),
            self._pace.limit_s,
            self._pace.give_up_s,
        )
        self._lock = threading.Lock()
        # What the record did not take: letters with their alarm, and what was sent of them.
        self._unwritten: dict[_Key, tuple[QueuedMessage, Alarm]] = {}
        self._unmarked: dict[_Key, QueuedMessage] = {}
        self._sent: set[_Key] = set()
        # When a letter was first seen, on the monotonic clock, and how old it was then.
        self._ages: dict[_Key, tuple[float, float]] = {}
        self._failures = 0
        self._retry_at_s = float("-inf")
        # Perhaps an earlier run told of a backlog: that ends with the first success.
        self._backlog = True
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name=f"fallwatch messages {messenger.name}", daemon=True
        )

    @property
    def name(self) -> str:
        """The messenger's name."""
        return self._messenger.name

    def put(self, alarm: Alarm) -> None:
        """Have an alarm told; once for each time it is triggered. Waits for the disk alone."""
        # Of a recorded clip and of a technical alarm no snapshot is stored.
        wordy = is_technical(alarm.kind) or alarm.from_clip
        parts = [Part.TEXT] if wordy else [Part.TEXT, Part.PICTURE]
        letter = QueuedMessage(
            alarm.event_id, self.name, Part.TEXT, occasion_of(alarm), self._now_utc()
        )
        key = _key(letter)
        for part in parts:
            self._ages.setdefault((letter.event_id, part, letter.occasion), self._new())
        try:
            new = key not in self._sent and self._outbox.put(
                alarm.event_id, self.name, letter.occasion, parts
            )
        except StoreError as error:
            _log.error("A message to %s is sent without a record: %s", self.name, error)
            with self._lock:
                new = not {key} & (self._sent | self._unwritten.keys())
                self._unwritten.setdefault(key, (letter, alarm))
        if new:
            self._wake.set()

    def look(self) -> None:
        """Look at once what is to be sent: an alarm may be over. Never waits."""
        self._wake.set()

    def start(self) -> None:
        """Begin to send; what an earlier run left is sent first."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end. What waits is sent after the next start."""
        self._stopping.set()
        self._wake.set()

    def join(self, timeout_s: float) -> list[str]:
        """Wait for the end; returns the thread's name if it did not come in time."""
        if self._thread.ident is None:
            return []
        self._thread.join(timeout_s)
        return [self._thread.name] if self._thread.is_alive() else []

    def work(self) -> float:
        """Send what is due; returns after how many seconds to look again."""
        try:
            return self._send_what_is_due()
        except StoreError as error:
            _log.error("Messages to %s cannot be looked up: %s", self.name, error)
        except Exception:  # noqa: BLE001 - whatever it is, later messages are sent
            _log.exception("Sending to %s failed unexpectedly.", self.name)
        return _RECORD_RETRY_S

    def _send_what_is_due(self) -> float:
        pause_s = self._retry_at_s - self._monotonic()
        if pause_s > 0:
            return pause_s
        look_s = self._pace.look_s
        if self._tells_ends:
            self._put_ends()
        letters = self._waiting()
        for letter in letters:
            if self._stopping.is_set():
                break
            if letter.part is Part.PICTURE and self._snapshot_is_awaited(letter):
                look_s = min(look_s, _SNAPSHOT_LOOK_S)
                continue
            problem = self._handle(letter)
            if problem is not None:
                self._put_off()
                self._tell_backlog(letter, problem)
                return self._retry_at_s - self._monotonic()
            self._failures = 0
        self._tell_no_backlog()
        return look_s

    def _put_ends(self) -> None:
        """Ends can wait for a record that does not work; what is sent from memory cannot."""
        try:
            self._outbox.put_ends(self.name)
        except StoreError as error:
            _log.error("Ends of alarms cannot be looked up for %s: %s", self.name, error)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            if self._wake.wait(self.work()):
                # A new alarm is tried at once, also while older ones wait for their next try.
                self._failures, self._retry_at_s = 0, float("-inf")
        self._messenger.close()

    def _waiting(self) -> list[QueuedMessage]:
        """What to send, from memory and of the record, which is brought up to date first."""
        for letter in tuple(self._unmarked.values()):
            self._mark(letter)
        with self._lock:
            unwritten = [
                letter for key, (letter, _) in self._unwritten.items() if key not in self._sent
            ]
        try:
            recorded = self._outbox.waiting(self.name)
        except StoreError:
            if not unwritten:
                raise
            return unwritten
        known = self._sent.union(_key(letter) for letter in unwritten)
        return unwritten + [each for each in recorded if _key(each) not in known]

    def _snapshot_is_awaited(self, letter: QueuedMessage) -> bool:
        missing = not self._snapshot_of(letter.event_id).exists()
        return missing and not self._is_older(letter, self._pace.snapshot_within_s)

    def _handle(self, letter: QueuedMessage) -> Message | None:
        """Deliver or drop one letter; returns why that did not work."""
        _, alarm = self._unwritten.get(_key(letter), (letter, None))
        recorded = alarm is None
        alarm = alarm or self._alarm_of(letter.event_id)
        useless = self._useless(letter, alarm)
        if alarm is None or useless:
            self._drop(letter, useless)
            return None
        if recorded and not self._outbox.claim(letter):
            return None
        problem = self._limit.run(partial(self._deliver, letter, alarm))
        if problem is not None and recorded:
            self._outbox.failed(letter, problem)
        return problem

    def _useless(self, letter: QueuedMessage, alarm: Alarm | None) -> Message:
        """Why a letter is not sent any more; empty if it is."""
        if alarm is None:
            return Message("The event was deleted.")
        if self._comes_later and not is_unacknowledged(alarm):
            return Message("It was acknowledged before it was this recipient's turn.")
        if letter.part is Part.END and is_unacknowledged(alarm):
            return Message("The alarm was raised again.")
        if self._is_older(letter, self._pace.stale_after_s):
            return Message("It could not be delivered for too long.")
        if letter.part is Part.PICTURE and not self._snapshot_of(letter.event_id).exists():
            return Message("There is no snapshot of this event.")
        return NO_MESSAGE

    def _deliver(self, letter: QueuedMessage, alarm: Alarm) -> None:
        """Runs under the time limit; what it does after that still counts."""
        message = message_about(alarm, self._now().astimezone(), self._answer_url(alarm))
        if letter.part is Part.PICTURE:
            if not self._messenger.takes_snapshots():
                self._drop(letter, Message("Snapshots are not sent this way."))
                return
            message = replace(message, snapshot=self._snapshot_of(letter.event_id))
        self._messenger.send(message)
        self._sent.add(_key(letter))
        self._mark(letter)

    def _mark(self, letter: QueuedMessage) -> None:
        """Write down that a letter was delivered, or remember to do so when that works."""
        key = _key(letter)
        try:
            if key in self._unwritten:
                self._outbox.put(letter.event_id, self.name, letter.occasion, [letter.part])
            self._outbox.delivered(letter)
        except StoreError as error:
            _log.error("A delivery to %s cannot be recorded: %s", self.name, error)
            with self._lock:
                self._unmarked[key] = letter
            return
        with self._lock:
            self._unmarked.pop(key, None)
            self._unwritten.pop(key, None)
        self._ages.pop(key, None)

    def _drop(self, letter: QueuedMessage, why: Message) -> None:
        self._outbox.dropped(letter, why)
        with self._lock:
            self._unwritten.pop(_key(letter), None)
        self._ages.pop(_key(letter), None)

    def _put_off(self) -> None:
        pause_s = self._pace.first_retry_s * 2.0 ** min(self._failures, 10)
        self._failures += 1
        self._retry_at_s = self._monotonic() + min(pause_s, self._pace.longest_retry_s)

    def _tell_backlog(self, letter: QueuedMessage, problem: Message) -> None:
        if letter.part is Part.TEXT and self._is_older(letter, self._pace.backlog_after_s):
            self._backlog = True
            self._on_backlog(
                self.name,
                Message("Messages to {0} wait, and are tried again. {1}", (self.name, problem)),
            )

    def _tell_no_backlog(self) -> None:
        if self._backlog:
            self._backlog = False
            self._on_backlog(self.name, None)

    def _is_older(self, letter: QueuedMessage, seconds: float) -> bool:
        """By the monotonic clock, which nobody sets, as far as this run has seen the letter."""
        now_s = self._monotonic()
        key = _key(letter)
        if key not in self._ages:
            self._ages[key] = self._first_seen(letter, now_s)
        first_s, age_s = self._ages[key]
        return age_s + now_s - first_s > seconds

    def _new(self) -> tuple[float, float]:
        return self._monotonic(), 0.0

    def _first_seen(self, letter: QueuedMessage, now_s: float) -> tuple[float, float]:
        try:
            age_s = (self._now() - parse_utc(letter.queued_utc)).total_seconds()
        except ValueError:
            age_s = 0.0
        return now_s, max(0.0, age_s) if self._clock_is_right() else 0.0

    def _now_utc(self) -> str:
        return utc_text(self._now())


def occasion_of(alarm: Alarm) -> str:
    """Tells one trigger of an alarm from the next: each brings new evidence."""
    return hashlib.sha256("\n".join(map(str, alarm.evidence)).encode()).hexdigest()[:16]


def _key(letter: QueuedMessage) -> _Key:
    return letter.event_id, letter.part, letter.occasion
