from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from fallwatch.alarms.raising import is_still_down
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState, EventKind
from fallwatch.dispatch.alarm_register import AlarmRegister
from fallwatch.events.database import Database
from fallwatch.events.store import EventStore, StoreError
from fallwatch.events.times import utc_now
from tests.alarms.builders import make_event
from tests.waiting import FakeClock


class FailingDatabase(Database):
    """A database that fails while told to."""

    fails = False

    @contextmanager
    def opened(self, within_s: float | None = None) -> Iterator[sqlite3.Connection]:
        if self.fails:
            raise StoreError("The disk is full. Free some space.")
        with super().opened(within_s) as connection:
            yield connection


class FailingStore(EventStore):
    """A record that fails while told to."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._failing = self._database = FailingDatabase(path)

    def fail(self, fails: bool) -> None:
        self._failing.fails = fails


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FailingStore]:
    store = FailingStore(tmp_path / "events.db")
    yield store
    store.close()


def open_kinds(book: AlarmRegister) -> list[str]:
    return [alarm.kind for alarm in book.alarms.by_urgency()]


def happens(book: AlarmRegister, kind: EventKind) -> Alarm:
    alarm = book.person_event(make_event(kind), started_unix_s=1_769_828_645.0, from_clip=False)
    book.persist()
    return alarm


def test_what_ended_while_the_record_failed_is_not_brought_back_by_it(store: FailingStore) -> None:
    clock = FakeClock()
    book = AlarmRegister(store, monotonic=clock, wall_clock=utc_now)
    fall = happens(book, EventKind.FALL)
    assert book.is_settled

    store.fail(True)
    assert book.answered_elsewhere() == []
    assert not book.is_settled
    book.acknowledge(fall.event_id, "Ada")
    happens(book, EventKind.RECOVERED)
    assert open_kinds(book) == ["record_failed"]
    assert not book.wants_retry
    clock.advance(5.0)
    assert book.wants_retry

    store.fail(False)
    book.persist()
    assert open_kinds(book) == []
    assert book.is_settled
    stored = store.get(fall.event_id)
    assert stored is not None
    assert (stored.state, stored.acknowledged_by) == (AlarmState.CLOSED, "Ada")


def test_a_record_that_stays_broken_is_one_alarm(store: FailingStore) -> None:
    book = AlarmRegister(store, monotonic=FakeClock(), wall_clock=utc_now)
    store.fail(True)
    for _ in range(3):
        book.persist()
    assert open_kinds(book) == ["record_failed"]


def test_what_somebody_did_is_recorded_and_waits_for_no_answer(store: FailingStore) -> None:
    book = AlarmRegister(store, monotonic=FakeClock(), wall_clock=utc_now)
    done = book.record_past("Hall", "watch_paused", Message("For {0} minutes", (15,)), "maria")
    book.persist()
    assert open_kinds(book) == []
    (kept,) = store.recent()
    assert kept == done
    assert (kept.state, kept.acknowledged_by) == (AlarmState.CLOSED, "maria")
    assert store.history(kept.event_id)[0].by == "maria"


def test_an_alarm_raised_again_says_that_it_was_called_false(store: FailingStore) -> None:
    clock = FakeClock()
    began = utc_now()
    book = AlarmRegister(
        store, monotonic=clock, wall_clock=lambda: began + timedelta(seconds=clock())
    )
    fall = happens(book, EventKind.FALL)
    book.acknowledge(fall.event_id, "Ada", Message("false alarm"))
    book.persist()
    (kept,) = store.recent()
    assert (kept.outcome, kept.acknowledged_by) == ("false alarm", "Ada")
    clock.advance(34.0)
    again = happens(book, EventKind.LONG_LIE)
    assert again.event_id == fall.event_id
    assert str(again.evidence[0]) == (
        "Still on the floor; marked as a false alarm 34 s ago by Ada."
    )
    assert is_still_down(again)
    # It is open again: nobody has given a verdict on this.
    assert (again.state, again.outcome) == (AlarmState.UNACKNOWLEDGED, "")
    book.acknowledge(fall.event_id, "Jo")
    clock.advance(5.0)
    later = happens(book, EventKind.LONG_LIE)
    lines = [str(line) for line in later.evidence]
    assert lines[0] == "Still on the floor; acknowledged 5 s ago by Jo."
    assert not any("Ada" in line for line in lines)
