"""From a name or an address to what is watched, and how."""

from __future__ import annotations

import pytest

from fallwatch.core.protocols import SourceError
from fallwatch.runtime.source_choice import SourceChoice, choose, choose_camera
from fallwatch.settings import CameraSettings, Settings
from fallwatch.sources.camera_source import RoomSource
from fallwatch.system.secrets.passwords import Passwords

BATH = CameraSettings(name="Bath", source="rtsp://10.0.0.7/one", user="anna", privacy="blur")
CLIP = CameraSettings(name="Test room", source="falls.mp4")
SETTINGS = Settings(cameras=(BATH, CLIP))


@pytest.mark.parametrize("text", ["Bath", "bath", " BATH "])
def test_a_room_is_found_by_its_name(text: str) -> None:
    choice = choose(text, SETTINGS)
    assert choice == choose_camera(BATH)
    assert (choice.is_room, choice.ends, choice.name) == (True, False, "Bath")
    assert isinstance(choice.make_source(Passwords()), RoomSource)


@pytest.mark.parametrize("text", ["rtsp://anna@10.0.0.7/one", "rtsp://10.0.0.7/one"])
def test_a_room_s_zones_and_privacy_hold_for_its_address(text: str) -> None:
    choice = choose(text, SETTINGS)
    assert (choice.camera, choice.is_room) == (BATH, False)
    assert choice.name == "rtsp://10.0.0.7/one"


def test_another_address_is_no_room_of_the_settings() -> None:
    assert choose("rtsp://10.0.0.8/one", SETTINGS).camera is None


def test_a_file_ends_unless_it_stands_for_a_room() -> None:
    by_path, by_name = choose("falls.mp4", SETTINGS), choose("test room", SETTINGS)
    assert (by_path.is_clip, by_path.ends, by_path.camera) == (True, True, CLIP)
    assert (by_name.is_clip, by_name.ends, by_name.camera) == (True, False, CLIP)


def test_what_means_nothing_is_refused() -> None:
    with pytest.raises(SourceError, match="gopher"):
        choose("gopher://old", SETTINGS)


def test_of_two_rooms_alike_but_for_capitals_the_exact_one_is_meant() -> None:
    small = CameraSettings(name="bath", source="0")
    settings = Settings(cameras=(BATH, small))
    assert choose("bath", settings).camera == small
    assert choose("Bath", settings).camera == BATH


def test_a_misspelt_room_names_the_rooms_there_are() -> None:
    with pytest.raises(SourceError, match=r"neither a room nor a file Bathh.*Bath, Test room"):
        choose("Bathh", SETTINGS)


def test_a_clip_may_be_read_at_full_speed(demo_fall: object) -> None:
    choice = SourceChoice(str(demo_fall), "demo_fall.mp4", is_clip=True)
    source = choice.make_source(Passwords(), realtime=False)
    assert not source.is_live
