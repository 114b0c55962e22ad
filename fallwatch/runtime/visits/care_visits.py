"""Care visits: while a carer is in a room, its alarms about people are paused. Each ends by itself.

The room is watched on meanwhile: faults are alarms as ever, and a fall is an alarm when the visit
ends, unless the very person was seen getting up. Alarms that are held back are kept on the disk, so
that not even a power cut loses one. A visit ends when the carer has left or somebody keeps lying
(`core.presence.company`), when somebody says so, and after its longest time at the latest. It
outlives a restart of fallwatch, with the end that it had.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from fallwatch.alarms.channels.channel_thread import guarded
from fallwatch.core.message import Message
from fallwatch.core.presence.company import Company, seen_in
from fallwatch.core.types import Analysis, EventKind, FallEvent
from fallwatch.pipeline.worker import FailureLog, Worker
from fallwatch.runtime.pauses import Pause, Pauses, Record
from fallwatch.runtime.visits.visit_files import VisitFiles

_log = logging.getLogger(__name__)

#: Kinds of the events that say so.
CARE_VISIT, CARE_VISIT_OVER = "care_visit", "care_visit_over"

#: Why a visit ended.
LONGEST_TIME_OVER = Message("The longest time of a visit was over.")
NOT_WATCHED = Message("The room is not watched any more.")
BROKEN_OFF = Message("fallwatch was broken off after somebody may have fallen.")
CLOCK_SET = Message("The clock was set back before the visit began.")

_LOOK_S = 0.25

_BY = "fallwatch"

#: Raises an alarm that was held back.
Raise = Callable[[], object]

#: Raises one that an earlier run held back: of which room and kind, and when the visit began.
RaiseKept = Callable[[str, EventKind, float], object]


def ended_by(name: str) -> Message:
    """Why a visit ended: somebody ended it."""
    return Message("{0} ended the visit.", (name,))


def begin_message(by: str, minutes: float) -> Message:
    """What the record says of a visit that begins."""
    return Message(
        "{0} is in the room: alarms about people are paused until the visit is over, for {1} "
        "minutes at most.",
        (by, f"{minutes:.0f}"),
    )


@dataclass(slots=True)
class _Visit:
    company: Company = field(default_factory=Company)
    held: dict[int, list[tuple[FallEvent, Raise]]] = field(default_factory=dict)


class CareVisits:
    """The visits to the rooms of this process. Any thread; nothing here waits for a disk.

    What waits (the record, files, alarms that were held back) is done by `do_waiting`, on a thread
    of its own after `start`.

    Args:
        record: Writes a closed event.
        longest_s: How long a visit may last.
        folder: Where visits are kept over a restart.
        raise_kept: Raises an alarm that a run held back which was broken off.
        monotonic: Steady clock, in seconds.
        wall: Seconds since 1970 UTC. A visit ends by whichever clock is first.
    """

    def __init__(
        self,
        record: Record,
        longest_s: Callable[[], float],
        folder: Path,
        raise_kept: RaiseKept,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._record, self._longest_s = record, longest_s
        self._files = VisitFiles(folder)
        self._raise_kept = raise_kept
        self._wall = wall
        self._lock = threading.RLock()
        self._times = Pauses(monotonic, wall)
        self._visits: dict[str, _Visit] = {}
        self._known: set[str] = set()
        self._waiting: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._listeners: list[Callable[[str, Message], object]] = []
        self._failures = FailureLog(_log)
        self._worker = Worker("care visits", self._run, self._on_failure)

    def start(self) -> None:
        """Begin to look after the visits; once only."""
        self._worker.start()

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """End the thread; the visits go on at the next start. Names of threads that did not end.

        What was held back is raised: the next run knows of it only by its file.
        """
        self._worker.stopping.set()
        late = self._worker.left_after(timeout_s / 2)
        with self._lock:
            for room, visit in self._visits.items():
                self._release(room, visit)
        # On a thread of its own, since that of the visits may hang in a disk.
        rest = threading.Thread(target=self.do_waiting, name="last of the visits", daemon=True)
        rest.start()
        rest.join(timeout_s / 2)
        return late + ([rest.name] if rest.is_alive() else [])

    def listen(self, listener: Callable[[str, Message], object]) -> None:
        """Call with the room and the words once the record has that a visit began or ended.

        The call comes on the visits' own thread.
        """
        self._listeners.append(listener)

    @property
    def rooms(self) -> tuple[str, ...]:
        """Names of the rooms that are visited."""
        with self._lock:
            return tuple(room for room in self._visits if self._times.left_s(room) > 0)

    def left_s(self, room: str) -> float:
        """How long a visit still lasts at most, in seconds; 0 if there is none."""
        with self._lock:
            return self._times.left_s(room) if room in self._visits else 0.0

    def get(self, room: str) -> Pause | None:
        """Who visits a room, and until when at most; None if nobody does."""
        with self._lock:
            return self._times.get(room) if self.left_s(room) > 0 else None

    def by(self, room: str) -> str:
        """Who visits a room; empty if nobody does."""
        visit = self.get(room)
        return "" if visit is None else visit.by

    def begin(self, room: str, by: str) -> None:
        """Somebody is in a room. A visit that lasts is not made longer by a second one."""
        with self._lock:
            self._end_those_over()
            if room in self._visits:
                return
            self._known.add(room)
            longest_s = self._longest_s()
            self._begin(room, longest_s, by)
            words = begin_message(by, longest_s / 60)
            self._waiting.put(
                partial(self._files.write, room, by, self._wall(), self._wall() + longest_s)
            )
            self._waiting.put(partial(self._tell, room, CARE_VISIT, words, by))

    def end(self, room: str, reason: Message, by: str = _BY) -> None:
        """A visit is over; nothing happens if there is none."""
        with self._lock:
            visit = self._visits.pop(room, None)
            self._times.end(room)
            if visit is None:
                return
            self._after(room, visit, reason, by)

    def resume(self, room: str) -> None:
        """A room begins to be watched: a visit of an earlier run goes on until the end it had."""
        with self._lock:
            if room not in self._known:
                self._known.add(room)
                self._waiting.put(partial(self._take_over, room))

    def see(self, room: str, analysis: Analysis) -> None:
        """The newest analysis of a room: ends its visit when the carer has left."""
        with self._lock:
            visit = self._visits.get(room)
            if visit is None:
                return
            over = visit.company.see(analysis.frame.timestamp_s, seen_in(analysis.people))
            if over is not None:
                self.end(room, over)

    def hold(self, room: str, event: FallEvent, raise_alarm: Raise) -> bool:
        """Hold an event back, if its room is visited.

        Args:
            room: Where it happened.
            event: What the judge reports.
            raise_alarm: Raises its alarm; called when the visit ends, unless the person got up.

        Returns:
            False if it is to be raised now: there is no visit, it ends an earlier alarm, or
            somebody got out of bed and no carer has been seen yet.
        """
        with self._lock:
            visit = self._visits.get(room)
            if visit is None or self._times.left_s(room) <= 0:
                return False
            if event.kind is EventKind.BED_EXIT:
                return visit.company.was_together  # the carer is there, and knows
            if event.kind is not EventKind.RECOVERED:
                visit.held.setdefault(event.track_id, []).append((event, raise_alarm))
                self._keep_held(room, visit)
                return True
            held = visit.held.pop(event.track_id, [])
            self._keep_held(room, visit)
            # A long lie alone is about a fall of before the visit: its alarm is open.
            return bool(held) and held[0][0].kind is not EventKind.LONG_LIE

    def do_waiting(self) -> None:
        """End the visits whose time is over, and do all that waits for a disk."""
        with self._lock:
            self._end_those_over()
        while True:
            try:
                job = self._waiting.get_nowait()
            except queue.Empty:
                return
            # What waits behind it must not be lost, whatever becomes of it.
            guarded(Message("What follows a care visit"), job)

    def _run(self) -> None:
        while not self._worker.stopping.wait(_LOOK_S):
            self.do_waiting()

    def _on_failure(self, error: Exception) -> bool:
        self._failures.write("Looking after the care visits failed.", error, expected=False)
        return True

    def _begin(self, room: str, seconds: float, by: str) -> None:
        self._visits[room] = _Visit()
        self._times.begin(room, seconds, by)

    def _end_those_over(self) -> None:
        for room in self._times.take_over():
            self._after(room, self._visits.pop(room), LONGEST_TIME_OVER, _BY)

    def _after(self, room: str, visit: _Visit, reason: Message, by: str) -> None:
        """All that follows the end of a visit: first the alarms that were held back."""
        self._release(room, visit)
        words = Message("Alarms about people are no longer paused. {0}", (reason,))
        self._waiting.put(partial(self._files.forget, room))
        self._waiting.put(partial(self._tell, room, CARE_VISIT_OVER, words, by))

    def _release(self, room: str, visit: _Visit) -> None:
        """Have all alarms raised that were held back: nobody was seen getting up.

        Whether somebody is seen lying there says nothing: who lies is easily lost from view.
        """
        for held in visit.held.values():
            for _, raise_alarm in held:
                self._waiting.put(raise_alarm)
        if visit.held:
            visit.held.clear()
            self._keep_held(room, visit)

    def _keep_held(self, room: str, visit: _Visit) -> None:
        kinds = tuple(event.kind for held in visit.held.values() for event, _ in held)
        self._waiting.put(partial(self._files.keep_held, room, kinds))

    def _tell(self, room: str, kind: str, words: Message, by: str) -> None:
        self._record(room, kind, words, by)
        for listener in self._listeners:
            listener(room, words)

    def _take_over(self, room: str) -> None:
        kept = self._files.read(room)
        if kept is None:
            return
        now_s = self._wall()
        left_s = min(kept.until_unix_s - now_s, self._longest_s())
        for kind in kept.held:
            self._raise_kept(room, kind, kept.begun_unix_s)
        if kept.held:
            self._files.keep_held(room, ())
        with self._lock:
            if room in self._visits:
                return
            if kept.begun_unix_s <= now_s and left_s > 0 and not kept.held:
                self._begin(room, left_s, kept.by)
            else:
                is_ahead = kept.begun_unix_s > now_s
                over = CLOCK_SET if is_ahead else LONGEST_TIME_OVER
                self._after(room, _Visit(), BROKEN_OFF if kept.held else over, _BY)
