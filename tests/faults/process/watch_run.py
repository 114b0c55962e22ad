"""A ``fallwatch watch`` in a process of its own, and what it says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.repository import REPOSITORY


@dataclass(frozen=True, slots=True)
class Said:
    """A line of the process.

    Attributes:
        at_s: When it came, seconds since the process was started.
        text: The line, or what stands in it if it is JSON.
    """

    at_s: float
    text: str
    json: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound of the loudspeaker.

    Attributes:
        at_s: Seconds since the process was started, by its own clock.
        waited_s: How much of that it waited because other programs held all cores.
    """

    at_s: float
    waited_s: float


@dataclass(slots=True)
class WatchRun:
    """One process; see `_watch_process` for what is replaced in it.

    Attributes:
        out: Lines of standard output, in order.
        errors: Lines of standard error, in order.
    """

    process: subprocess.Popen[bytes]
    began_s: float
    began_unix_s: float
    out: list[Said] = field(default_factory=list)
    errors: list[Said] = field(default_factory=list)
    readers: list[threading.Thread] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def wait_for(self, wanted: Callable[[WatchRun], bool], timeout_s: float) -> bool:
        """Wait until something was said; True if it was."""
        deadline_s = time.monotonic() + timeout_s
        with self.changed:
            while not wanted(self):
                left_s = deadline_s - time.monotonic()
                if left_s <= 0 or (self.process.poll() is not None and not self.is_reading):
                    return wanted(self)
                self.changed.wait(min(left_s, 0.5))
        return True

    @property
    def is_reading(self) -> bool:
        """Whether more may come."""
        return any(reader.is_alive() for reader in self.readers)

    def events(self) -> list[dict[str, object]]:
        """The events it has told of."""
        return [said.json for said in self.out if said.json and "event_id" in said.json]

    def events_s(self) -> dict[str, float]:
        """When each event was told, in seconds since the start, by its id."""
        return {
            str(said.json["event_id"]): said.at_s
            for said in self.out
            if said.json and "event_id" in said.json
        }

    def sounds(self) -> list[Sound]:
        """The sounds of the loudspeaker, in order."""
        return [
            Sound(
                float(str(said.json["at_unix_s"])) - self.began_unix_s,
                float(str(said.json["waited_s"])),
            )
            for said in self.out
            if said.json and "sound" in said.json
        ]

    def kill(self) -> float:
        """End it with SIGKILL; all it had said by then is taken in.

        Returns:
            When, on the clock ``time.monotonic``.
        """
        os.kill(self.process.pid, signal.SIGKILL)
        killed_s = time.monotonic()
        self._gather()
        return killed_s

    def stop(self) -> int:
        """Ask it to stop with SIGTERM; returns its exit status."""
        self.process.terminate()
        return self.finish()

    def finish(self, timeout_s: float = 30.0) -> int:
        """Wait for its end, and end it if that does not come; returns its exit status."""
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._gather()
        return self.process.returncode

    def _gather(self) -> None:
        self.process.wait()
        for reader in self.readers:
            reader.join()


def start_watch(
    home: Path,
    arguments: Sequence[str],
    *,
    mode: str = "scripted",
    fall_s: float = 1.0,
    before: Sequence[str] = (),
    environment: dict[str, str] | None = None,
) -> WatchRun:
    """Start ``fallwatch ARGUMENTS``.

    Args:
        home: Its ``FALLWATCH_HOME``.
        arguments: Of the command line.
        mode: ``models`` for the real ones, ``scripted`` without.
        fall_s: When somebody falls, if it is scripted.
        before: A program that runs it, such as strace, with its arguments.
        environment: Further variables.
    """
    line = [*before, sys.executable, "-m", "tests.faults.process._watch_process", mode, str(fall_s)]
    began_s, began_unix_s = time.monotonic(), time.time()
    process = subprocess.Popen(
        [*line, *arguments],
        cwd=REPOSITORY,
        env=os.environ | {"FALLWATCH_HOME": str(home)} | (environment or {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    run = WatchRun(process, began_s, began_unix_s)
    assert process.stdout is not None
    assert process.stderr is not None
    for stream, lines in ((process.stdout, run.out), (process.stderr, run.errors)):
        reader = threading.Thread(target=_read, args=(run, stream, lines), name="reader")
        run.readers.append(reader)
        reader.start()
    return run


def _read(run: WatchRun, stream: IO[bytes], lines: list[Said]) -> None:
    with stream:
        for raw in stream:
            text = raw.decode(errors="replace")
            if not text.endswith("\n"):
                break  # cut off by the kill
            said = Said(time.monotonic() - run.began_s, text.rstrip("\n"), _object(text))
            with run.changed:
                lines.append(said)
                run.changed.notify_all()
    with run.changed:
        run.changed.notify_all()


def _object(text: str) -> dict[str, object] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
