"""The decoder: a room follows the settings, and the alarm of one that failed ends with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fallwatch.core.message import Message
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.settings import CameraSettings, Settings
from fallwatch.sources.decoding.video_decoder import VideoDecoder
from fallwatch.system.device_failures import DECODER_FAILURES, DEVICE_FAILURES
from fallwatch.system.secrets.passwords import Passwords
from tests.sources.decoding.fakes import PATIENCE_S, Bench
from tests.waiting import wait_until


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


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({"decoder": "auto"}, {"device_failed"}),
        ({"inference_device": "gpu"}, {"decoder_failed"}),
        ({"sensitivity": "high"}, {"device_failed", "decoder_failed"}),
    ],
)
def test_the_alarm_of_a_device_ends_when_another_is_chosen_and_that_of_others_goes_on(
    tmp_path: Path, changed: dict[str, object], left: set[str]
) -> None:
    settings = [Settings()]
    open_kinds: list[set[str]] = [set()]
    services = AlarmServices(lambda: settings[-1], Passwords(), folder=tmp_path, channels=[])
    services.attend(lambda alarms: open_kinds.append({alarm.kind for alarm in alarms}))
    services.start()
    try:
        DEVICE_FAILURES.tell(Message("The graphics processor failed."))
        DECODER_FAILURES.tell(Message("It decodes no more."))
        wait_until(lambda: open_kinds[-1] == {"device_failed", "decoder_failed"})
        settings.append(Settings.model_validate(changed))
        services.follow()
        assert open_kinds[-1] == left
    finally:
        services.stop()
    DECODER_FAILURES.tell(Message("Nobody listens any more."))
    assert open_kinds[-1] == left
