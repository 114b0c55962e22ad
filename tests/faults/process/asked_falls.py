"""A watcher in which somebody falls when a drill asks for it, and how soon that sounded."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from fallwatch.core.types import Alarm
from fallwatch.events.store import STORE_FILE, EventStore, StoreError
from tests.repository import REPOSITORY

#: From the start to the first frame, on a busy computer.
START_S = 120.0


class AskedFalls:
    """One ``fallwatch`` process; see `asked_falls`.

    Args:
        home: Its ``FALLWATCH_HOME``.
        process: The process.
    """

    def __init__(self, home: Path, process: subprocess.Popen[bytes]) -> None:
        self.home, self.process = home, process
        self.asked_s: list[float] = []

    def fall(self, within_s: float = 30.0) -> float:
        """Have somebody fall; seconds until it sounds, infinity if it does not within the time.

        The first one waits for the start of the process.
        """
        before = len(self.sounds())
        began_s = time.monotonic()
        (self.home / "falls" / str(len(self.asked_s))).touch()
        self.asked_s.append(began_s)
        limit_s = within_s if len(self.asked_s) > 1 else START_S
        wait(lambda: len(self.sounds()) > before, limit_s)
        heard = self.sounds()[before:]
        return time.monotonic() - began_s if heard else float("inf")

    def sounds(self) -> list[dict[str, object]]:
        """What the loudspeaker has played."""
        path = self.home / "heard"
        lines = path.read_text().splitlines() if path.exists() else []
        return [each for each in map(json.loads, lines) if "sound" in each]

    def alarms(self, kind: str) -> list[Alarm]:
        """Those of a kind in the record."""
        store = EventStore(self.home / "data" / STORE_FILE)
        try:
            return [alarm for alarm in store.all() if alarm.kind == kind]
        except StoreError:
            return []
        finally:
            store.close()

    def wait_for(self, kind: str, longest_s: float = 60.0, at_least: int = 1) -> bool:
        """Wait until there are so many alarms of a kind in the record."""
        return wait(lambda: len(self.alarms(kind)) >= at_least, longest_s, every_s=0.25)

    def quiet(self) -> None:
        """Acknowledge all that waits, so that the next fall is heard by itself."""
        for alarm in self.alarms("fall"):
            subprocess.run(
                [sys.executable, "-m", "fallwatch", "events", "acknowledge", alarm.event_id],
                cwd=REPOSITORY, env=os.environ | {"FALLWATCH_HOME": str(self.home)},
                capture_output=True, check=False,
            )  # fmt: skip

    def stop(self) -> int | None:
        """Ask it to end; its exit status, None if it had to be killed."""
        # The whole group: a program that runs it, such as faketime, hands no signal on.
        os.killpg(self.process.pid, signal.SIGCONT)
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            status = self.process.wait(30.0)
        except subprocess.TimeoutExpired:
            status = None
        if status is None or not wait(self._is_gone, 30.0):
            self.kill()
        return status

    def kill(self) -> None:
        """End it with SIGKILL."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _is_gone(self) -> bool:
        """Whether the whole group has ended: what runs it may end first."""
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False


@contextmanager
def asked_falls(
    home: Path,
    arguments: Sequence[str],
    *,
    before: Sequence[str] = (),
    environment: Mapping[str, str] | None = None,
    stdout: int | IO[bytes] = subprocess.DEVNULL,
    stderr: int | IO[bytes] = subprocess.DEVNULL,
) -> Iterator[AskedFalls]:
    """A ``fallwatch ARGUMENTS`` until the end of the block.

    Args:
        home: Its ``FALLWATCH_HOME``.
        arguments: Of the command line.
        before: A program that runs it, such as faketime, with its arguments.
        environment: Further variables.
        stdout: Where it writes, as for ``subprocess.Popen``.
        stderr: The same.
    """
    (home / "falls").mkdir(parents=True, exist_ok=True)
    for old in (home / "falls").iterdir():
        old.unlink()
    process = subprocess.Popen(
        [*before, sys.executable, "-m", "tests.faults.process._watch_process", "asked", "0",
         *arguments],
        cwd=REPOSITORY,
        env=os.environ
        | {"FALLWATCH_HOME": str(home), "FALLWATCH_FALLS": str(home / "falls"),
           "FALLWATCH_HEARD": str(home / "heard")}
        | dict(environment or {}),
        stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, start_new_session=True,
    )  # fmt: skip
    watched = AskedFalls(home, process)
    try:
        yield watched
    finally:
        if process.poll() is None:
            watched.stop()


def wait(condition: Callable[[], object], longest_s: float, every_s: float = 0.02) -> bool:
    """Wait until it holds; whether it came to hold."""
    deadline_s = time.monotonic() + longest_s
    while not condition():
        if time.monotonic() >= deadline_s:
            return False
        time.sleep(every_s)
    return True
