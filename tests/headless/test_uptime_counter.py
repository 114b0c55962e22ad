"""A watcher without a window counts, too, how long its rooms are watched today."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

from fallwatch.core.message import NO_MESSAGE
from fallwatch.headless.uptime_counter import UptimeCounter
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from fallwatch.pipeline.health.uptime import NOT_RUNNING, STOPPED, UptimeRecord, visited_by
from fallwatch.pipeline.health.uptime_file import UptimeFile
from fallwatch.runtime.views.live_views import LiveViews

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


class Clock:
    seconds = 0.0

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


def watched(counter: UptimeCounter, views: LiveViews, clock: Clock, seconds: int) -> None:
    for _ in range(seconds):
        clock.seconds += 1.0
        status = MonitorStatus("Hall", MonitorState.RUNNING, NO_MESSAGE, 10.0, 0.1)
        views.on_status(status)
        counter.look()


def record_of(file: UptimeFile) -> UptimeRecord:
    return file.read(NOON.date())["Hall"]


def test_a_room_that_is_watched_counts_and_goes_on_after_a_restart(tmp_path: Path) -> None:
    file, clock = UptimeFile(tmp_path / "today.json"), Clock()
    views = LiveViews(clock.monotonic)
    views.begin("Hall", "off")
    counter = UptimeCounter(views, file, clock.now)
    counter.look()
    watched(counter, views, clock, 60)
    counter.write()
    assert record_of(file).watched_s == 59.0, "the first second it was starting"
    clock.seconds += 600.0
    counter = UptimeCounter(views, file, clock.now)
    watched(counter, views, clock, 30)
    counter.write()
    assert record_of(file).watched_s == 88.0
    assert NOT_RUNNING in [gap.reason for gap in record_of(file).gaps]


def test_silence_is_no_watching_and_a_room_that_went_was_stopped(tmp_path: Path) -> None:
    file, clock = UptimeFile(tmp_path / "today.json"), Clock()
    views = LiveViews(clock.monotonic)
    views.begin("Hall", "off")
    counter = UptimeCounter(views, file, clock.now)
    watched(counter, views, clock, 10)
    for _ in range(20):
        clock.seconds += 1.0
        counter.look()
    views.end("Hall")
    clock.seconds += 1.0
    counter.look()
    counter.write()
    assert record_of(file).watched_s <= 15.0
    last = record_of(file).gaps[-1]
    assert (last.reason, last.ended) == (STOPPED, None)


def test_what_the_window_has_kept_of_other_rooms_stays(tmp_path: Path) -> None:
    file, clock = UptimeFile(tmp_path / "today.json"), Clock()
    other = UptimeRecord(NOON, NOON, 100.0, ())
    file.write({"Kitchen": other, "Hall": UptimeRecord(NOON, NOON, 5.0, ())})
    views = LiveViews(clock.monotonic)
    views.begin("Hall", "off")
    counter = UptimeCounter(views, file, clock.now)
    watched(counter, views, clock, 10)
    counter.write()
    found = file.read(NOON.date())
    assert found["Kitchen"] == other
    assert found["Hall"].watched_s > 5.0
    # Nor does who has hardly watched a room write over who has.
    UptimeFile(tmp_path / "today.json").write({"Kitchen": UptimeRecord(NOON, NOON, 1.0, ())})
    assert file.read(NOON.date())["Kitchen"] == other


def test_a_care_visit_counts_as_a_pause(tmp_path: Path) -> None:
    file, clock = UptimeFile(tmp_path / "today.json"), Clock()
    views = LiveViews(clock.monotonic)
    views.begin("Hall", "off")
    who = {"Hall": ""}
    counter = UptimeCounter(views, file, clock.now, visitor=lambda room: who[room])
    watched(counter, views, clock, 10)
    before_s = counter._logs["Hall"].watched_s
    who["Hall"] = "maria"
    watched(counter, views, clock, 60)
    assert counter._logs["Hall"].watched_s <= before_s + 1
    gap = counter._logs["Hall"].gaps[-1]
    assert (gap.reason, gap.is_wanted) == (visited_by("maria"), True)
