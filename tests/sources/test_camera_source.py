"""A configured camera as a source, and trying one."""

from __future__ import annotations

from pathlib import Path

import pytest
from keyring.errors import KeyringLocked

from fallwatch.core.protocols import SourceError
from fallwatch.settings import CameraSettings
from fallwatch.sources.camera.network_stream import NetworkStreamSource
from fallwatch.sources.camera.webcam import WebcamSource
from fallwatch.sources.camera_source import RoomSource, addressed_source, camera_source
from fallwatch.sources.probe import _listed, probe
from fallwatch.system.secrets.password_file import PasswordFile
from fallwatch.system.secrets.passwords import Passwords
from tests.sources.camera.fake_webcam import plug_in
from tests.system.secrets.test_passwords import BrokenKeyring
from tests.ui.fakes import FakeKeyring


def test_every_frame_carries_the_room_s_name_and_a_file_goes_on(demo_fall: Path) -> None:
    source = camera_source(
        CameraSettings(name="Hall", source=str(demo_fall)), Passwords(FakeKeyring())
    )
    assert (source.name, source.is_live, source.duration_s) == ("Hall", True, None)
    source.open()
    frame = source.read()
    source.close()
    assert (frame.camera, frame.width_px) == ("Hall", 640)


def test_a_password_is_asked_for_when_the_camera_opens() -> None:
    passwords = Passwords(FakeKeyring())
    camera = CameraSettings(name="Hall", source="rtsp://10.0.0.7/one", user="anna")
    source = camera_source(camera, passwords)
    passwords.remember(camera.source, "anna", "s@fe")
    inner = source._make()
    assert isinstance(inner, NetworkStreamSource)
    assert inner._url == "rtsp://anna:s%40fe@10.0.0.7/one"
    typed = camera_source(camera, passwords, "other")._make()
    assert isinstance(typed, NetworkStreamSource)
    assert inner._url != typed._url


def test_an_address_with_a_user_alone_gets_the_stored_password_when_it_opens() -> None:
    passwords = Passwords(FakeKeyring())
    source = addressed_source(" rtsp://anna@10.0.0.7/one ", passwords)
    passwords.remember("rtsp://10.0.0.7/one", "anna", "s@fe")
    assert isinstance(source, RoomSource)
    assert (source.name, source.is_live) == ("rtsp://10.0.0.7/one", True)
    inner = source._make()
    assert isinstance(inner, NetworkStreamSource)
    assert inner._url == "rtsp://anna:s%40fe@10.0.0.7/one"


@pytest.mark.parametrize("login", ["", "anna:other@", "anna:@"])
def test_an_address_that_needs_no_password_or_has_one_is_taken_as_it_is(login: str) -> None:
    passwords = Passwords(FakeKeyring())
    passwords.remember("rtsp://10.0.0.7/one", "anna", "s@fe")
    source = addressed_source(f"rtsp://{login}10.0.0.7/one", passwords)
    assert isinstance(source, NetworkStreamSource)
    assert source._url == f"rtsp://{login}10.0.0.7/one"


def test_a_password_that_cannot_be_read_is_told_without_it(tmp_path: Path) -> None:
    file = PasswordFile(tmp_path / "passwords.json")
    locked = Passwords(BrokenKeyring(KeyringLocked("locked")), file)
    source = addressed_source("rtsp://anna@10.0.0.7/one", locked)
    with pytest.raises(SourceError, match="Unlock the system's keyring"):
        source.open()


def test_what_was_interrupted_before_it_opened_does_not_open(demo_fall: Path) -> None:
    source = camera_source(
        CameraSettings(name="Hall", source=str(demo_fall)), Passwords(FakeKeyring())
    )
    source.interrupt()
    with pytest.raises(SourceError, match="interrupted"):
        source.open()
    source.close()


def test_trying_brings_a_frame_and_lets_go(demo_fall: Path) -> None:
    camera = CameraSettings(name="Hall", source=str(demo_fall))
    source = camera_source(camera, Passwords(FakeKeyring()))
    assert probe(source).camera == "Hall"
    with pytest.raises(SourceError, match="not open"):
        source.read()


def test_a_frame_that_nobody_wants_is_left_out_of_a_recorded_room(demo_fall: Path) -> None:
    camera = CameraSettings(name="Hall", source=str(demo_fall))
    source = camera_source(camera, Passwords(FakeKeyring()))
    source.open()
    assert source.read_if(lambda timestamp_s: False) is None
    frame = source.read_if(lambda timestamp_s: timestamp_s > 0.0)
    source.close()
    assert frame is not None
    assert (frame.camera, frame.index) == ("Hall", 1)


def test_a_room_passes_on_what_its_camera_need_not_decode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    webcam = plug_in(monkeypatch, tmp_path / "dev")
    source = RoomSource("Hall", lambda: WebcamSource(0))
    source.open()
    decoded = webcam.decoded
    assert source.read_if(lambda timestamp_s: False) is None
    assert webcam.decoded == decoded
    frame = source.read_if(lambda timestamp_s: True)
    source.close()
    assert frame is not None
    assert frame.camera == "Hall"


def test_trying_says_what_is_wrong(tmp_path: Path) -> None:
    def missing() -> NetworkStreamSource:
        raise SourceError("There is no such camera.")

    with pytest.raises(SourceError, match="no such camera"):
        probe(RoomSource("Hall", missing))


def test_webcams_are_listed_without_their_second_devices(tmp_path: Path) -> None:
    for number, index, name in ((10, 0, "Shelf"), (2, 0, "Built-in"), (3, 1, "Built-in")):
        folder = tmp_path / f"video{number}"
        folder.mkdir()
        (folder / "index").write_text(f"{index}\n")
        (folder / "name").write_text(f"{name}\n")
    assert [(each.index, each.title) for each in _listed(tmp_path)] == [
        ("2", "Built-in"),
        ("10", "Shelf"),
    ]
