"""A bed exit is told as a notice of its own: it never becomes, hides or softens a fall."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path

import pytest

from fallwatch.alarms.priority import priority_of
from fallwatch.core.types import AlarmState, EventKind, Priority
from fallwatch.dispatch.alarm_register import AlarmRegister
from fallwatch.events.store import EventStore
from tests.alarms.builders import make_event

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=timezone.utc)
NOTICE = make_event(EventKind.BED_EXIT, zone=0)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[AlarmRegister]:
    store = EventStore(tmp_path / "events.db")
    book = AlarmRegister(store, monotonic=lambda: 0.0, wall_clock=lambda: NOW)
    book.persist()
    yield book
    store.close()


def test_it_is_of_low_priority() -> None:
    assert priority_of("bed_exit") is Priority.LOW


def test_a_fall_of_the_same_person_is_an_alarm_of_its_own(book: AlarmRegister) -> None:
    notice = book.person_event(NOTICE, NOW.timestamp(), from_clip=False)
    fall = book.person_event(make_event(), NOW.timestamp(), from_clip=False)
    assert fall.event_id != notice.event_id
    assert (fall.kind, fall.priority) == ("fall", Priority.HIGH)
    assert book.alarms.by_urgency() == (fall, notice)
    # Getting up from the floor says nothing about the bed.
    book.person_event(make_event(EventKind.RECOVERED), NOW.timestamp(), from_clip=False)
    assert book.alarms.get(notice.event_id) == notice


def test_a_notice_after_a_fall_leaves_the_fall_alone(book: AlarmRegister) -> None:
    fall = book.person_event(make_event(), NOW.timestamp(), from_clip=False)
    notice = book.person_event(NOTICE, NOW.timestamp(), from_clip=False)
    assert notice.event_id != fall.event_id
    assert book.alarms.get(fall.event_id) == fall


def test_acknowledging_it_closes_it(book: AlarmRegister) -> None:
    notice = book.person_event(NOTICE, NOW.timestamp(), from_clip=False)
    book.acknowledge(notice.event_id, "maria")
    assert notice.event_id not in book.alarms
    book.persist()
    kept = book._store.get(notice.event_id)
    assert kept is not None
    assert (kept.state, kept.acknowledged_by) == (AlarmState.CLOSED, "maria")
    later = book.person_event(NOTICE, NOW.timestamp(), from_clip=False)
    assert later.event_id != notice.event_id


def test_one_that_nobody_acknowledged_is_told_again_and_not_listed_twice(
    book: AlarmRegister,
) -> None:
    notice = book.person_event(NOTICE, NOW.timestamp(), from_clip=False)
    again = book.person_event(NOTICE, NOW.timestamp(), from_clip=False)
    assert again.event_id == notice.event_id
    assert len(book.alarms.waiting()) == 1
    other = book.person_event(
        make_event(EventKind.BED_EXIT, camera="hall"), NOW.timestamp(), from_clip=False
    )
    assert other.event_id != notice.event_id
