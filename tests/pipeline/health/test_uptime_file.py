"""Today's figures survive a restart."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from fallwatch.core.message import Message
from fallwatch.pipeline.health.uptime import NOT_RUNNING, UptimeLog
from fallwatch.pipeline.health.uptime_file import UptimeFile

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=1)))


def watched(log: UptimeLog, begin: datetime, seconds: int, gap: range = range(0)) -> datetime:
    for second in range(seconds + 1):
        log.look(
            second not in gap, Message("No new image for 3 s."), begin + timedelta(seconds=second)
        )
    return begin + timedelta(seconds=seconds)


def kept_and_read(log: UptimeLog, path: Path, now: datetime) -> UptimeLog:
    assert log.record is not None
    UptimeFile(path).write({"Hall": log.record})
    return UptimeLog(UptimeFile(path).read(now.date())["Hall"])


def test_a_later_run_goes_on_and_tells_the_time_between_as_a_gap(tmp_path: Path) -> None:
    log = UptimeLog()
    end = watched(log, NOON, 100, gap=range(10, 20))
    again = kept_and_read(log, tmp_path / "new" / "watched.json", end)
    assert (again.watched_s, again.gaps, again.since) == (89.0, log.gaps, NOON)
    back = end + timedelta(minutes=5)
    watched(again, back, 60)
    assert again.watched_s == 149.0
    assert [(gap.began, gap.ended, gap.reason) for gap in again.gaps[1:]] == [
        (end, back, NOT_RUNNING)
    ]


def test_a_gap_that_lasted_at_the_end_has_ended_with_the_run(tmp_path: Path) -> None:
    log = UptimeLog()
    end = watched(log, NOON, 30, gap=range(10, 99))
    again = kept_and_read(log, tmp_path / "watched.json", end)
    watched(again, end + timedelta(minutes=1), 10)
    assert [gap.ended for gap in again.gaps] == [end, end + timedelta(minutes=1)]


def test_another_day_begins_again(tmp_path: Path) -> None:
    log = UptimeLog()
    end = watched(log, NOON, 10)
    assert log.record is not None
    file = UptimeFile(tmp_path / "watched.json")
    file.write({"Hall": log.record})
    assert file.read(end.date() + timedelta(days=1)) == {}


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"rooms": 3}', '{"rooms": {"Hall": {}}}', "\x00\x01"]
)
def test_a_damaged_file_costs_the_figures_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "watched.json"
    path.write_text(content, encoding="utf-8")
    file = UptimeFile(path)
    assert file.read(NOON.date()) == {}
    log = UptimeLog()
    watched(log, NOON, 3)
    assert log.record is not None
    file.write({"Hall": log.record})
    assert file.read(NOON.date()) == {"Hall": log.record}
    assert [each.name for each in tmp_path.iterdir()] == ["watched.json"]


def test_a_full_disk_is_no_reason_to_fail(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")
    log = UptimeLog()
    watched(log, NOON, 3)
    assert log.record is not None
    UptimeFile(blocked / "watched.json").write({"Hall": log.record})
    assert UptimeFile(blocked / "watched.json").read(NOON.date()) == {}
