"""The line at the foot of the window tells what was watched, and what was not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from fallwatch.pipeline.health.uptime import NOT_RUNNING, UptimeRecord
from fallwatch.pipeline.monitor import MonitorState
from fallwatch.ui.rooms.gap_dialog import GapDialog
from fallwatch.ui.rooms.health_line import Health
from fallwatch.ui.rooms.room_presenter import RoomPresenter
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import nameless, status
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)


def _one_room(
    make_bench: Callable[..., Bench],
) -> tuple[Bench, Health, RoomPresenter, list[datetime]]:
    """A window that watches one room, its line, the room, and the clock the line looks at."""
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}])
    now = [NOON]
    health = Health(bench.rooms, bench.window.health, lambda: now[0])
    bench.controller.begin(None)
    (hall,) = bench.rooms.all
    return bench, health, hall, now


def test_a_restart_goes_on_with_the_day(
    qtbot: QtBot, theme: Theme, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}])
    now = [NOON]
    kept: list[dict[str, UptimeRecord]] = []
    health = Health(bench.rooms, bench.window.health, lambda: now[0], waits=True)
    health.keep_wanted.connect(kept.append)
    bench.controller.begin(None)
    health.look()
    health.keep()
    assert kept == [], "what was kept must not be overwritten before it was read"
    begun = NOON - timedelta(hours=3)
    end = NOON - timedelta(minutes=1)
    health.resume({"Hall": UptimeRecord(begun, end, 7200.0, ())})
    (hall,) = bench.rooms.all
    hall.tile.show_status(status(MonitorState.RUNNING, 0.1))
    health.look()
    assert "Hall 2 h 0 min, 1 gap" in bench.window.health.words
    now[0] += timedelta(seconds=2)
    health.look()
    health.keep()
    assert kept[-1]["Hall"].watched_s == 7202.0
    assert kept[-1]["Hall"].gaps[0].reason == NOT_RUNNING


def test_a_room_that_was_just_added_or_was_away_has_no_gap(
    qtbot: QtBot, theme: Theme, make_bench: Callable[..., Bench]
) -> None:
    bench, health, hall, now = _one_room(make_bench)
    running = status(MonitorState.RUNNING, 0.1)
    # As the first statuses of a camera come: of the first frame alone no rate is known.
    begin = [
        status(MonitorState.STARTING),
        replace(running, analysed_fps=0.0),
        replace(running, analysed_fps=12.9),
    ]
    for second, seen in enumerate(begin):
        now[0] = NOON + timedelta(seconds=second)
        hall.tile.show_status(seen)
        health.look()
    assert bench.window.health.words.endswith("no gap")
    bench.rooms.remove(hall)
    for second in range(3, 60, 3):
        now[0] = NOON + timedelta(seconds=second)
        health.look()
    assert bench.window.health.words == "No room is watched."
    log = health._log("Hall")
    now[0] += timedelta(seconds=1)
    log.look(True, NOT_RUNNING, now[0])
    assert all(gap.is_wanted for gap in log.gaps)


def test_after_its_end_it_asks_for_nothing_more(
    qtbot: QtBot, theme: Theme, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}])
    kept: list[dict[str, UptimeRecord]] = []
    health = Health(bench.rooms, bench.window.health, lambda: NOON)
    health.keep_wanted.connect(kept.append)
    health.close()
    assert len(kept) == 1
    timers = health.findChildren(QTimer)
    assert timers
    assert not any(timer.isActive() for timer in timers)


def test_every_room_is_told_with_its_gaps(
    qtbot: QtBot, theme: Theme, make_bench: Callable[..., Bench]
) -> None:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}, {"name": "Attic", "source": "1"}])
    line = bench.window.health
    assert line.words == "No room is watched."
    now = [NOON]
    health = Health(bench.rooms, line, lambda: now[0])
    bench.controller.begin(None)
    hall, attic = bench.rooms.all
    for second in range(120):
        now[0] = NOON + timedelta(seconds=second)
        hall.tile.show_status(status(MonitorState.RUNNING, 0.1))
        seen = MonitorState.STALLED if 10 <= second < 20 else MonitorState.RUNNING
        attic.tile.show_status(status(seen, 0.1, "No new image for 3 s."))
        health.look()
    assert "Hall 1 min 59 s, no gap" in line.words
    assert "Attic 1 min 48 s, 1 gap" in line.words
    dialog = GapDialog(theme, health.logs)
    qtbot.addWidget(dialog)
    (gap,) = [dialog.tree.topLevelItem(1).child(0)]
    assert [gap.text(column) for column in range(3)] == [
        "12:00:10 – 12:00:20",
        "10 s",
        "No new image for 3 s.",
    ]
    assert nameless(dialog) == []


def test_what_somebody_wanted_is_told_as_such_and_is_no_gap(
    qtbot: QtBot, theme: Theme, make_bench: Callable[..., Bench]
) -> None:
    bench, health, hall, now = _one_room(make_bench)

    def look(at_s: float) -> None:
        now[0] = NOON + timedelta(seconds=at_s)
        health.look()

    hall.tile.show_status(status(MonitorState.RUNNING, 0.1))
    look(0)
    hall.is_changing = True
    hall.tile.show_status(status(MonitorState.STARTING))
    look(1)
    hall.tile.show_status(status(MonitorState.RUNNING, 0.1))
    look(2)
    hall.tile.show_stopped()
    for second in (3, 4, 5):
        hall.tile.show_pause(60.0 - second, "maria")
        look(second)
    hall.tile.show_status(status(MonitorState.FAULTED, message="unplugged"))
    look(6)
    gaps = health.logs["Hall"].gaps
    assert [str(gap.reason) for gap in gaps] == [
        "The settings were changed.",
        "Paused by maria.",
        "unplugged",
    ]
    assert "1 gap" in bench.window.health.words
