"""Damages and locks the record of events before a start of fallwatch."""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.events.rows import COLUMNS
from fallwatch.events.store import STORE_FILE, EventStore
from tests.faults.camera.stamped_camera import StampedCamera, stamped_camera
from tests.faults.drills.crash import record_of
from tests.faults.process.asked_falls import asked_falls, wait
from tests.faults.process.watch_run import WatchRun, start_watch
from tests.faults.registry import Command
from tests.faults.report import Report, Row

_TIMEOUT_S = 300.0

#: Where id and kind stand in a row of an event.
_EVENT_ID, _KIND = COLUMNS.index("event_id"), COLUMNS.index("kind")

#: What is promised of a fall while the record is locked.
_SOUND_WITHIN_S = 5.0


def run(arguments: argparse.Namespace) -> Report:
    """Try both so often."""
    chance = random.Random(arguments.seed)
    healthy_s: list[float] = []
    damaged_s: list[float] = []
    locked_s: list[float] = []
    failures: list[str] = []
    with stamped_camera() as camera:
        for _ in range(arguments.times):
            healthy_s.append(_start(camera, "healthy", chance, failures))
            damaged_s.append(_start(camera, "damaged", chance, failures))
            locked_s.append(_start(camera, "locked", chance, failures))
    rows = (
        Row(
            "A damaged record is set aside with a message, and a new one begun",
            "pages of it overwritten before a start; then a fall",
            len(damaged_s),
            "; ".join(failures)
            or "each told, kept under another name, and the fall in the new record",
            not failures,
        ),
        Row(
            "Monitoring does not wait for a damaged or locked record",
            "from the start of the process to the alarm for a fall 0.5 s after the first frame",
            len(healthy_s) * 3,
            f"longest {max(healthy_s):.1f} s healthy, {max(damaged_s):.1f} s damaged, "
            f"{max(locked_s):.1f} s locked by another program",
            # A locked record is waited for 2 s, twice: when alarms are looked for, and written.
            max(*damaged_s, *locked_s) < max(healthy_s) + 10,
        ),
    )
    rows = (*rows, locked(arguments.times))
    return Report("record", rows, {"healthy_s": healthy_s, "damaged_s": damaged_s})


def locked(falls: int) -> Row:
    """Lock the record for as long as people fall, kill the watcher, and start it again.

    Args:
        falls: How many.
    """
    with stamped_camera() as camera, tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        arguments = ["watch", camera.url, "--headless"]
        with asked_falls(home, arguments) as watched:
            watched.fall()
            watched.quiet()
            path = home / "data" / STORE_FILE
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                first_s = watched.fall()
                for number in range(1, falls):
                    (home / "falls" / f"locked {number}").touch()
                wait(lambda: _kept(home) >= falls, _TIMEOUT_S)
                watched.kill()
        with asked_falls(home, arguments) as again:
            found = again.wait_for("fall", _TIMEOUT_S, at_least=falls + 1)
            recorded = len(again.alarms("fall"))
    return Row(
        "People who fall while another program locks the record are heard of, and not forgotten",
        "the record locked; falls; kill -9; another start",
        falls,
        f"the first sounded after {first_s:.1f} s; {falls + 1 - recorded} of {falls + 1} falls "
        "missing in the record after the next start",
        found and first_s <= _SOUND_WITHIN_S,
    )


def _kept(home: Path) -> int:
    """How many falls the journals beside the record hold."""
    rows = [
        json.loads(line)[0]
        for path in (home / "data").glob(f"{STORE_FILE}.waiting-*")
        for line in path.read_text(errors="replace").splitlines()
        if line.endswith("]")
    ]
    return len({row[_EVENT_ID] for row in rows if row[_KIND] == "fall"})


def _start(camera: StampedCamera, state: str, chance: random.Random, failures: list[str]) -> float:
    """Start with a record in that state; how long it takes to the alarm for a fall."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        path = home / "data" / STORE_FILE
        _write_record(path)
        if state == "damaged":
            _damage(path, chance)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            if state == "locked":
                other.execute("BEGIN EXCLUSIVE")
            run = start_watch(home, ["watch", camera.url, "--headless"], fall_s=0.5)
            try:
                if not run.wait_for(lambda each: bool(each.events()), _TIMEOUT_S):
                    failures.append(f"{state}: no alarm")
                    return _TIMEOUT_S
                if state == "locked":
                    other.execute("ROLLBACK")
                _check(run, home, state, failures)
                return min(run.events_s().values())
            finally:
                run.stop()


def _check(run: WatchRun, home: Path, state: str, failures: list[str]) -> None:
    (event,) = list(run.events_s())[:1]
    deadline_s = time.monotonic() + _TIMEOUT_S
    while record_of(home)[1].get(event) is None and time.monotonic() < deadline_s:
        time.sleep(0.5)
    integrity, states = record_of(home)
    if integrity != "ok" or event not in states:
        failures.append(f"{state}: the fall is not in the record ({integrity})")
    if state == "damaged":
        if not run.wait_for(
            lambda each: "is damaged" in " ".join(said.text for said in each.errors), 10.0
        ):
            failures.append("not told")
        if not list((home / "data").glob(f"{STORE_FILE}.damaged-*")):
            failures.append("not kept")


def _write_record(path: Path) -> None:
    store = EventStore(path)
    for number in range(50):
        alarm = Alarm(
            f"event{number}", "Hall", "fall", Priority.HIGH, AlarmState.CLOSED,
            f"2026-01-31T03:{number:02}:05.678Z", 0.9, (Message("fast descent"),),
        )  # fmt: skip
        store.add(alarm)
    store.close()


def _damage(path: Path, chance: random.Random) -> None:
    """Overwrite the first page, or one further on that is in use."""
    data = bytearray(path.read_bytes())
    page = chance.choice((0, 1, 3, 6)) * 4096
    data[page : page + 4096] = chance.randbytes(4096)
    path.write_bytes(bytes(data))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--times", type=int, default=10, help="how often (10)")
    parser.add_argument("--seed", type=int, default=2026, help="of the damage")


COMMAND = Command("record", "Damage and lock its record.", add_arguments, run)
