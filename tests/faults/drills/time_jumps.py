"""Stops the watcher as a sleep of the computer does, and sets the clock far ahead and back."""

from __future__ import annotations

import argparse
import shutil
import signal
import tempfile
import time
from pathlib import Path

from fallwatch.runtime.guards.sleep_guard import LONGEST_LOOK_S, WATCH_GAP
from tests.faults.camera.stamped_camera import StampedCamera, stamped_camera
from tests.faults.process.asked_falls import AskedFalls, asked_falls, wait
from tests.faults.registry import Command
from tests.faults.report import Report, Row

#: What is promised after the computer wakes up.
TOLD_WITHIN_S, SOUND_WITHIN_S = 10.0, 5.0

#: A flat battery of the clock, and a wrong date in the BIOS.
JUMPS = ("+400d", "-400d")


def run(arguments: argparse.Namespace) -> Report:
    """The long form."""
    rows = [asleep(arguments.times, arguments.asleep)]
    if shutil.which("faketime"):
        rows.append(other_dates(arguments.times))
    return Report("time", tuple(rows))


def asleep(times: int, asleep_s: float) -> Row:
    """Stop the process with SIGSTOP, let it go on, and look at what it does then.

    Args:
        times: How often.
        asleep_s: How long each time; more than ``LONGEST_LOOK_S``.
    """
    assert asleep_s > LONGEST_LOOK_S
    told_s: list[float] = []
    heard_s: list[float] = []
    reopened = 0
    with (
        stamped_camera() as camera,
        tempfile.TemporaryDirectory() as folder,
        asked_falls(Path(folder), ["watch", camera.url, "--headless"]) as watched,
    ):
        watched.fall()
        watched.quiet()
        for number in range(times):
            opened = camera.opened
            told_s.append(_sleep(watched, asleep_s, number + 1))
            reopened += wait(lambda: camera.opened > opened, 10.0)  # noqa: B023 - at once
            watched.quiet()
            heard_s.append(_next_fall(watched, camera))
    kept = max(told_s) <= TOLD_WITHIN_S and max(heard_s) <= SOUND_WITHIN_S and reopened == times
    return Row(
        "A sleep of the computer is an alarm, and every camera is tried again",
        f"SIGSTOP for {asleep_s:.0f} s, then SIGCONT; then a fall",
        times,
        f"told after {max(told_s):.1f} s at most; camera opened again {reopened} times; the fall "
        f"sounded after {max(heard_s):.1f} s at most",
        kept,
    )


def _sleep(watched: AskedFalls, asleep_s: float, number: int) -> float:
    """Seconds from the awakening to the alarm about it."""
    watched.process.send_signal(signal.SIGSTOP)
    time.sleep(asleep_s)
    watched.process.send_signal(signal.SIGCONT)
    woke_s = time.monotonic()
    told = watched.wait_for(WATCH_GAP, at_least=number)
    return time.monotonic() - woke_s if told else float("inf")


def _next_fall(watched: AskedFalls, camera: StampedCamera) -> float:
    """Seconds until a fall is in the record: other alarms may sound at the time."""
    before = len(watched.alarms("fall"))
    wait(lambda: camera.viewers > 0, 10.0)
    began_s = time.monotonic()
    (watched.home / "falls" / f"later {before}").touch()
    found = watched.wait_for("fall", 30.0, at_least=before + 1)
    return time.monotonic() - began_s if found else float("inf")


def other_dates(times: int) -> Row:
    """Start it again on a day far away, by faketime: what was recorded must still be there."""
    lost = falls = 0
    with stamped_camera() as camera:
        for _ in range(times):
            for jump in JUMPS:
                with tempfile.TemporaryDirectory() as folder:
                    home = Path(folder)
                    arguments = ["watch", camera.url, "--headless"]
                    with asked_falls(home, arguments) as watched:
                        watched.fall()
                        watched.quiet()
                    faked = {"DONT_FAKE_MONOTONIC": "1"}
                    program = ["faketime", "-f", jump]
                    with asked_falls(home, arguments, before=program, environment=faked) as later:
                        later.fall()
                        # Another alarm, such as that of the clock, may have sounded first.
                        later.wait_for("fall", at_least=2)
                    falls += 2
                    lost += 2 - len(later.alarms("fall"))
    return Row(
        "A clock that jumps deletes no event, and a fall sounds all the same",
        f"started again under faketime {' and '.join(JUMPS)}",
        times * len(JUMPS),
        f"{lost} of {falls} acknowledged and new falls missing in the record",
        lost == 0,
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--times", type=int, default=10, help="how often each (10)")
    parser.add_argument("--asleep", type=float, default=60.0, help="seconds of each sleep (60)")


COMMAND = Command("time", "Let it sleep, and set its clock.", add_arguments, run)
