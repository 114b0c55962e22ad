"""One process watches a room; the system lets go of the locks of one that dies."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.core.types import Analysis, Frame
from fallwatch.headless.command import run_headless
from fallwatch.runtime import room_watch
from fallwatch.runtime.guards.room_locks import LOCK_FOLDER, RoomLocks
from fallwatch.settings import CameraSettings, Settings
from tests.repository import REPOSITORY
from tests.sources.camera.camera_server import camera_server

_HOLD = """
import sys
from pathlib import Path
from fallwatch.runtime.guards.room_locks import RoomLocks
locks = RoomLocks(Path(sys.argv[1]))
print(locks.claim("Hall"), flush=True)
sys.stdin.read()
"""


def test_a_room_is_held_until_it_is_released_as_often(tmp_path: Path) -> None:
    mine, other = RoomLocks(tmp_path), RoomLocks(tmp_path)
    assert mine.claim("Hall")
    assert mine.claim("Hall")
    mine.release("Hall")
    assert not other.claim("Hall")
    assert other.claim("Bath")
    mine.release("Hall")
    mine.release("Hall")
    assert other.claim("Hall")


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    locks = RoomLocks(tmp_path)
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(tmp_path)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert not locks.claim("Hall")
        other.kill()
    assert locks.claim("Hall")


def test_a_folder_that_cannot_be_written_keeps_nobody_from_watching(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert RoomLocks(tmp_path / "file" / "locks").claim("Hall")


class Glance:
    def step(self, frame: Frame) -> Analysis:
        return Analysis(frame)

    def close(self) -> None: ...


def test_headless_refuses_a_room_that_is_watched_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *_: Glance())
    window = RoomLocks(paths.data_dir() / LOCK_FOLDER)
    stop = threading.Event()
    stop.set()
    with camera_server() as camera:
        settings = Settings(cameras=(CameraSettings(name="Hall", source=camera.url),))
        assert window.claim("Hall")
        refused = run_headless("Hall", settings, None, stop=stop)
        assert refused.error is not None
        assert refused.error.startswith("Hall: watched already")
        window.release("Hall")
        assert run_headless("Hall", settings, None, stop=stop).error is None
        assert window.claim("Hall"), "the watcher has let go of it"
