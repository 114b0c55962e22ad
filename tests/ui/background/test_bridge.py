"""Crossing from worker threads into Qt."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch.core.types import Alarm, Analysis
from fallwatch.pipeline.monitor import MonitorState
from fallwatch.ui.background.bridge import Bridge
from tests.ui.fakes import alarm, analysis, status
from tests.ui.qt_waiting import process_events


def on_a_thread(work: Callable[[], None]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_a_flood_of_frames_arrives_as_the_newest_one(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[int] = []
    bridge.analysed.connect(lambda _, each: seen.append(each.frame.index))
    flood = [analysis(index) for index in range(1000)]
    on_a_thread(lambda: [bridge.post_analysis(1, each) for each in flood] and None)
    qtbot.waitUntil(lambda: bool(seen))
    QApplication.processEvents()
    assert seen == [999]


def test_only_one_wake_up_waits_in_the_event_queue(qtbot: QtBot) -> None:
    bridge = Bridge()
    wakes: list[None] = []
    bridge._wake.connect(lambda: wakes.append(None))
    for index in range(100):
        bridge.post_analysis(1, analysis(index))
        bridge.post_status(1, status(MonitorState.RUNNING))
    assert len(wakes) == 1


def test_each_run_keeps_its_own_newest_frame(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[tuple[int, Analysis]] = []
    bridge.analysed.connect(lambda run, each: seen.append((run, each)))
    first, second = analysis(1), analysis(2)
    bridge.post_analysis(1, first)
    bridge.post_analysis(2, second)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [(1, first), (2, second)]


def test_frames_of_many_rooms_are_handed_on_together_and_a_status_waits_for_none(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms, wait_s = 9, 0.5
    monkeypatch.setattr("fallwatch.ui.background.bridge.SHOWN_PER_S", rooms / wait_s)
    bridge = Bridge()
    seen: list[tuple[float, int, int]] = []
    bridge.analysed.connect(
        lambda run, each: seen.append((time.monotonic(), run, each.frame.index))
    )
    heard_s: list[float] = []
    bridge.status_changed.connect(lambda *_: heard_s.append(time.monotonic()))
    for run in range(rooms):
        bridge.post_analysis(run, analysis(0))
    qtbot.waitUntil(lambda: len(seen) == rooms)
    for index in range(1, 4):
        for run in range(rooms):
            bridge.post_analysis(run, analysis(index))
        process_events()
    bridge.post_status(1, status(MonitorState.RUNNING))
    qtbot.waitUntil(lambda: len(seen) == 2 * rooms)
    assert [index for _, _, index in seen] == rooms * [0] + rooms * [3]
    # A timer may be a little early.
    assert seen[rooms][0] - seen[rooms - 1][0] > 0.9 * wait_s
    assert heard_s[0] < seen[rooms][0]


def test_frames_go_on_after_a_call_that_fails(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[int] = []
    bridge.analysed.connect(lambda _, each: seen.append(each.frame.index))

    def fail() -> None:
        raise RuntimeError("on purpose")

    with qtbot.captureExceptions() as exceptions:
        bridge.post(fail)
        for index in range(3):
            bridge.post_analysis(1, analysis(index))
            qtbot.waitUntil(lambda index=index: index in seen)
    assert len(exceptions) == 1


def test_every_status_arrives_in_order(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[int] = []
    bridge.status_changed.connect(lambda run, _: seen.append(run))
    on_a_thread(
        lambda: [bridge.post_status(n, status(MonitorState.RUNNING)) for n in range(50)] and None
    )
    qtbot.waitUntil(lambda: len(seen) == 50)
    assert seen == list(range(50))


def test_a_flood_of_alarms_is_shown_once_as_it_is_now_and_before_all_else(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[object] = []
    bridge.alarms_changed.connect(seen.append)
    bridge.status_changed.connect(lambda run, _: seen.append(run))
    newest: tuple[Alarm, ...] = (alarm("299"),)

    def post() -> None:
        bridge.post_status(1, status(MonitorState.RUNNING))
        for number in range(300):
            bridge.post_alarms((alarm(str(number)),))

    on_a_thread(post)
    qtbot.waitUntil(lambda: len(seen) >= 2)
    process_events()
    assert seen == [newest, 1]


def test_it_emits_on_the_thread_it_lives_on(qtbot: QtBot) -> None:
    bridge = Bridge()
    threads: list[threading.Thread] = []
    bridge.analysed.connect(lambda *_: threads.append(threading.current_thread()))
    on_a_thread(lambda: bridge.post_analysis(1, analysis()))
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.main_thread()]


def test_a_call_that_fails_takes_no_other_with_it(qtbot: QtBot) -> None:
    bridge = Bridge()
    done: list[int] = []

    def fail() -> None:
        raise RuntimeError("on purpose")

    bridge.post(fail)
    bridge.post(lambda: done.append(1))
    bridge.post(lambda: done.append(2))
    with qtbot.captureExceptions() as exceptions:
        qtbot.waitUntil(lambda: done == [1, 2])
    assert [str(value) for _, value, _ in exceptions] == ["on purpose"]


def test_nothing_arrives_after_close(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[object] = []
    bridge.analysed.connect(lambda *_: seen.append(None))
    bridge.alarms_changed.connect(seen.append)
    bridge.post_alarms(())
    bridge.close()
    bridge.post_analysis(1, analysis())
    bridge.post_alarms(())
    process_events()
    assert seen == []


class _Emitter(QObject):
    emitted = Signal(bool)


def test_emitting_leaves_the_reference_count_of_true_alone(qtbot: QtBot) -> None:
    # PySide6 6.12.0 lost a reference to True at every emit and aborted in the end.
    emitter = _Emitter()
    emitter.emitted.connect(lambda _: None)
    before = sys.getrefcount(True)
    for _ in range(50):
        emitter.emitted.emit(True)
    assert abs(sys.getrefcount(True) - before) < 10
