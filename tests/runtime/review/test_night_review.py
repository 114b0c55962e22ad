"""A night is put together from the minutes of two days and the record."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from fallwatch.core.message import Message, plain
from fallwatch.core.types import Alarm, AlarmState, Analysis, Box, Frame, Person, Posture, Priority
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_text
from fallwatch.pipeline.health.occupancy import DayOccupancy, Minute, OccupancyFiles
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from fallwatch.runtime.occupancy_journal import OccupancyJournal
from fallwatch.runtime.review.night_review import Span, read_night, to_csv

DAY = date(2026, 3, 2)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute).astimezone()


def alarm(event_id: str, moment: datetime, **changes: object) -> Alarm:
    values: dict[str, object] = {
        "event_id": event_id,
        "camera": "Hall",
        "kind": "fall",
        "priority": Priority.HIGH,
        "state": AlarmState.CLOSED,
        "started_utc": utc_text(moment),
        "score": 0.9,
    }
    return Alarm(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def store(tmp_path: Path) -> EventStore:
    return EventStore(tmp_path / "events.db")


@pytest.fixture
def files(tmp_path: Path) -> OccupancyFiles:
    files = OccupancyFiles(tmp_path / "minutes")
    evening, morning = DayOccupancy(), DayOccupancy()
    for minute in range(12 * 60, 24 * 60):
        evening.see("Hall", Minute.WATCHED, local(DAY, minute // 60, minute % 60))
    for minute in range(60):
        morning.see("Hall", Minute.LYING, local(DAY, 0, minute))
    files.write(DAY - timedelta(days=1), evening.rooms)
    files.write(DAY, morning.rooms)
    return files


def test_from_noon_to_noon(store: EventStore, files: OccupancyFiles) -> None:
    store.add(alarm("too soon", local(DAY - timedelta(days=1), 11)))
    store.add(alarm("evening", local(DAY - timedelta(days=1), 20)))
    store.add(alarm("clip", local(DAY, 1), from_clip=True))
    store.add(alarm("clip over", local(DAY, 1), kind="recovered", from_clip=True))
    store.add(alarm("earlier clip", local(DAY - timedelta(days=1), 11), from_clip=True))
    store.add(alarm("morning", local(DAY, 6)))
    night = read_night(DAY, store, files, ["Bath"])
    assert [each.event_id for each in night.alarms] == ["evening", "morning"]
    assert night.clips == 1
    assert night.spans("Hall") == (
        Span(0, 720, Minute.WATCHED),
        Span(720, 780, Minute.LYING),
        Span(780, 1440, Minute.UNKNOWN),
    )
    assert night.spans("Bath") == (Span(0, 1440, Minute.UNKNOWN),)
    assert sum(night.watched_h.values()) == pytest.approx(13.0)


def test_as_a_table(store: EventStore, files: OccupancyFiles) -> None:
    store.add(alarm("one", local(DAY, 6), camera="=Hall"))
    night = read_night(DAY, store, files, [])
    rows = list(csv.reader(io.StringIO(to_csv(night, lambda each: ("Fall", "Real alarm")))))
    assert rows[0] == ["room", "from", "until", "what", "verdict"]
    assert ["'=Hall", "2026-03-02 06:00", "", "Fall", "Real alarm"] in rows
    assert ["Hall", "2026-03-02 00:00", "2026-03-02 01:00", "somebody lying", ""] in rows


class Clock:
    def __init__(self) -> None:
        self.now = local(DAY, 3)

    def __call__(self) -> datetime:
        return self.now


def seen(posture: Posture | None) -> Analysis:
    frame = Frame("Hall", 0, 0.0, np.zeros((4, 4, 3), np.uint8))
    if posture is None:
        return Analysis(frame)
    return Analysis(frame, (Person(1, Box(0, 0, 1, 1), None, None, 0.0, posture),))


def test_the_journal_writes_what_is_seen_and_forgets_what_is_old(tmp_path: Path) -> None:
    clock = Clock()
    journal = OccupancyJournal(tmp_path, lambda: 2, clock)
    running = MonitorStatus("Hall", MonitorState.RUNNING, plain(""), 15.0, 0.1)
    journal.see_status(running)
    journal.write()
    clock.now += timedelta(minutes=1)
    journal.see_analysis("Hall", seen(Posture.UPRIGHT))
    clock.now += timedelta(minutes=1)
    journal.see_analysis("Hall", seen(None))
    journal.see_analysis("Hall", seen(Posture.DOWN))
    clock.now += timedelta(minutes=1)
    journal.see_status(MonitorStatus("Hall", MonitorState.FAULTED, Message("gone"), 0.0, None))
    journal.write()
    assert journal.files.read(DAY)["Hall"][180:185] == "-plf."
    clock.now += timedelta(days=3)
    journal.write()
    assert list(journal.files.days()) == []


def test_an_earlier_run_of_the_day_is_kept(tmp_path: Path) -> None:
    clock = Clock()
    first = OccupancyJournal(tmp_path, lambda: 2, clock)
    first.see("Hall", Minute.LYING)
    first.start()
    assert first.stop(10.0) == []
    clock.now += timedelta(minutes=1)
    second = OccupancyJournal(tmp_path, lambda: 2, clock)
    second.see("Hall", Minute.PAUSED)
    second.write()
    assert second.files.read(DAY)["Hall"][180:182] == "lz"
