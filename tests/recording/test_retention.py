"""What is deleted after a while, and what never is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_text
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.retention import Eviction, keep_house, plan
from tests.alarms.builders import make_alarm

NOW = datetime(2026, 3, 31, 12, tzinfo=timezone.utc)


def aged(event_id: str, days: float, state: AlarmState = AlarmState.CLOSED) -> Alarm:
    return make_alarm(event_id, started_utc=utc_text(NOW - timedelta(days=days)), state=state)


RECORDS = st.lists(
    st.tuples(
        st.floats(0, 100, allow_nan=False), st.sampled_from(AlarmState), st.integers(0, 2000)
    ),
    max_size=30,
)


@given(RECORDS, st.integers(1, 60), st.integers(0, 10_000), st.integers(0, 500))
def test_retention(
    records: list[tuple[float, AlarmState, int]], keep_days: int, keep_bytes: int, stray: int
) -> None:
    alarms = [aged(f"e{i}", days, state) for i, (days, state, _) in enumerate(records)]
    sizes = {f"e{i}": size for i, (_, _, size) in enumerate(records) if size} | {"stray": stray}
    eviction = plan(alarms, sizes, now=NOW, keep_days=keep_days, keep_bytes=keep_bytes)
    by_id = {alarm.event_id: alarm for alarm in alarms}
    gone = {*eviction.events, *eviction.recordings}

    waiting = {alarm.event_id for alarm in alarms if is_unacknowledged(alarm)}
    assert not gone & waiting, "what nobody has answered is never evicted"

    limit_utc = utc_text(NOW - timedelta(days=keep_days))
    answered = [alarm for alarm in alarms if not is_unacknowledged(alarm)]
    assert set(eviction.events) == {a.event_id for a in answered if a.started_utc < limit_utc}

    left = {event_id: size for event_id, size in sizes.items() if event_id not in gone}
    assert sum(left.values()) <= keep_bytes or set(left) <= waiting, "the size is kept if it can be"

    times = [by_id[event_id].started_utc for event_id in eviction.recordings if event_id in by_id]
    assert times == sorted(times)
    evictable = [by_id[e].started_utc for e in left if e in by_id and e not in waiting]
    assert not times or not evictable or max(times) <= min(evictable), "oldest first"

    if eviction.recordings:
        last = sizes[eviction.recordings[-1]]
        assert sum(left.values()) + last > keep_bytes, "no more goes than must"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    store = EventStore(tmp_path / "events.db")
    yield store
    store.close()


def fill(media: MediaFolder, *event_ids: str, kilobytes: int = 600) -> None:
    for event_id in event_ids:
        media.write(media.snapshot(event_id), bytes(1000))
        media.write(media.clip(event_id), bytes(kilobytes * 1000 - 1000))


def test_old_events_go_with_all_they_have_and_the_history_says_so(
    store: EventStore, tmp_path: Path
) -> None:
    media = MediaFolder(tmp_path / "recordings")
    for alarm in (aged("old", 31), aged("new", 29), aged("open", 90, AlarmState.UNACKNOWLEDGED)):
        store.add(alarm)
        fill(media, alarm.event_id)
    keep_house(store, media, now=NOW, keep_days=30, keep_megabytes=100)
    assert {alarm.event_id for alarm in store.all()} == {"new", "open"}
    assert set(media.sizes()) == {"new", "open"}
    assert [(str(h.what), h.by) for h in store.history("old")][-1] == (
        "deleted: older than is kept",
        "retention",
    )


def test_where_recordings_take_too_much_the_events_stay(store: EventStore, tmp_path: Path) -> None:
    media = MediaFolder(tmp_path / "recordings")
    for days in range(4):
        store.add(aged(f"e{days}", days))
        fill(media, f"e{days}")
    done = keep_house(store, media, now=NOW, keep_days=30, keep_megabytes=2)
    assert done == Eviction(recordings=("e3",))
    assert len(store.all()) == 4
    assert set(media.sizes()) == {"e0", "e1", "e2"}
    assert "recordings deleted" in str(store.history("e3")[-1].what)
    assert keep_house(store, media, now=NOW, keep_days=30, keep_megabytes=2) == Eviction()


def test_a_recording_that_somebody_has_open_stays_with_its_event_and_the_next_goes(
    store: EventStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for event_id in ("open", "other"):
        store.add(aged(event_id, 40))
    media = MediaFolder(tmp_path / "media")
    really_delete = media.delete

    def delete(event_id: str) -> None:
        if event_id == "open":
            raise PermissionError(13, "used by another process")
        really_delete(event_id)

    monkeypatch.setattr(media, "delete", delete)
    done = keep_house(store, media, now=NOW, keep_days=30, keep_megabytes=100)
    assert done == Eviction(("other",))
    assert [alarm.event_id for alarm in store.all()] == ["open"]
    assert not any("deleted" in str(step.what) for step in store.history("open"))
    monkeypatch.setattr(media, "delete", really_delete)
    assert keep_house(store, media, now=NOW, keep_days=30, keep_megabytes=100).events == ("open",)
