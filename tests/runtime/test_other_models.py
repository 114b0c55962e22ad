"""A change of the settings that other models are loaded for reaches a room that is watched."""

from __future__ import annotations

import pytest

from fallwatch.pipeline.analysis_thread import Change
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.settings import CameraSettings, Settings
from fallwatch.sources.decoding.video_decoder import VideoDecoder
from tests.sources.decoding.fakes import PATIENCE_S, Bench


@pytest.mark.parametrize(
    ("changed", "loads"),
    [
        ({"variant": "resnet18-baseline"}, True),
        ({"max_people": 1}, True),
        ({"inference_device": "cpu"}, True),
        ({"sensitivity": "high"}, False),
        ({"long_lie_after_s": 30.0}, False),
    ],
)
def test_models_are_loaded_again_where_they_are_others(
    services: AlarmServices,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, object],
    loads: bool,
) -> None:
    choice = choose_camera(CameraSettings(name="Hall", source="0"))
    watch = RoomWatch(choice, Settings(inference_device="gpu"), services)
    asked: list[bool] = []

    def change_analyzer(change: Change, *, loads: bool = False) -> None:
        asked.append(loads)

    monkeypatch.setattr(watch._monitor, "change_analyzer", change_analyzer)
    watch.rejudge(choice, Settings(inference_device="gpu").model_copy(update=changed))
    assert asked == [loads]


@pytest.mark.parametrize("setting", ["processor", "auto"])
def test_a_room_that_is_begun_to_be_watched_is_decoded_as_the_settings_say(
    services: AlarmServices, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    decoder = VideoDecoder(lambda: frozenset({"h264"}))
    monkeypatch.setattr("fallwatch.runtime.room_watch.VIDEO_DECODER", decoder)
    choice = choose_camera(CameraSettings(name="Hall", source="rtsp://10.0.0.7/live"))
    watch = RoomWatch(choice, Settings.model_validate({"decoder": setting}), services)
    monkeypatch.setattr(watch._monitor, "start", lambda: None)
    watch.start()
    watch.stop()
    streams = Bench()
    decoder.open("Hall", streams.open_with, PATIENCE_S)
    assert streams.asked_hardware == [setting == "auto"]
