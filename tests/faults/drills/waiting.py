"""Breaks and holds what people's words go through, and has the keyring wait for a person."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.faults.camera.stamped_camera import StampedCamera, stamped_camera
from tests.faults.process.asked_falls import asked_falls
from tests.faults.registry import Command
from tests.faults.report import Report, Row

#: What is promised, whatever becomes of the words.
SOUND_WITHIN_S = 5.0

#: A keyring whose prompt nobody answers.
KEYRING = "tests.faults.process.waiting_keyring.WaitingKeyring"

#: Standard output and standard error of a watcher.
Streams = tuple[int | IO[bytes], int | IO[bytes]]


def run(arguments: argparse.Namespace) -> Report:
    """The long form."""
    return Report("waiting", (streams(arguments.falls), keyring(arguments.falls)))


@contextmanager
def reader_gone() -> Iterator[Streams]:
    """Both ends of the pipe lead to nobody."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        yield writing, writing
    finally:
        os.close(writing)


@contextmanager
def disk_full() -> Iterator[Streams]:
    """A disk without any room."""
    with Path("/dev/full").open("wb") as full:
        yield full, full


@contextmanager
def held() -> Iterator[Streams]:
    """A full pipe that nobody reads, which is what Ctrl-S makes of a terminal."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        while True:
            os.write(writing, b"x" * 65_536)
    except BlockingIOError:
        os.set_blocking(writing, True)
    try:
        yield writing, writing
    finally:
        os.close(reading)
        os.close(writing)


BROKEN: dict[str, Callable[[], object]] = {
    "reader gone": reader_gone, "disk full": disk_full, "held": held,
}  # fmt: skip


def streams(
    falls: int,
    kinds: dict[str, Callable[[], object]] = BROKEN,
    within_s: float = SOUND_WITHIN_S,
) -> Row:
    """Have people fall while standard output and standard error cannot be written.

    Args:
        falls: How many, for each kind of fault.
        kinds: How the streams are broken.
        within_s: How soon each must sound; the tests, which run beside others, ask whether.
    """
    heard_s: list[float] = []
    missing = 0
    statuses: dict[str, int | None] = {}
    with stamped_camera() as camera:
        for kind, broken in kinds.items():
            with broken() as (out, err), tempfile.TemporaryDirectory() as folder:  # type: ignore[attr-defined]
                arguments = ["--verbose", "watch", camera.url, "--headless"]
                with asked_falls(Path(folder), arguments, stdout=out, stderr=err) as watched:
                    _start(watched.fall)
                    watched.quiet()
                    for _ in range(falls):
                        heard_s.append(watched.fall())
                        watched.quiet()
                    watched.wait_for("fall", at_least=falls + 1)
                    missing += falls + 1 - len(watched.alarms("fall"))
                    statuses[kind] = watched.stop()
    kept = max(heard_s) <= within_s and missing == 0 and all(
        status == 1 for status in statuses.values()
    )  # fmt: skip
    ended = ", ".join(f"{kind} {status}" for kind, status in statuses.items())
    return Row(
        "Whatever becomes of its words, it watches, sounds and records",
        f"standard output and standard error: {', '.join(kinds)}; falls all the while",
        len(heard_s),
        f"heard after {max(heard_s):.1f} s at most, {missing} not in the record; exit status "
        f"{ended}",
        kept,
    )


def keyring(falls: int, within_s: float = SOUND_WITHIN_S) -> Row:
    """Have people fall while the keyring waits for a person, who does not come."""
    heard_s: list[float] = []
    waiting = {"PYTHON_KEYRING_BACKEND": KEYRING}
    with (
        stamped_camera("anna:secret") as locked,
        stamped_camera() as camera,
        tempfile.TemporaryDirectory() as folder,
    ):
        _write_rooms(Path(folder), camera, locked)
        with asked_falls(Path(folder), ["watch", "--all"], environment=waiting) as watched:
            _start(watched.fall)
            watched.quiet()
            for _ in range(falls):
                heard_s.append(watched.fall())
                watched.quiet()
            told = watched.wait_for("camera_lost")
    return Row(
        "A keyring that waits for a person keeps back no alarm",
        "its prompt is never answered; one camera and a recipient need it, another camera does not",
        falls,
        f"heard after {max(heard_s):.1f} s at most; the camera that needs it "
        f"{'is told as lost' if told else 'is not told of'}",
        told and max(heard_s) <= within_s,
    )


def _start(fall: Callable[[], float]) -> None:
    if fall() == float("inf"):
        raise RuntimeError("the first fall was not heard")


def _write_rooms(home: Path, camera: StampedCamera, locked: StampedCamera) -> None:
    from fallwatch.settings import (
        SETTINGS_FILE,
        CameraSettings,
        MessageSettings,
        Settings,
        save_settings,
    )

    settings = Settings(
        cameras=(
            CameraSettings(name="Hall", source=camera.url),
            CameraSettings(name="Bath", source=locked.url, user="anna"),
        ),
        messages=(MessageSettings(name="Ben"),),
    )
    (home / "config").mkdir(parents=True, exist_ok=True)
    save_settings(settings, home / "config" / SETTINGS_FILE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("--falls", type=int, default=10, help="falls for each fault (10)")


COMMAND = Command(
    "waiting", "Break or hold its output, and its keyring.", add_arguments, run
)  # fmt: skip
