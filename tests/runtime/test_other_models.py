"""A change of the settings that other models are loaded for reaches a room that is watched."""

from __future__ import annotations

import pytest

from fallwatch.pipeline.analysis_thread import Change
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.settings import CameraSettings, Settings


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
