"""A watcher without a window follows rooms, zones and cameras that others write into the file."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from fallwatch import paths
from fallwatch.core.types import Analysis, Frame
from fallwatch.headless.command import HeadlessResult, run_all, run_headless
from fallwatch.runtime import room_watch
from fallwatch.runtime.guards.settings_follower import SettingsFile
from fallwatch.settings import (
    SETTINGS_FILE,
    AlarmSettings,
    CameraSettings,
    Settings,
    ZoneSettings,
    load_settings,
    update_settings,
)
from tests.faults.camera.stamped_camera import stamped_camera
from tests.waiting import PATIENCE_S, wait_until

BED = ZoneSettings(kind="bed", corners_norm=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9)))


class Watcher:
    """A watcher in a thread; what was made to judge each room, and the rooms of its frames."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[tuple[str, tuple[object, ...]]] = []
        self.seen: list[str] = []
        self.stop = threading.Event()
        self.result: list[HeadlessResult] = []
        self._thread: threading.Thread | None = None
        self._path = paths.config_dir() / SETTINGS_FILE
        monkeypatch.setattr(room_watch, "build_analyzer", self._build)

    def _build(
        self,
        name: str,
        settings: Settings,
        weights: object,
        zones: tuple[object, ...],
        camera: object,
    ) -> Watcher:
        self.made.append((name, tuple(zones)))
        return self

    def step(self, frame: Frame) -> Analysis:
        self.seen.append(frame.camera)
        return Analysis(frame)

    def close(self) -> None: ...

    def write(self, *cameras: CameraSettings) -> Settings:
        """What another program does with the settings file."""
        before, _ = load_settings(self._path)
        after = Settings(cameras=cameras, alarm=AlarmSettings(sound_enabled=False))
        return update_settings(self._path, before, after)

    def run(self, settings: Settings, room: str | None = None) -> None:
        def watch() -> None:
            if room is None:
                self.result.append(run_all(settings, None, stop=self.stop))
            else:
                self.result.append(run_headless(room, settings, None, stop=self.stop))

        self._thread = threading.Thread(target=watch)
        self._thread.start()

    def sees(self, room: str) -> None:
        """Wait for another frame of a room."""
        self.seen.clear()
        wait_until(lambda: room in self.seen)

    def end(self) -> None:
        self.stop.set()
        if self._thread is not None:
            self._thread.join(PATIENCE_S)
            assert not self._thread.is_alive()


@pytest.fixture
def watcher(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watcher]:
    watcher = Watcher(monkeypatch)
    yield watcher
    watcher.end()


def test_a_room_that_is_added_is_watched_and_one_that_is_switched_off_is_not(
    watcher: Watcher,
) -> None:
    with stamped_camera() as first, stamped_camera() as second:
        hall = CameraSettings(name="Hall", source=first.url)
        bath = CameraSettings(name="Bath", source=second.url)
        watcher.run(watcher.write(hall))
        watcher.sees("Hall")
        watcher.write(hall, bath)
        watcher.sees("Bath")
        watcher.sees("Hall")
        watcher.write(hall.model_copy(update={"enabled": False}), bath)
        wait_until(lambda: first.viewers == 0)
        watcher.sees("Bath")
        watcher.end()
    assert [name for name, _ in watcher.made] == ["Hall", "Bath"]
    assert watcher.result[0].error is None


def test_the_last_room_may_go_and_another_come(watcher: Watcher) -> None:
    with stamped_camera() as camera:
        watcher.run(watcher.write(CameraSettings(name="Hall", source=camera.url)))
        watcher.sees("Hall")
        watcher.write()
        wait_until(lambda: camera.viewers == 0)
        watcher.write(CameraSettings(name="Bath", source=camera.url))
        watcher.sees("Bath")


@pytest.mark.parametrize("room", [None, "Hall"])
def test_a_bed_that_is_drawn_counts_at_once(watcher: Watcher, room: str | None) -> None:
    with stamped_camera() as camera:
        hall = CameraSettings(name="Hall", source=camera.url)
        watcher.run(watcher.write(hall), room)
        watcher.sees("Hall")
        watcher.write(hall.model_copy(update={"zones": (BED,)}))
        wait_until(lambda: any(zones for _, zones in watcher.made))
        watcher.sees("Hall")


def test_another_camera_of_a_room_is_opened_instead(watcher: Watcher) -> None:
    with stamped_camera() as first, stamped_camera() as second:
        watcher.run(watcher.write(CameraSettings(name="Hall", source=first.url)))
        watcher.sees("Hall")
        watcher.write(CameraSettings(name="Hall", source=second.url))
        wait_until(lambda: second.viewers == 1)
        wait_until(lambda: first.viewers == 0)
        watcher.sees("Hall")


def test_a_room_that_was_named_is_watched_on_when_the_settings_lose_it(watcher: Watcher) -> None:
    with stamped_camera() as first, stamped_camera() as second:
        hall = CameraSettings(name="Hall", source=first.url)
        bath = CameraSettings(name="Bath", source=second.url)
        watcher.run(watcher.write(hall, bath), "Hall")
        watcher.sees("Hall")
        watcher.write(bath)
        watcher.sees("Hall")
        assert second.viewers == 0


def test_a_change_that_comes_while_it_ends_starts_no_room(watcher: Watcher) -> None:
    with stamped_camera() as first, stamped_camera() as second:
        hall = CameraSettings(name="Hall", source=first.url)
        watcher.run(watcher.write(hall))
        watcher.sees("Hall")
        watcher.stop.set()
        watcher.write(hall, CameraSettings(name="Bath", source=second.url))
        watcher.end()
        assert (first.viewers, second.opened) in ((0, 0), (1, 0))


def test_a_change_while_a_clip_is_looked_through_starts_nothing(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = paths.resources_dir() / "demo" / "demo_fall.mp4"
    look = SettingsFile.look
    changes = [Settings(sensitivity="high")]

    def look_once(self: SettingsFile) -> tuple[Settings, Settings] | None:
        return (Settings(), changes.pop()) if changes else look(self)

    monkeypatch.setattr(SettingsFile, "look", look_once)
    monkeypatch.setattr(Watcher, "step", lambda self, frame: _slowly(frame, changes))
    result = run_headless(str(clip), Settings(alarm=AlarmSettings(sound_enabled=False)), None)
    assert result.error is None
    assert len(watcher.made) == 1
    assert not [each for each in threading.enumerate() if each.name.startswith("fallwatch-capture")]


def _slowly(frame: Frame, changes: list[Settings]) -> Analysis:
    if frame.index == 0:
        wait_until(lambda: not changes)
    return Analysis(frame)
