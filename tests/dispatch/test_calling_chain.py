"""The calling chain over acknowledgements, restarts and clocks that are set."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, EventKind
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.waiting_since import waiting_since
from fallwatch.events.store import EventStore, HistoryEntry
from tests.alarms.builders import make_event
from tests.repository import REPOSITORY
from tests.waiting import PATIENCE_S, FakeClock, wait_until

NOON = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
POLICY = EscalationPolicy(waits_s={"daughter": 60.0, "neighbour": 180.0})


_RAISE = """
import time
from datetime import datetime, timezone
from pathlib import Path
from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.events.store import EventStore
from tests.alarms.builders import make_event
noon = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)
dispatcher = AlarmDispatcher(
    EventStore(Path({path!r})), [], EscalationPolicy(),
    on_change=lambda alarms: None, wall_clock=lambda: noon)
dispatcher.start()
dispatcher.raise_event(make_event(), started_unix_s=noon.timestamp(), from_clip=False)
print("raised", flush=True)
time.sleep(60)
"""


class Phone:
    """A recipient; remembers which alarms reached them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.calls: list[str] = []

    def deliver(self, alarm: Alarm) -> None:
        self.calls.append(alarm.event_id)

    def stop(self) -> None: ...

    def close(self) -> None: ...


class Home:
    """One record, the runs of one dispatcher after the other, and both clocks."""

    def __init__(self, folder: Path, now: datetime = NOON) -> None:
        self.path = folder / "events.db"
        self.clock = FakeClock()
        self.wall = now
        self.begin()

    def begin(self) -> None:
        """A run begins; its clock for repetition has nothing to do with that of the last one."""
        self.store = EventStore(self.path)
        self.clock = FakeClock()
        self.phones = {name: Phone(name) for name in ("son", "daughter", "neighbour")}
        self.dispatcher = AlarmDispatcher(
            self.store,
            list(self.phones.values()),
            POLICY,
            on_change=lambda alarms: None,
            monotonic=self.clock,
            wall_clock=lambda: self.wall,
        )
        self.dispatcher.start()

    def end(self) -> None:
        """As after kill -9: nothing is written that was not written before."""
        assert self.dispatcher.stop(PATIENCE_S) == []
        self.store.close()

    def fall(self, kind: EventKind = EventKind.FALL) -> Alarm:
        return self.dispatcher.raise_event(
            make_event(kind), started_unix_s=self.wall.timestamp(), from_clip=False
        )

    def pass_time(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.clock.advance(seconds)

    def reached(self, *names: str) -> None:
        """These are told now, and nobody else has been in this run."""
        calls = len(self.phones["son"].calls)
        self.clock.advance(5.0)
        wait_until(lambda: len(self.phones["son"].calls) > calls)
        wait_until(lambda: all(self.phones[name].calls for name in names))
        assert {name for name, phone in self.phones.items() if phone.calls} == set(names)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.end()


def test_one_after_the_other_is_told_until_somebody_acknowledges(home: Home) -> None:
    alarm = home.fall()
    home.reached("son")
    home.pass_time(60.0)
    home.reached("son", "daughter")
    home.dispatcher.acknowledge(alarm.event_id, "daughter")
    home.pass_time(600.0)
    home.dispatcher._tick()
    assert home.phones["neighbour"].calls == []


def test_a_restart_goes_on_where_the_chain_was(home: Home) -> None:
    home.fall()
    home.reached("son")
    # Again and again, each time sooner than anybody's turn would come.
    for _ in range(4):
        home.pass_time(40.0)
        home.end()
        home.begin()
    home.reached("son", "daughter")
    home.pass_time(20.0)
    home.reached("son", "daughter", "neighbour")


def test_kill_9_loses_neither_the_alarm_nor_its_place_in_the_chain(tmp_path: Path) -> None:
    program = _RAISE.format(path=str(tmp_path / "events.db"))
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "raised\n"
        process.kill()
    home = Home(tmp_path, now=NOON + timedelta(seconds=70))
    try:
        home.reached("son", "daughter")
        home.pass_time(110.0)
        home.reached("son", "daughter", "neighbour")
    finally:
        home.end()


def test_a_clock_that_is_set_within_a_run_moves_nobody(home: Home) -> None:
    home.fall()
    home.reached("son")
    home.wall += timedelta(days=3)
    home.reached("son")
    home.wall -= timedelta(days=9)
    home.pass_time(60.0)
    home.reached("son", "daughter")


def test_where_the_clock_was_set_back_between_two_runs_everybody_is_told(home: Home) -> None:
    home.fall()
    home.end()
    home.wall -= timedelta(hours=1)
    home.begin()
    home.reached("son", "daughter", "neighbour")


def test_where_the_record_does_not_say_how_long_everybody_is_told(home: Home) -> None:
    home.fall()
    home.end()
    with sqlite3.connect(home.path) as connection:
        connection.execute("UPDATE history SET at_utc = 'rubbish'")
    connection.close()
    home.begin()
    home.reached("son", "daughter", "neighbour")


def test_what_happens_again_meanwhile_does_not_begin_the_chain_anew(home: Home) -> None:
    home.fall()
    home.reached("son")
    home.pass_time(50.0)
    home.fall(EventKind.LONG_LIE)
    home.pass_time(10.0)
    home.reached("son", "daughter")


def test_what_happens_again_after_an_acknowledgement_begins_the_chain_anew(home: Home) -> None:
    alarm = home.fall()
    home.reached("son")
    home.pass_time(50.0)
    home.dispatcher.acknowledge(alarm.event_id, "son")
    home.fall(EventKind.LONG_LIE)
    home.pass_time(30.0)
    home.reached("son")
    home.end()
    home.begin()
    home.reached("son")


def test_the_wait_begins_with_the_first_step_after_the_last_acknowledgement() -> None:
    steps = [
        ("raised", 0),
        ("triggered again ({0})", 5),
        ("acknowledged: {0}", 9),
        ("raised again: it still lasts", 20),
        ("not acknowledged before the restart: raised again", 30),
    ]
    history = [
        HistoryEntry("a", f"2026-01-31T12:00:{second:02}.000Z", Message(what), "somebody")
        for what, second in steps
    ]
    assert waiting_since(history) == NOON + timedelta(seconds=20)
    assert waiting_since(history[:2]) == NOON
    assert waiting_since(history[:3]) is None
    assert waiting_since([]) is None
