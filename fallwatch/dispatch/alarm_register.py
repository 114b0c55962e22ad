"""The register of alarms: the open ones and the record, kept in step.

No threads and no waiting in here; the dispatcher brings the lock and does the telling.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timezone
from uuid import uuid4

from fallwatch.alarms import lifecycle
from fallwatch.alarms.open_alarms import OpenAlarms
from fallwatch.alarms.priority import NOTICE_KINDS, PAST_KINDS
from fallwatch.alarms.raising import (
    THIS_COMPUTER,
    alarm_from_event,
    is_still_down,
    still_down,
    technical_alarm,
)
from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.core.text import clean_name, clean_text
from fallwatch.core.types import Alarm, AlarmState, EventKind, FallEvent
from fallwatch.dispatch.waiting_since import waiting_since
from fallwatch.events.backlog import Backlog
from fallwatch.events.journal import Journal, RecordWrite
from fallwatch.events.store import EventStore, HistoryEntry, StoreError
from fallwatch.events.times import utc_text

_log = logging.getLogger(__name__)

_BY = "fallwatch"

# What has become of another computer's alarm.
_THERE = {
    AlarmState.UNACKNOWLEDGED: Message("there: unacknowledged"),
    AlarmState.RETURNED_UNACKNOWLEDGED: Message("there: returned unacknowledged"),
    AlarmState.ACKNOWLEDGED: Message("there: acknowledged"),
    AlarmState.CLOSED: Message("there: closed"),
}
_VERDICTS = {
    lifecycle.REAL: Message("verdict: a real alarm"),
    lifecycle.FALSE_ALARM: Message("verdict: a false alarm"),
    lifecycle.UNSURE: Message("verdict: unsure"),
}
_AGAIN = Message("not acknowledged before the restart: raised again")
# How long an alarm is taken to have waited where nobody knows: longer than any calling chain.
_UNKNOWN_S = 1e9
# How often a record that could not be read or written is tried again.
_RETRY_S = 5.0


class AlarmRegister:
    """The open alarms and their record.

    Every change is lined up for the record and written by `persist`, in order. While the record
    cannot be written, the alarm ``record_failed`` stands and the writes wait, in memory and in the
    journal beside the record: an alarm need not wait for the record to come back, and is not lost
    with this process. A write that the record can never take is set aside; ``record_refused`` says
    so.
    """

    def __init__(
        self,
        store: EventStore,
        *,
        monotonic: Callable[[], float],
        wall_clock: Callable[[], datetime],
    ) -> None:
        """Nothing is read yet."""
        self.alarms = OpenAlarms()
        self._store = store
        self._monotonic = monotonic
        self._wall_clock = wall_clock
        self._backlog = Backlog(self._write, Journal(store.path))
        self._journals_taken = self._taken_over = False
        self._failing = False
        self._warnings_seen = 0
        # Faults of this computer that last, and since when; and when one was acknowledged.
        self._lasting_since_s: dict[str, float] = {}
        self._acknowledged_s: dict[str, float] = {}
        self._tried_s = float("-inf")

    @property
    def is_settled(self) -> bool:
        """True if the last run was taken over and everything is written."""
        return self._taken_over and len(self._backlog) == 0

    @property
    def wants_retry(self) -> bool:
        """True if it is time to try again what the record did not take or give."""
        return not self.is_settled and self._monotonic() - self._tried_s >= _RETRY_S

    @property
    def has_reminders(self) -> bool:
        """True while a fault lasts that was acknowledged."""
        return bool(self._acknowledged_s)

    def forgotten(self, after_s: float) -> list[str]:
        """Ids of alarms about faults that last so long after their acknowledgement."""
        now_s = self._monotonic()
        return [each for each, at_s in self._acknowledged_s.items() if now_s - at_s >= after_s]

    def remind(self, event_id: str) -> None:
        """Raise the alarm about a fault that lasts again."""
        alarm = self.alarms.get(event_id)
        if alarm is None or lifecycle.is_unacknowledged(alarm):
            return
        lasts_s = self._monotonic() - self._lasting_since_s[event_id]
        still = Message(
            "Acknowledged, but it still lasts, after {0} minutes.", (f"{lasts_s / 60:.0f}",)
        )
        known = tuple(line for line in alarm.evidence if line.template != still.template)
        again = lifecycle.trigger(replace(alarm, evidence=known), (still,))
        self._put(again, Message("raised again: it still lasts"))

    def persist(self, *, at_once: bool = False) -> None:
        """Write what is lined up; say so if that does not work, and when it works again.

        A record that has just failed is left alone for a while, for each try takes its time.

        The first time that works, the last run's open alarms are taken over. What nobody answered
        waits again. What was answered is closed: its person is not followed any more, and whoever
        is still on the floor is found again.

        Args:
            at_once: Try the record also if it has just failed.
        """
        now_s = self._monotonic()
        if self._failing and not at_once and now_s - self._tried_s < _RETRY_S:
            self._backlog.keep()
            return
        self._tried_s = now_s
        self._take_over_journals()
        # Taking over comes after writing: the record must not bring back what was ended meanwhile.
        error = self._backlog.flush() or self._take_over()
        for refused in self._backlog.take_refused():
            self.begin_technical(THIS_COMPUTER, "record_refused", refused)
        self._failing = error is not None
        if error is not None:
            message = Message("Alarms sound, but cannot be recorded. {0}", (error.message,))
            self.begin_technical(THIS_COMPUTER, "record_failed", message)
            self._backlog.keep()
            return
        self.end_technical(THIS_COMPUTER, "record_failed")
        for warning in self._store.warnings[self._warnings_seen :]:
            self._warnings_seen += 1
            self.begin_technical(THIS_COMPUTER, "record_damaged", warning)
        self._backlog.flush()

    def _write(self, write: RecordWrite) -> None:
        self._store.update(write.alarm, what=write.what, by=write.by, at_utc=write.at_utc)

    def _take_over_journals(self) -> None:
        """What a process that died could not write any more is written now, and told again."""
        if self._journals_taken:
            return
        self._journals_taken = True
        writes = self._backlog.take_over()
        last = {write.alarm.event_id: write.alarm for write in writes}
        for alarm in last.values():
            if lifecycle.is_unacknowledged(alarm) and alarm.event_id not in self.alarms:
                steps = [
                    HistoryEntry(alarm.event_id, write.at_utc, write.what, write.by)
                    for write in writes
                    if write.alarm.event_id == alarm.event_id
                ]
                self._put(alarm, _AGAIN, waited_s=self._waited_s(steps))

    def _take_over(self) -> StoreError | None:
        if self._taken_over:
            return None
        try:
            found = self._store.open_alarms()
        except StoreError as error:
            return error
        self._taken_over = True
        for alarm in found:
            if alarm.event_id in self.alarms:
                continue
            if lifecycle.is_unacknowledged(alarm):
                self._put(alarm, _AGAIN, waited_s=self._waited_in_record_s(alarm.event_id))
            else:
                self._put(lifecycle.close(alarm), Message("closed at the restart"))
        return None

    def _waited_in_record_s(self, event_id: str) -> float:
        try:
            return self._waited_s(self._store.history(event_id))
        except StoreError as error:
            _log.error("How long an alarm has waited cannot be read: %s", error)
            return _UNKNOWN_S

    def _waited_s(self, history: Iterable[HistoryEntry]) -> float:
        """For how many seconds nobody has acknowledged an alarm of an earlier run.

        The calling chain goes on where that run left it. Where the record or the clock cannot
        say, it has waited for long enough: everybody is told.
        """
        since = waiting_since(history)
        waited_s = -1.0 if since is None else (self._wall_clock() - since).total_seconds()
        return waited_s if waited_s >= 0 else _UNKNOWN_S

    def answered_elsewhere(self) -> list[Alarm]:
        """Waiting alarms that another process, such as the command line, has answered."""
        waiting = self.alarms.waiting()
        if not waiting or not self.is_settled:
            return []
        try:
            if not self._store.changed_elsewhere():
                return []
            stored = [self._store.get(each.event_id) for each in waiting]
        except StoreError as error:
            _log.error("Answers given elsewhere cannot be read: %s", error)
            # Has it tried again in a while, and reported if that fails.
            self._taken_over = False
            return []
        return [each for each in stored if each and not lifecycle.is_unacknowledged(each)]

    def adopt(self, answered: Alarm) -> None:
        """Take over an answer that is in the record already."""
        self._take_in(answered)

    def mirror(self, alarm: Alarm) -> None:
        """Take over how an alarm of another computer is there; see `AlarmDispatcher.mirror`."""
        alarm = replace(alarm, event_id=clean_name(alarm.event_id), camera=clean_name(alarm.camera))
        known = self.alarms.get(alarm.event_id)
        if known == alarm or (known is None and alarm.state is AlarmState.CLOSED):
            return
        by = alarm.acknowledged_by or "its own computer"
        self._put(alarm, Message("raised") if known is None else _THERE[alarm.state], by)

    def person_event(self, event: FallEvent, started_unix_s: float, from_clip: bool) -> Alarm:
        """Take in what happened to a person; see `AlarmDispatcher.raise_event`."""
        event = replace(event, camera=clean_name(event.camera))
        started_utc = self._utc_of(started_unix_s)
        new = alarm_from_event(event, uuid4().hex, started_utc=started_utc, from_clip=from_clip)
        if event.kind is EventKind.RECOVERED:
            return self._person_up(event, new)
        if event.kind.value in NOTICE_KINDS:
            return self._notice(event, new)
        return self._person_down(event, new)

    def begin_technical(
        self, camera: str, kind: str, message: Message, *, from_clip: bool = False
    ) -> Alarm:
        """Raise a technical alarm, unless the same one is open."""
        known = self.alarms.of_kind(clean_name(camera), kind)
        if known is not None:
            self._note_lasting(known)
            return known
        alarm = technical_alarm(
            camera, kind, message, uuid4().hex, started_utc=self._now_utc(), from_clip=from_clip
        )
        self._note_lasting(alarm)
        return self._put(alarm, Message("raised"))

    def record_past(self, camera: str, kind: str, message: Message, by: str) -> Alarm:
        """Record something that somebody did and that nobody has to answer."""
        now_utc = self._now_utc()
        alarm = technical_alarm(
            camera, kind, message, uuid4().hex, started_utc=now_utc, from_clip=False
        )
        done = replace(alarm, state=AlarmState.CLOSED, acknowledged_utc=now_utc, acknowledged_by=by)
        return self._put(done, Message("recorded"), by)

    def end_technical(self, camera: str, kind: str) -> None:
        """Close a technical alarm, if it is open."""
        known = self.alarms.of_kind(clean_name(camera), kind)
        if known is not None:
            self._put(
                lifecycle.condition_cleared(known, lifecycle.CONDITION_CLEARED),
                Message("condition cleared"),
            )

    def acknowledge(
        self, event_id: str, by: str, outcome: Message = NO_MESSAGE, origin: str = ""
    ) -> None:
        """Somebody answered; nothing happens if the alarm is answered or closed already."""
        # Each begins with the same word: see `waiting_since`.
        if origin and outcome:
            what = Message("acknowledged from {1}: {0}", (outcome, origin))
        elif origin:
            what = Message("acknowledged from {0}", (origin,))
        else:
            what = Message("acknowledged: {0}", (outcome,)) if outcome else Message("acknowledged")
        alarm = self.alarms.get(event_id)
        if alarm is None or not lifecycle.is_unacknowledged(alarm):
            _log.info("Alarm %s needs no answer any more.", event_id)
            return
        told = str(outcome) if str(outcome) in lifecycle.OUTCOMES else ""
        self._put(lifecycle.acknowledge(alarm, by, self._now_utc(), told), what, by)

    def judge(self, event_id: str, outcome: str, note: str, by: str) -> None:
        """Somebody says afterwards what an alarm turned out to be; see `AlarmDispatcher.judge`."""
        alarm = self.alarms.get(event_id) or self._store.get(event_id)
        if alarm is None or lifecycle.is_unacknowledged(alarm):
            return
        verdict = _VERDICTS[outcome]
        what = Message("{0} – {1}", (verdict, clean_text(note))) if note else verdict
        self._put(replace(alarm, outcome=outcome), what, by)

    def close_clip(self, camera: str) -> None:
        """Close all alarms of a recorded clip."""
        for alarm in self.alarms.of_clip(clean_name(camera)):
            self._put(
                lifecycle.close_with_clip(alarm, lifecycle.END_OF_CLIP), Message("clip closed")
            )

    def _put(
        self,
        alarm: Alarm,
        what: Message,
        by: str = _BY,
        *,
        track_id: int | None = None,
        waited_s: float = 0.0,
    ) -> Alarm:
        """Take over an alarm's new state, and line it up for the record."""
        self._backlog.append(RecordWrite(alarm, what, by, self._now_utc()))
        self._take_in(alarm, track_id=track_id, waited_s=waited_s)
        return alarm

    def _take_in(self, alarm: Alarm, *, track_id: int | None = None, waited_s: float = 0.0) -> None:
        now_s, event_id = self._monotonic(), alarm.event_id
        self.alarms.put(alarm, now_s - waited_s, track_id=track_id)
        if alarm.state is AlarmState.ACKNOWLEDGED and event_id in self._lasting_since_s:
            self._acknowledged_s.setdefault(event_id, now_s)
        else:
            self._acknowledged_s.pop(event_id, None)
        if alarm.state is AlarmState.CLOSED:
            self._lasting_since_s.pop(event_id, None)

    def _note_lasting(self, alarm: Alarm) -> None:
        """A fault is there in this run; those of other computers are followed over there."""
        if alarm.kind not in PAST_KINDS:
            self._lasting_since_s.setdefault(alarm.event_id, self._monotonic())

    def _person_down(self, event: FallEvent, new: Alarm) -> Alarm:
        known = self.alarms.of_person_down(event, new.from_clip)
        if known is None:
            return self._put(new, Message("raised"), track_id=event.track_id)
        self.alarms.tell_anew(known.event_id)
        still = still_down(known, self._now_utc())
        if still:
            # What was said the last time it was raised again is no news any more.
            kept = known.evidence[1:] if is_still_down(known) else known.evidence
            known = replace(known, evidence=kept)
        again = lifecycle.trigger(known, still + event.evidence)
        return self._put(again, Message("triggered again ({0})", (event.kind.value,)))

    def _notice(self, event: FallEvent, new: Alarm) -> Alarm:
        """One that nobody has acknowledged yet is told again; else it is one of its own."""
        known = self.alarms.of_kind(new.camera, new.kind)
        if known is None or known.from_clip != new.from_clip:
            return self._put(new, Message("raised"))
        self.alarms.tell_anew(known.event_id)
        again = lifecycle.trigger(known, event.evidence)
        return self._put(again, Message("triggered again ({0})", (event.kind.value,)))

    def _person_up(self, event: FallEvent, record: Alarm) -> Alarm:
        known = self.alarms.of_person_up(event, record.from_clip)
        if not known:
            # No alarm is open; what happened is recorded all the same.
            return self._put(replace(record, state=AlarmState.CLOSED), Message("recovered"))
        changed = [
            self._put(lifecycle.returned(each), Message("the person got up")) for each in known
        ]
        return changed[0]

    def _utc_of(self, unix_s: float) -> str:
        try:
            return utc_text(datetime.fromtimestamp(unix_s, timezone.utc))
        except (ValueError, OverflowError, OSError):
            return self._now_utc()  # of no such moment; the alarm counts all the same

    def _now_utc(self) -> str:
        return utc_text(self._wall_clock())
