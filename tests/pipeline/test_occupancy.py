"""What each minute was like: the weightiest thing in it counts, and files outlive damage."""

from __future__ import annotations

from datetime import date, datetime, timezone
from pathlib import Path

from fallwatch.pipeline.health.occupancy import DayOccupancy, Minute, OccupancyFiles

DAY = date(2026, 3, 2)


def at(hour: int, minute: int) -> datetime:
    return datetime(2026, 3, 2, hour, minute, tzinfo=timezone.utc)


def test_the_weightiest_of_a_minute_counts() -> None:
    day = DayOccupancy()
    assert day.see("Hall", Minute.WATCHED, at(3, 0))
    assert day.see("Hall", Minute.LYING, at(3, 0))
    assert not day.see("Hall", Minute.PERSON, at(3, 0))
    day.see("Hall", Minute.FAULT, at(3, 1))
    assert day.rooms["Hall"][179:183] == ".lf."
    assert len(day.rooms["Hall"]) == 1440


def test_a_day_is_kept_and_read_again(tmp_path: Path) -> None:
    files = OccupancyFiles(tmp_path / "minutes")
    assert files.read(DAY) == {}
    day = DayOccupancy()
    day.see("Küche", Minute.PERSON, at(0, 0))
    files.write(DAY, day.rooms)
    assert files.read(DAY) == day.rooms
    assert list(files.days()) == [DAY]
    files.forget_before(date(2026, 3, 3))
    assert files.read(DAY) == {}


def test_a_damaged_file_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "2026-03-02.json").write_text('{"rooms": {"Hall": "short", "B": 7}}')
    (tmp_path / "2026-03-03.json").write_text("nonsense")
    (tmp_path / "other.json").write_text("{}")
    files = OccupancyFiles(tmp_path)
    assert files.read(DAY) == {}
    assert files.read(date(2026, 3, 3)) == {}
    assert len(list(files.days())) == 2
