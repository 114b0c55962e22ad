"""Has several programs write the settings at the same time, beside a watcher that follows them."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from fallwatch.settings import (
    SETTINGS_FILE,
    CameraSettings,
    Settings,
    load_settings,
    read_settings,
    update_settings,
)
from tests.faults.camera.stamped_camera import StampedCamera, stamped_camera
from tests.faults.process.asked_falls import asked_falls, wait
from tests.faults.registry import Command
from tests.faults.report import Report, Row
from tests.repository import REPOSITORY

#: A room that is added or taken away is followed within this.
FOLLOWED_WITHIN_S = 10.0

_WRITERS = 3
_PATIENCE_S = 120.0


def run(arguments: argparse.Namespace) -> Report:
    """The long form."""
    return Report("settings", (two_writers(arguments.times),))


def two_writers(times: int) -> Row:
    """Recipients by ``fallwatch notify``, rooms as the window writes them, all at once.

    Args:
        times: How often three recipients are added while a room comes and goes.
    """
    lost = unfollowed = 0
    with stamped_camera() as camera, stamped_camera() as other, tempfile.TemporaryDirectory() as f:
        home = Path(f)
        path = home / "config" / SETTINGS_FILE
        hall = CameraSettings(name="Hall", source=camera.url)
        bath = CameraSettings(name="Bath", source=other.url)
        update_settings(path, Settings(), Settings(cameras=(hall,)))
        with asked_falls(home, ["watch", "--all"]) as watched:
            wait(lambda: camera.viewers == 1, _PATIENCE_S)
            for number in range(times):
                names = [f"person {number}.{each}" for each in range(_WRITERS)]
                adding = [_add(home, name) for name in names]
                unfollowed += not _switch(path, (hall, bath), other, viewers=1)
                unfollowed += not _switch(path, (hall,), other, viewers=0)
                for process in adding:
                    process.communicate(timeout=_PATIENCE_S)
                known = read_settings(path) or Settings()
                lost += len(set(names) - {each.name for each in known.messages})
                lost += tuple(each.name for each in known.cameras) != ("Hall",)
                _remove_all(path)
            alive = watched.process.poll() is None
    return Row(
        "What two programs write into the settings is kept, and followed at once",
        "three fallwatch notify add at a time, while a room is added and taken away",
        times * (_WRITERS + 2),
        f"{lost} changes lost; {unfollowed} of {times * 2} changes of rooms not followed within "
        f"{FOLLOWED_WITHIN_S:.0f} s",
        lost == 0 and unfollowed == 0 and alive,
    )


def _add(home: Path, name: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-m", "fallwatch", "notify", "add", name],
        cwd=REPOSITORY,
        env=os.environ
        | {"FALLWATCH_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(b"json://127.0.0.1:9/hook\n")
    process.stdin.close()
    process.stdin = None
    return process


def _switch(
    path: Path,
    rooms: tuple[CameraSettings, ...],
    camera: StampedCamera,
    viewers: int,
) -> bool:
    """Write other rooms; whether the watcher follows."""
    before, _ = load_settings(path)
    update_settings(path, before, before.model_copy(update={"cameras": rooms}))
    return wait(lambda: camera.viewers == viewers, FOLLOWED_WITHIN_S)


def _remove_all(path: Path) -> None:
    before, _ = load_settings(path)
    update_settings(path, before, before.model_copy(update={"messages": ()}))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--times", type=int, default=10, help="how often (10)")


COMMAND = Command("settings", "Write its settings from several programs.", add_arguments, run)
