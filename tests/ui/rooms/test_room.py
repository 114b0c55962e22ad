"""Starting, stopping and restarting the monitor of a room."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from fallwatch.core.types import Analysis
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.runtime.source_choice import SourceChoice
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.rooms.room import Room
from tests.ui.fakes import RUNNING, FakeMonitor, analysis, status
from tests.ui.qt_waiting import finish_tasks
from tests.waiting import PATIENCE_S

HALL = SourceChoice("0", "webcam 0", is_clip=False)
CLIP = SourceChoice("a.mp4", "a.mp4", is_clip=True)


class Bench:
    """A room, the monitors it made and what it said."""

    def __init__(self) -> None:
        self.monitors: list[FakeMonitor] = []
        self.bridge = Bridge()
        self.room = Room(self.make, self.bridge)
        self.said: list[object] = []
        self.room.opened.connect(lambda choice: self.said.append(("opened", choice.text)))
        self.room.ended.connect(lambda choice: self.said.append(("ended", choice.text)))
        self.room.idle.connect(lambda: self.said.append("idle"))

    def make(
        self,
        choice: SourceChoice,
        on_analysis: Callable[[Analysis], None],
        on_status: Callable[[MonitorStatus], None],
    ) -> FakeMonitor:
        self.monitors.append(FakeMonitor(choice, on_analysis, on_status))
        return self.monitors[-1]


@pytest.fixture
def bench(qtbot: QtBot) -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.room.shutdown()
    bench.bridge.close()


def test_opening_starts_a_monitor(bench: Bench) -> None:
    bench.room.open(HALL)
    assert bench.monitors[0].started
    assert bench.room.is_active
    assert bench.said == [("opened", "0")]


def test_opening_another_source_waits_until_the_first_has_let_go(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.room.open(HALL)
    bench.room.open(CLIP)
    assert len(bench.monitors) == 1
    qtbot.waitUntil(lambda: len(bench.monitors) == 2)
    assert bench.monitors[0].stopped
    assert bench.monitors[1].started
    assert bench.said == [("opened", "0"), ("ended", "0"), ("opened", "a.mp4")]


def test_of_many_sources_opened_meanwhile_only_the_last_is_started(
    qtbot: QtBot, bench: Bench
) -> None:
    bench.room.open(HALL)
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        bench.room.open(SourceChoice(name, name, is_clip=True))
    qtbot.waitUntil(lambda: len(bench.monitors) == 2)
    finish_tasks(qtbot, bench.room._tasks)
    assert [monitor.choice.text for monitor in bench.monitors] == ["0", "c.mp4"]


def test_stopping_does_not_hold_up_the_window(qtbot: QtBot, bench: Bench) -> None:
    release = threading.Event()
    bench.room.open(HALL)
    bench.monitors[0].on_stop = lambda: release.wait(PATIENCE_S)
    states: list[MonitorState] = []
    bench.room.status_changed.connect(lambda each: states.append(each.state))
    bench.room.stop()
    assert states == [MonitorState.STOPPING]
    assert not bench.room.is_active
    release.set()
    qtbot.waitUntil(lambda: "idle" in bench.said)
    assert bench.said == [("opened", "0"), ("ended", "0"), "idle"]


def test_a_restart_is_a_new_monitor_of_the_same_source(qtbot: QtBot, bench: Bench) -> None:
    bench.room.restart()
    assert bench.monitors == []
    bench.room.open(HALL)
    bench.room.restart()
    qtbot.waitUntil(lambda: len(bench.monitors) == 2)
    assert bench.monitors[1].choice == HALL


def test_what_an_old_monitor_says_late_is_not_shown(qtbot: QtBot, bench: Bench) -> None:
    shown: list[object] = []
    bench.room.analysed.connect(shown.append)
    bench.room.status_changed.connect(shown.append)
    bench.room.open(HALL)
    bench.room.open(CLIP)
    qtbot.waitUntil(lambda: len(bench.monitors) == 2)
    finish_tasks(qtbot, bench.room._tasks)
    shown.clear()
    old, new = bench.monitors
    old.on_analysis(analysis(1))
    old.on_status(RUNNING)
    fresh = analysis(2)
    new.on_analysis(fresh)
    qtbot.waitUntil(lambda: fresh in shown)
    assert RUNNING not in shown


def test_the_state_is_read_even_if_the_monitor_says_nothing(qtbot: QtBot, bench: Bench) -> None:
    ages: list[float | None] = []
    bench.room.open(HALL)
    bench.room.status_changed.connect(lambda each: ages.append(each.last_analysed_age_s))
    bench.monitors[0].status = status(MonitorState.RUNNING, age_s=9.0)
    qtbot.waitUntil(lambda: 9.0 in ages)


def test_threads_that_did_not_stop_are_named(qtbot: QtBot, bench: Bench) -> None:
    named: list[list[str]] = []
    bench.room.stuck.connect(named.append)
    bench.room.open(HALL)
    bench.monitors[0].left_running = ["capture webcam 0"]
    bench.room.stop()
    qtbot.waitUntil(lambda: bool(named))
    assert named == [["capture webcam 0"]]


def test_shutdown_stops_what_runs(qtbot: QtBot) -> None:
    bench = Bench()
    bench.room.open(CLIP)
    bench.room.shutdown()
    assert bench.monitors[0].stopped
    assert bench.said[-1] == ("ended", "a.mp4")


def test_shutdown_while_stopping_stops_once(qtbot: QtBot) -> None:
    bench = Bench()
    stops: list[None] = []
    bench.room.open(HALL)
    bench.monitors[0].on_stop = lambda: stops.append(None)
    bench.room.stop()
    bench.room.shutdown()
    bench.bridge.close()
    assert stops == [None]


def test_a_monitor_that_cannot_be_stopped_keeps_no_other_from_being_started(
    bench: Bench, qtbot: QtBot
) -> None:
    bench.room.open(HALL)

    def fail(timeout_s: float = 0.0) -> list[str]:
        raise RuntimeError("the driver is gone")

    bench.monitors[0].stop = fail  # type: ignore[method-assign]
    with qtbot.captureExceptions() as raised:
        bench.room.open(CLIP)
        qtbot.waitUntil(lambda: len(bench.monitors) == 2 and bool(raised))
    assert bench.monitors[1].started
    assert "the driver is gone" in str(raised[0][1])
