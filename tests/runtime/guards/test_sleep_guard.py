"""While a room is watched the computer stays awake; when it did not, an alarm says so."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import cast

import pytest

from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmDispatch
from fallwatch.runtime.guards.sleep_guard import SLEEP_POSSIBLE, WATCH_GAP, SleepGuard
from fallwatch.system.keep_awake import KeepAwakeError


class Inhibitor:
    def __init__(self) -> None:
        self.calls: list[object] = []
        self.is_held = False
        self.refuses = False

    def hold(self, *, display: bool) -> None:
        if self.refuses:
            raise KeepAwakeError(Message("It may sleep."))
        self.is_held = True
        self.calls.append(display)

    def release(self) -> None:
        self.is_held = False
        self.calls.append("release")


class Bench:
    def __init__(self) -> None:
        self.now_s = 1000.0
        self.inhibitor = Inhibitor()
        self.alarms: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.resumed = 0
        self.guard = SleepGuard(
            cast(AlarmDispatch, self),
            clock=lambda: self.now_s,
            now=lambda: datetime(2026, 3, 1, 12, 0, 0, tzinfo=timezone.utc),
            on_resume=self._resume,
        )
        self.guard._inhibitor = self.inhibitor

    def _resume(self) -> None:
        self.resumed += 1

    def raise_technical(self, camera: str, kind: str, message: Message) -> None:
        self.alarms.append(("raise", kind))
        self.words.append(str(message))

    def clear_technical(self, camera: str, kind: str) -> None:
        self.alarms.append(("clear", kind))

    def look(self, after_s: float = 1.0) -> None:
        self.now_s += after_s
        self.guard.look()


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_computer_stays_awake_while_any_room_is_watched(bench: Bench) -> None:
    bench.look()
    assert bench.inhibitor.calls == []
    bench.guard.begin("Hall")
    bench.guard.begin("Bath")
    bench.look()
    bench.look()
    bench.guard.end("Hall")
    bench.look()
    assert bench.inhibitor.calls == [False]
    bench.guard.end("Bath")
    bench.look()
    bench.look()
    assert bench.inhibitor.calls == [False, "release"]


def test_a_room_that_is_restarted_before_the_old_watch_ends_is_still_watched(
    bench: Bench,
) -> None:
    bench.guard.begin("Hall")
    bench.guard.begin("Hall")
    bench.guard.end("Hall")
    bench.look()
    assert bench.inhibitor.is_held


def test_the_display_stays_on_while_an_alarm_waits(bench: Bench) -> None:
    bench.guard.begin("Hall")
    bench.look()
    bench.guard.alarm_waits(True)
    bench.look()
    bench.guard.alarm_waits(False)
    bench.look()
    assert bench.inhibitor.calls == [False, True, False]


def test_a_refusal_is_one_alarm_that_ends_when_the_system_gives_in(bench: Bench) -> None:
    bench.inhibitor.refuses = True
    bench.guard.begin("Hall")
    for _ in range(200):
        bench.look()
    assert bench.alarms == [("raise", SLEEP_POSSIBLE)]
    bench.inhibitor.refuses = False
    for _ in range(61):
        bench.look()
    assert bench.alarms == [("raise", SLEEP_POSSIBLE), ("clear", SLEEP_POSSIBLE)]


def test_a_promise_that_is_broken_is_asked_for_again(bench: Bench) -> None:
    bench.guard.begin("Hall")
    bench.look()
    bench.inhibitor.is_held = False
    bench.look()
    assert bench.inhibitor.calls == [False, False]


def test_a_time_in_which_nobody_watched_is_an_alarm_with_its_length(bench: Bench) -> None:
    bench.guard.begin("Hall")
    bench.look()
    bench.look(after_s=3600.0)
    assert bench.alarms[-1] == ("raise", WATCH_GAP)
    assert "from 11:00:00 to 12:00:00" in bench.words[-1]
    assert "Hall" in bench.words[-1]
    assert bench.resumed == 1
    bench.look(after_s=600.0)
    assert bench.alarms[-2:] == [("clear", WATCH_GAP), ("raise", WATCH_GAP)]


def test_a_busy_second_and_an_unwatched_night_are_no_gap(bench: Bench) -> None:
    bench.guard.begin("Hall")
    bench.look()
    bench.look(after_s=5.0)
    bench.guard.end("Hall")
    bench.look()
    bench.look(after_s=30_000.0)
    assert bench.alarms == []


def test_after_a_gap_every_room_is_looked_at_again_also_if_one_of_them_fails(bench: Bench) -> None:
    looked: list[str] = []

    def hall() -> None:
        looked.append("Hall")
        raise RuntimeError("the camera is gone")

    def bath() -> None:
        looked.append("Bath")

    def attic() -> None:
        looked.append("Attic")

    bench.guard.begin("Hall", hall)
    bench.guard.begin("Bath", bath)
    bench.guard.begin("Attic", attic)
    bench.guard.end("Attic", attic)
    bench.look()
    bench.look(after_s=3600.0)
    assert looked == ["Hall", "Bath"]
    assert bench.resumed == 1
