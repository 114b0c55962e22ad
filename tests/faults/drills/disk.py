"""Fills the disk under a watching fallwatch, on a small file system in memory of its own."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fallwatch.recording.media import MEDIA_FOLDER, MediaFolder
from tests.faults.camera.stamped_camera import stamped_camera
from tests.faults.drills.crash import record_of
from tests.faults.process.watch_run import WatchRun, start_watch
from tests.faults.registry import Command
from tests.faults.report import Report, Row

_SIZE_MB = 900
# Below 500 MB fallwatch records no clips.
_LITTLE_BYTES = 200_000_000
_TIMEOUT_S = 300.0


class NoSmallDiskError(Exception):
    """This computer lets us make no file system. The message says why."""


@contextmanager
def small_disk() -> Iterator[Path]:
    """The folder of a file system of its own.

    Raises:
        NoSmallDiskError: That takes Linux and the rights of root.
    """
    with tempfile.TemporaryDirectory() as folder:
        line = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE_MB}m", "tmpfs", folder]
        try:
            subprocess.run(line, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoSmallDiskError(f"cannot mount a small file system ({error})") from error
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


class Trial:
    """One watching fallwatch on a disk that is being filled.

    Attributes:
        failures: What was not as promised.
    """

    def __init__(self, disk: Path, url: str) -> None:
        self.failures: list[str] = []
        self._disk, self._home, self._falls = disk, disk / "home", disk / "falls"
        self._falls.mkdir()
        self._media = MediaFolder(self._home / "data" / MEDIA_FOLDER)
        self._run = start_watch(
            self._home,
            ["watch", url, "--headless"],
            mode="asked",
            environment={"FALLWATCH_FALLS": str(self._falls)},
        )

    def play(self) -> None:
        """Fill the disk in two steps, with a fall before, between and after, and empty it."""
        try:
            first = self._fall()
            self._expect("a clip begins", lambda: self._media.spool(first).exists())
            self._fill(_LITTLE_BYTES)
            self._expect("people are told", lambda: self._was_told("without clips"))
            self._expect("the clip is given up", lambda: not self._has_clip(first))
            second = self._fall()
            self._expect("a snapshot is stored", self._media.snapshot(second).exists)
            self._fill(0)
            third, fourth = self._fall(), self._fall()
            self._expect("they are recorded on a full disk", lambda: self._holds(third, fourth))
            (self._disk / "filler").unlink()
            last = self._fall()
            self._expect("clips are recorded again", lambda: self._has_clip(last))
            self._expect("everything is in the record", lambda: self._holds(first, second, last))
            if self._has_clip(second):
                self.failures.append("a clip was recorded without room for it")
        finally:
            self._run.stop()

    def _fall(self) -> str:
        """Somebody falls; the id of the event, once it was told and has sounded."""
        count, sounds = len(self._run.events()), len(self._run.sounds())
        (self._falls / str(count)).touch()

        def is_told(run: WatchRun) -> bool:
            return len(run.events()) > count and len(run.sounds()) > sounds

        if not self._run.wait_for(is_told, _TIMEOUT_S):
            words = " ".join(said.text for said in self._run.errors)
            raise RuntimeError(f"fall {count + 1} did not alarm: {words}")
        return str(self._run.events()[count]["event_id"])

    def _fill(self, left_bytes: int) -> None:
        """Leave so much room; with none, not a byte."""
        with (self._disk / "filler").open("ab") as file:
            while (free := shutil.disk_usage(self._disk).free) > left_bytes:
                begin = file.tell()
                os.posix_fallocate(file.fileno(), begin, min(free - left_bytes, 16_000_000))
                file.seek(0, os.SEEK_END)

    def _expect(self, what: str, happens: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + _TIMEOUT_S
        while not happens():
            if time.monotonic() > deadline_s:
                self.failures.append(f"not so: {what}")
                return
            time.sleep(0.2)

    def _was_told(self, words: str) -> bool:
        return words in " ".join(said.text for said in self._run.errors)

    def _has_clip(self, event: str) -> bool:
        return self._media.clip(event).exists() or self._media.spool(event).exists()

    def _holds(self, *events: str) -> bool:
        integrity, states = record_of(self._home)
        return integrity == "ok" and set(events) <= states.keys()


def run(arguments: argparse.Namespace) -> Report:
    """Fill the disk so often."""
    failures = []
    with stamped_camera() as camera:
        for _ in range(arguments.times):
            with small_disk() as disk:
                trial = Trial(disk, camera.url)
                trial.play()
                failures += trial.failures
    row = Row(
        "On a full disk alarms sound and are recorded; clips are given up first, and that is told",
        f"a {_SIZE_MB} MB file system filled to 200 MB and to the last byte, with five falls",
        arguments.times,
        "; ".join(failures) or "as promised",
        not failures,
    )
    return Report("disk", (row,))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--times", type=int, default=3, help="how often (3)")


COMMAND = Command("disk", "Fill the disk under it.", add_arguments, run)
