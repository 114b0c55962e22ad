"""Asking the record for some events, and deleting them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.core.message import Message
from fallwatch.events.query import EventQuery
from fallwatch.events.store import EventStore
from tests.alarms.builders import make_alarm

ALARMS = (
    make_alarm("a", camera="Hall", kind="fall", started_utc="2026-03-01T23:59:59.999Z"),
    make_alarm("b", camera="Hall", kind="on_floor", started_utc="2026-03-02T00:00:00.000Z"),
    make_alarm("c", camera="Bath", kind="fall", started_utc="2026-03-02T12:00:00.000Z"),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    store = EventStore(tmp_path / "events.db")
    for alarm in ALARMS:
        store.add(alarm)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (EventQuery(), "cba"),
        (EventQuery(since_utc="2026-03-02T00:00:00.000Z"), "cb"),
        (EventQuery(until_utc="2026-03-02T00:00:00.000Z"), "a"),
        (EventQuery(camera="Hall"), "ba"),
        (EventQuery(kind="fall"), "ca"),
        (EventQuery(camera="Hall", kind="fall", since_utc="2026-03-02T00:00:00.000Z"), ""),
        (EventQuery(limit=2), "cb"),
        (EventQuery(camera="'; DROP TABLE events; --"), ""),
    ],
)
def test_filters(store: EventStore, query: EventQuery, found: str) -> None:
    assert "".join(alarm.event_id for alarm in store.find(query)) == found


def test_a_deleted_event_is_gone_after_reopening_and_its_history_names_who_did_it(
    store: EventStore,
) -> None:
    store.delete("b", what=Message("deleted"), by="Ada")
    store.close()
    assert [alarm.event_id for alarm in store.all()] == ["a", "c"]
    assert [(str(entry.what), entry.by) for entry in store.history("b")] == [
        ("raised", "fallwatch"),
        ("deleted", "Ada"),
    ]


def test_deleting_what_is_not_there_leaves_no_trace(store: EventStore) -> None:
    store.delete("z", what=Message("deleted"), by="Ada")
    assert store.history("z") == ()
