"""An exception that nobody caught becomes an alarm."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.runtime.guards.last_resort import PROGRAM_FAULT, LastResort
from tests.alarms.builders import make_alarm
from tests.waiting import FakeClock, wait_until


class Dispatcher:
    def __init__(self) -> None:
        self.open_alarms: tuple[Alarm, ...] = ()
        self.raised: list[str] = []
        self.error: Exception | None = None

    def raise_technical(self, camera: str, kind: str, message: Message) -> None:
        assert (camera, kind) == (THIS_COMPUTER, PROGRAM_FAULT)
        if self.error is not None:
            raise self.error
        self.raised.append(str(message))
        self.open_alarms = (make_alarm("p1", kind, camera=camera),)

    def clear_technical(self, camera: str, kind: str) -> None:
        self.open_alarms = ()


class Bench:
    def __init__(self) -> None:
        self.dispatcher, self.clock = Dispatcher(), FakeClock()
        self.passed_on: list[str] = []
        self.last_resort = LastResort(cast(AlarmDispatcher, self.dispatcher), self.clock)

    def die(self, error: Exception) -> None:
        """Have a thread die."""

        def work() -> None:
            raise error

        thread = threading.Thread(target=work, name="fallwatch doomed")
        thread.start()
        thread.join()

    def until_told(self, times: int) -> None:
        wait_until(lambda: len(self.dispatcher.raised) == times)


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    bench = Bench()

    def note(args: Any) -> None:
        bench.passed_on.append(str(args.exc_value))

    monkeypatch.setattr(threading, "excepthook", note)
    monkeypatch.setattr(sys, "excepthook", lambda *args: bench.passed_on.append(str(args[1])))
    with bench.last_resort:
        yield bench


def test_a_thread_that_dies_is_told_by_kind_and_place_and_not_by_its_words(bench: Bench) -> None:
    bench.die(RuntimeError("password canary"))
    bench.until_told(1)
    assert "RuntimeError, test_last_resort.py:" in bench.dispatcher.raised[0]
    assert "canary" not in bench.dispatcher.raised[0]
    assert bench.passed_on == ["password canary"]


def test_what_a_slot_raises_is_told(bench: Bench) -> None:
    try:
        raise KeyError("x")
    except KeyError:
        sys.excepthook(*sys.exc_info())
    bench.until_told(1)


def test_what_a_slot_of_qt_raises_comes_here(qtbot: QtBot) -> None:
    bench = Bench()

    def fail() -> None:
        raise RuntimeError("on purpose")

    with qtbot.captureExceptions() as exceptions, bench.last_resort:
        QTimer.singleShot(0, fail)
        qtbot.waitUntil(lambda: bool(exceptions))
    bench.until_told(1)
    assert "RuntimeError, test_last_resort.py:" in bench.dispatcher.raised[0]


def test_ctrl_c_is_no_fault(bench: Bench) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert bench.dispatcher.raised == []
    assert bench.passed_on == [""]


def test_the_same_fault_is_told_again_only_after_a_while(bench: Bench) -> None:
    for _ in range(20):
        bench.die(RuntimeError("again and again"))
    bench.until_told(1)
    bench.dispatcher.open_alarms = (
        replace(bench.dispatcher.open_alarms[0], state=AlarmState.ACKNOWLEDGED),
    )
    bench.clock.advance(901.0)
    bench.die(RuntimeError("again and again"))
    bench.until_told(2)
    assert bench.dispatcher.open_alarms[0].state is AlarmState.UNACKNOWLEDGED


def test_a_dispatcher_that_fails_too_is_no_circle(bench: Bench) -> None:
    bench.dispatcher.error = RuntimeError("the record is gone")
    bench.die(ValueError("first"))
    wait_until(lambda: not _telling())
    assert bench.passed_on == ["first"]


def test_afterwards_the_hooks_are_those_of_before() -> None:
    before = sys.excepthook, threading.excepthook
    with Bench().last_resort:
        assert sys.excepthook is not before[0]
    assert (sys.excepthook, threading.excepthook) == before


def _telling() -> bool:
    return any(each.name == "fallwatch fault alarm" for each in threading.enumerate())
