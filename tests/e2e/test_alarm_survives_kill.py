"""An alarm that was raised survives ``kill -9``: store and dispatcher in a process of their own."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fallwatch.core.types import AlarmState
from fallwatch.events.store import EventStore
from tests.repository import REPOSITORY
from tests.waiting import within

KILLS = 20
ANSWERED = (AlarmState.ACKNOWLEDGED, AlarmState.CLOSED)

# Prints "open ID STATE" for what start returns, "told ID" for each delivery, "raised ID" and
# "answered ID" after the dispatcher's methods have returned. Raises and acknowledges falls for
# ever if asked.
PROCESS = """
import sys, time
from pathlib import Path
from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.core.message import Message
from fallwatch.core.types import Box, EventKind, FallEvent
from fallwatch.events.store import EventStore
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher

DOWN = Message("down")

def say(*words):
    sys.stdout.write(" ".join(words) + "\\n")
    sys.stdout.flush()

class Channel:
    name = "sound"
    def deliver(self, alarm): say("told", alarm.event_id)
    def stop(self): pass
    def close(self): pass

dispatcher = AlarmDispatcher(EventStore(Path(sys.argv[1])), [Channel()], EscalationPolicy(),
                 on_change=lambda alarms: None)
for alarm in dispatcher.start():
    say("open", alarm.event_id, alarm.state.value)
say("started")
for number in range(int(sys.argv[2])):
    event = FallEvent(EventKind.FALL, "kitchen", number, 1.0, 1.5, 0.9, (DOWN,), Box(0, 0, 9, 9))
    alarm = dispatcher.raise_event(event, started_unix_s=time.time(), from_clip=False)
    say("raised", alarm.event_id)
    if number % 3 == 2:
        dispatcher.acknowledge(alarm.event_id, "Ada")
        say("answered", alarm.event_id)
time.sleep(60)
"""


def start(path: Path, falls: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROCESS, path, str(falls)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def read_until(process: subprocess.Popen[str], *words: str) -> list[str]:
    """Lines up to the point where each of the words has begun one."""
    assert process.stdout is not None
    lines: list[str] = []
    missing = set(words)
    for line in process.stdout:
        lines.append(line.strip())
        missing.discard(line.split()[0])
        if not missing:
            return lines
    raise AssertionError(f"the process ended before it said {missing}: {lines}")


def ids(lines: list[str], word: str) -> list[str]:
    """The second words of the lines that begin with a word."""
    return [line.split()[1] for line in lines if line.startswith(f"{word} ")]


def kill(process: subprocess.Popen[str]) -> list[str]:
    """Kill the process and return what it had said by then."""
    assert process.stdout is not None
    process.kill()
    said = process.stdout.read().splitlines()
    process.wait()
    process.stdout.close()
    return said


def test_an_alarm_killed_before_it_was_acknowledged_sounds_again_at_the_next_start(
    tmp_path: Path,
) -> None:
    path = tmp_path / "events.db"
    first = start(path, falls=1)
    (raised,) = ids(read_until(first, "raised"), "raised")
    kill(first)

    with within(5.0):
        second = start(path, falls=0)
        said = read_until(second, "started", "told")
    kill(second)
    assert f"open {raised} {AlarmState.UNACKNOWLEDGED.value}" in said
    assert ids(said, "told") == [raised]


@pytest.mark.timeout(300)
def test_no_moment_to_be_killed_loses_an_alarm_or_an_acknowledgement(tmp_path: Path) -> None:
    path = tmp_path / "events.db"
    chance = random.Random(2026)
    raised: set[str] = set()
    answered: set[str] = set()
    # Killed while its acknowledgement was under way: that may or may not have been written.
    uncertain: set[str] = set()
    for _ in range(KILLS):
        process = start(path, falls=100_000)
        assert set(ids(read_until(process, "started"), "open")) >= raised - answered - uncertain
        time.sleep(chance.uniform(0.0, 0.15))
        said = kill(process)[:-1]  # The last line may be cut off.
        uncertain.update(ids(said, "raised")[-1:])
        raised.update(ids(said, "raised"))
        answered.update(ids(said, "answered"))

        states = stored_states(path)
        assert raised <= states.keys()
        assert all(states[event_id] in ANSWERED for event_id in answered)
        assert not any(states[event_id] in ANSWERED for event_id in raised - answered - uncertain)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    assert len(raised) > KILLS
    assert len(answered) > 0


def stored_states(path: Path) -> dict[str, AlarmState]:
    store = EventStore(path)
    states = {alarm.event_id: alarm.state for alarm in store.recent(1_000_000)}
    assert store.warnings == ()
    store.close()
    return states
