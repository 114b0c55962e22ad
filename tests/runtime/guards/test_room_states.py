"""Whether every room is watched, as ``fallwatch health`` tells other programs."""

from __future__ import annotations

import json
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from fallwatch import paths
from fallwatch.cli.health import add_to
from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.core.types import Analysis, Frame
from fallwatch.events.times import utc_now
from fallwatch.headless.command import run_headless
from fallwatch.pipeline.health.status import Fault, MonitorState, MonitorStatus
from fallwatch.runtime import room_watch
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.guards import room_states
from fallwatch.runtime.guards.room_states import (
    STALE_AFTER,
    STATES_FOLDER,
    RoomState,
    RoomStates,
    read_room_states,
    states_now,
)
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.runtime.visits.care_visits import CareVisits, ended_by
from fallwatch.runtime.visits.visit_files import VISITS_FOLDER
from fallwatch.settings import SETTINGS_FILE, CameraSettings, Settings, save_settings
from tests.alarms.builders import make_alarm
from tests.sources.camera.camera_server import camera_server
from tests.waiting import wait_until

NOON = datetime(2026, 1, 31, 12, tzinfo=timezone.utc)


class Glance:
    def step(self, frame: Frame) -> Analysis:
        return Analysis(frame)

    def close(self) -> None: ...


def status_of(
    room: str,
    state: MonitorState = MonitorState.RUNNING,
    words: Message = NO_MESSAGE,
    **changes: object,
) -> MonitorStatus:
    return MonitorStatus(room, state, words, 15.0, 0.1, **changes)  # type: ignore[arg-type]


def health(*options: str) -> tuple[int, str]:
    app = typer.Typer()
    add_to(app)
    done = CliRunner().invoke(app, list(options))
    return done.exit_code, " ".join(done.output.split())


def rooms_are(*names: str) -> None:
    cameras = tuple(CameraSettings(name=name, source=f"{n}") for n, name in enumerate(names))
    save_settings(Settings(cameras=cameras), paths.config_dir() / SETTINGS_FILE)


def watcher(now: datetime | None = None) -> RoomStates:
    return RoomStates(paths.data_dir() / STATES_FOLDER, lambda: now or utc_now())


def test_every_room_is_watched_only_while_a_watcher_says_so_of_each() -> None:
    rooms_are("Hall", "Bath")
    states = watcher()
    states.see(status_of("Hall"))
    states.write()
    assert health() == (1, "Bath is not watched. No fallwatch on this computer watches it now.")
    states.see(status_of("Bath"))
    states.write()
    assert health() == (0, "Every room is watched: Hall, Bath.")
    states.end("Bath")
    states.write()
    assert health()[0] == 1


def test_a_room_with_a_fault_or_one_that_starts_is_not_watched_and_says_why() -> None:
    rooms_are("Hall", "Bath")
    states = watcher()
    states.see(status_of("Hall", faults=(Fault("camera_frozen", Message("It is frozen.")),)))
    states.see(status_of("Bath", MonitorState.STARTING, Message("Opening the camera.")))
    states.write()
    status, words = health()
    assert status == 1
    assert words == "Hall is not watched. It is frozen. Bath is not watched. Opening the camera."


def test_a_watcher_that_gives_no_word_any_more_is_gone() -> None:
    rooms_are("Hall")
    states = watcher(utc_now() - STALE_AFTER - timedelta(seconds=5))
    states.see(status_of("Hall"))
    states.write()
    status, words = health()
    assert status == 1
    assert "no word for 20 seconds" in words


def test_without_any_room_the_answer_is_no() -> None:
    assert health() == (1, "No room is watched: the settings hold no camera that is switched on.")


def test_settings_that_cannot_be_read_are_named_and_left_alone() -> None:
    path = paths.config_dir() / SETTINGS_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("= no toml")
    status, words = health()
    assert status == 1
    assert "cannot be read" in words
    assert path.read_text() == "= no toml"


def test_json_says_the_same() -> None:
    rooms_are("Hall")
    states = watcher()
    states.see(status_of("Hall"))
    states.write()
    status, words = health("--json")
    found = json.loads(words)
    assert (status, found["watched"], found["problem"]) == (0, True, "")
    assert [(room["room"], room["watched"]) for room in found["rooms"]] == [("Hall", True)]


