"""When the computer wakes up, every camera and every recipient is tried, not only the sound."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.core.types import Analysis, Frame
from fallwatch.dispatch.notifications import MESSAGE_SECRETS
from fallwatch.pipeline.health.faults import CAMERA_LOST
from fallwatch.runtime import room_watch
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.guards.sleep_guard import WATCH_GAP
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.settings import CameraSettings, MessageSettings, Settings
from fallwatch.system.secrets.passwords import Passwords
from tests.alarms.receivers import HttpReceiver, free_port
from tests.faults.camera.stamped_camera import StampedCamera, stamped_camera
from tests.waiting import FakeClock, wait_until

NIGHT_S = 8 * 3600.0


class Seeing:
    def __init__(self) -> None:
        self.frames = 0

    def step(self, frame: Frame) -> Analysis:
        self.frames += 1
        return Analysis(frame)

    def close(self) -> None: ...


class Room:
    """One room with one recipient, and a clock that can jump over a night."""

    def __init__(self, camera: StampedCamera, port: int, folder: Path, seeing: Seeing) -> None:
        self.clock, self.seeing = FakeClock(), seeing
        hall = CameraSettings(name="Hall", source=camera.url)
        self._settings = Settings(cameras=(hall,), messages=(MessageSettings(name="Anna"),))
        passwords = Passwords()
        passwords.remember(MESSAGE_SECRETS, "Anna", f"json://127.0.0.1:{port}/")
        self.services = AlarmServices(lambda: self._settings, passwords, folder=folder, channels=())
        self.services.sleep_guard._clock = self.clock
        self._watch = RoomWatch(
            choose_camera(hall), self._settings, self.services, records_clips=False
        )
        self.services.start()
        self._watch.start()
        wait_until(lambda: self.seeing.frames > 0)
        wait_until(lambda: self.services.sleep_guard._looked_s is not None)

    def sleep(self) -> None:
        """The night passes in which nobody watched."""
        self.clock.advance(NIGHT_S)
        wait_until(lambda: self.has(WATCH_GAP))

    def has(self, kind: str) -> bool:
        return any(alarm.kind == kind for alarm in self.services.dispatcher.open_alarms)

    def close(self) -> None:
        assert self._watch.stop() == []
        # On a busy computer the first message takes seconds: what sends it is only then loaded.
        assert self.services.stop(timeout_s=60.0) == []


@pytest.fixture
def camera() -> Iterator[StampedCamera]:
    with stamped_camera() as camera:
        yield camera


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def room(
    camera: StampedCamera, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Room]:
    seeing = Seeing()
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *_: seeing)
    room = Room(camera, port, tmp_path, seeing)
    yield room
    room.close()


def test_the_camera_is_opened_again_and_watched_on(room: Room, camera: StampedCamera) -> None:
    assert camera.opened == 1
    room.sleep()
    wait_until(lambda: camera.opened == 2)
    before = room.seeing.frames
    wait_until(lambda: room.seeing.frames > before + 5)
    assert not room.has(CAMERA_LOST)


def test_a_camera_that_did_not_wake_up_is_an_alarm(room: Room, camera: StampedCamera) -> None:
    camera.on_air.clear()  # it keeps the connection and sends nothing
    room.sleep()
    wait_until(lambda: room.has(CAMERA_LOST))
    camera.on_air.set()


def test_every_recipient_is_sent_the_gap(room: Room, port: int) -> None:
    receiver = HttpReceiver(port)
    try:
        room.sleep()
        wait_until(lambda: any(b"Nobody watched" in each.body for each in receiver.requests))
    finally:
        receiver.close()
