"""Without a window stored passwords are found, rooms by name, and a wrong address ends it."""

from __future__ import annotations

import threading

import pytest
from keyring.errors import NoKeyringError

from fallwatch import paths
from fallwatch.core.types import Analysis, Frame
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.headless.command import run_all, run_headless
from fallwatch.runtime import room_watch
from fallwatch.settings import AlarmSettings, CameraSettings, Settings
from fallwatch.system.secrets.passwords import Passwords, with_login
from tests.faults.camera.stamped_camera import stamped_camera
from tests.system.secrets.test_passwords import BrokenKeyring
from tests.waiting import PATIENCE_S


class OneGlance:
    """Analyses one frame, and asks the program to end."""

    def __init__(self, stop: threading.Event) -> None:
        self.seen: list[Frame] = []
        self._stop = stop

    def step(self, frame: Frame) -> Analysis:
        self._stop.set()
        self.seen.append(frame)
        return Analysis(frame)

    def close(self) -> None: ...


def test_a_camera_s_stored_password_is_found_for_an_address_with_a_user_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop = threading.Event()
    glance = OneGlance(stop)
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *_: glance)
    with stamped_camera("anna:s@fe") as camera:
        Passwords(BrokenKeyring(NoKeyringError())).store(camera.url, "anna", "s@fe")
        result = run_headless(
            with_login(camera.url, "anna", ""),
            Settings(alarm=AlarmSettings(sound_enabled=False)),
            None,
            stop=stop,
        )
    assert result.error is None
    assert glance.seen[0].camera == camera.url


def test_all_rooms_are_watched_under_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, threading.Event] = {"Hall": threading.Event(), "Bath": threading.Event()}

    class Glance(OneGlance):
        def step(self, frame: Frame) -> Analysis:
            seen[frame.camera].set()
            return Analysis(frame)

    monkeypatch.setattr(room_watch, "build_analyzer", lambda *_: Glance(threading.Event()))
    stop = threading.Event()
    with stamped_camera() as hall, stamped_camera() as bath:
        cameras = (
            CameraSettings(name="Hall", source=hall.url),
            CameraSettings(name="Bath", source=bath.url),
            CameraSettings(name="Attic", source="rtsp://10.255.255.1/off", enabled=False),
        )
        thread = threading.Thread(
            target=run_all, args=(Settings(cameras=cameras), None), kwargs={"stop": stop}
        )
        thread.start()
        try:
            assert all(room.wait(PATIENCE_S) for room in seen.values())
        finally:
            stop.set()
            thread.join(PATIENCE_S)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    "cameras", [(), (CameraSettings(name="Attic", source="0", enabled=False),)]
)
def test_without_a_room_to_watch_the_remedy_is_named(cameras: tuple[CameraSettings, ...]) -> None:
    result = run_all(Settings(cameras=cameras), None)
    assert result.error is not None
    assert "fallwatch gui" in result.error


def test_a_room_whose_source_is_none_is_named() -> None:
    broken = CameraSettings(name="Attic", source="gopher://old")
    result = run_all(Settings(cameras=(broken,)), None)
    assert result.error is not None
    assert result.error.startswith("Attic: gopher://")


def test_an_address_that_cannot_be_opened_at_the_start_ends_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *_: OneGlance(threading.Event()))
    result = run_headless("http://127.0.0.1:9/none", Settings(), None, stop=threading.Event())
    assert result.error is not None
    assert "127.0.0.1" in result.error
    assert "Trying again" not in result.error


def test_one_room_whose_source_is_none_keeps_no_other_from_being_watched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop = threading.Event()
    glance = OneGlance(stop)
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *_: glance)
    with stamped_camera() as camera:
        cameras = (
            CameraSettings(name="Attic", source="gopher://old"),
            CameraSettings(name="Hall", source=camera.url),
        )
        result = run_all(Settings(cameras=cameras), None, stop=stop)
    assert [frame.camera for frame in glance.seen[:1]] == ["Hall"]
    assert result.error is not None
    assert result.error.startswith("Attic: gopher://")
    store = EventStore(paths.data_dir() / STORE_FILE)
    assert ("Attic", "camera_lost") in {(each.camera, each.kind) for each in store.all()}
    store.close()