def test_a_room_watched_by_its_address_counts_while_it_is_fresh() -> None:
    written = {"Webcam 0": RoomState("Webcam 0", True, "", NOON)}
    assert [each.watched for each in states_now((), written, NOON)] == [True]
    assert states_now((), written, NOON + timedelta(minutes=1)) == []
    # A clock that was set back: what was written is not of now, either.
    assert states_now((), written, NOON - timedelta(minutes=1)) == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"room": "Hall"}', "[" * 100_000, "\x00"])
def test_a_file_that_is_none_is_left_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    assert read_room_states(tmp_path) == {}
    assert read_room_states(tmp_path / "nowhere") == {}


def test_a_folder_that_cannot_be_written_keeps_nobody_from_watching(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    states = RoomStates(tmp_path / "file" / "folder")
    states.see(status_of("Hall"))
    states.write()


def test_a_care_visit_is_named_and_is_no_fault() -> None:
    rooms_are("Hall")
    states = watcher()
    states.see(status_of("Hall"))
    states.write()
    record = CareVisits(
        lambda *_: make_alarm(),
        lambda: 1800.0,
        paths.data_dir() / VISITS_FOLDER,
        lambda *_: None,
    )
    record.begin("Hall", "maria")
    record.do_waiting()
    code, words = health()
    assert code == 0
    assert "Hall: care visit by maria; its alarms are paused until" in words
    assert json.loads(health("--json")[1])["rooms"][0]["care_visit"] is True
    record.end("Hall", ended_by("maria"))
    record.do_waiting()
    assert health() == (0, "Every room is watched: Hall.")


def test_a_paused_room_says_who_paused_it_and_until_when() -> None:
    rooms_are("Hall", "Bath")
    states = watcher()
    states.see(status_of("Bath"))
    until = utc_now() + timedelta(minutes=20)
    states.pause("Hall", "maria", until.timestamp())
    states.write()
    status, words = health()
    assert status == 1
    assert words == f"Hall is not watched. Paused by maria until {until.astimezone():%H:%M}."
    found = json.loads(health("--json")[1])["rooms"]
    assert [(room["room"], room["paused"]) for room in found] == [("Hall", True), ("Bath", False)]
    states.see(status_of("Hall"))
    states.write()
    assert health()[0] == 0
    assert json.loads(health("--json")[1])["rooms"][0]["paused"] is False


def test_a_pause_is_over_when_its_watcher_ends() -> None:
    rooms_are("Hall", "Bath")
    states = watcher()
    states.start()
    states.pause("Hall", "maria", utc_now().timestamp() + 600)
    states.write()
    assert states.stop() == []
    words = "Hall is not watched. No fallwatch on this computer watches it now."
    assert health()[1].startswith(words)


def test_a_file_that_stands_for_a_camera_is_known(
    monkeypatch: pytest.MonkeyPatch, services: AlarmServices, tmp_path: Path
) -> None:
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *_: Glance())
    clip = paths.resources_dir() / "demo" / "demo_fall.mp4"
    room = choose_camera(CameraSettings(name="Hall", source=str(clip)))
    watch = RoomWatch(room, Settings(), services)
    watch.start()

    def states() -> dict[str, RoomState]:
        services.room_states.write()
        return read_room_states(tmp_path / STATES_FOLDER)

    try:
        wait_until(lambda: "Hall" in states() and states()["Hall"].watched)
    finally:
        assert watch.stop() == []
    assert states() == {}


def test_a_headless_watch_is_healthy_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room_watch, "build_analyzer", lambda *_: Glance())
    monkeypatch.setattr(room_states, "WRITE_EVERY_S", 0.05)
    stop, healthy = threading.Event(), threading.Event()
    folder = paths.data_dir() / STATES_FOLDER

    def look() -> None:
        try:
            wait_until(lambda: any(each.watched for each in read_room_states(folder).values()))
            healthy.set()
        finally:
            stop.set()

    with camera_server() as camera:
        settings = Settings(cameras=(CameraSettings(name="Hall", source=camera.url),))
        thread = threading.Thread(target=look)
        thread.start()
        assert run_headless("Hall", settings, None, stop=stop).error is None
        thread.join()
    assert healthy.is_set()
    assert read_room_states(folder) == {}
