"""Where the chosen classifier is missing a room is watched with the default one, and told of."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.core.types import Analysis, Frame
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.headless.command import run_all
from fallwatch.runtime import room_watch
from fallwatch.runtime.analyzers import with_variant_at_hand
from fallwatch.runtime.room_watch import VARIANT_MISSING
from fallwatch.settings import AlarmSettings, CameraSettings, Settings
from tests.faults.camera.stamped_camera import stamped_camera


def test_a_room_is_watched_with_the_default_one(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, used = threading.Event(), []

    class Glance:
        def step(self, frame: Frame) -> Analysis:
            stop.set()
            return Analysis(frame)

        def close(self) -> None: ...

    def build(name: str, settings: Settings, *_: object) -> Glance:
        used.append(settings.variant)
        return Glance()

    monkeypatch.setattr(room_watch, "build_analyzer", build)
    with stamped_camera() as camera:
        settings = Settings(
            variant="of an older version",
            cameras=(CameraSettings(name="Hall", source=camera.url),),
            alarm=AlarmSettings(sound_enabled=False),
        )
        assert run_all(settings, None, stop=stop).error is None
    assert used == [Settings().variant]
    store = EventStore(paths.data_dir() / STORE_FILE)
    (told,) = [alarm for alarm in store.all() if alarm.kind == VARIANT_MISSING]
    store.close()
    assert "of an older version" in str(told.evidence[0])


def test_a_variant_that_is_there_is_used() -> None:
    settings = Settings()
    assert with_variant_at_hand(settings) == (settings, None)


def test_without_any_weights_nothing_else_is_chosen(tmp_path: Path) -> None:
    settings = Settings(variant="mine")
    assert with_variant_at_hand(settings, tmp_path) == (settings, None)
