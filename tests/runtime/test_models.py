"""Models: loaded while the window is put together, and again where settings ask for others."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from fallwatch.classifiers import shared_classifier
from fallwatch.core.message import Message
from fallwatch.pipeline.analysis_thread import Change
from fallwatch.pose import blazepose
from fallwatch.pose.networks import PoseModelError
from fallwatch.runtime import early_models
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.analyzers import build_models
from fallwatch.runtime.early_models import EarlyModels
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose_camera
from fallwatch.settings import CameraSettings, Settings
from fallwatch.system.device_failures import DEVICE_FAILURES
from tests.waiting import PATIENCE_S, wait_until


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


class Models:
    """Stands for loaded models; knows whether anybody still has it."""

    held = 0

    def __init__(self) -> None:
        Models.held += 1

    def __del__(self) -> None:
        Models.held -= 1


def test_they_are_loaded_beside_the_window_and_kept_for_the_rooms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window, loaded, asked = threading.Event(), threading.Event(), []

    def build(settings: Settings, weights_dir: Path | None) -> Models:
        assert window.wait(PATIENCE_S)
        asked.append(settings.variant)
        models = Models()
        loaded.set()
        return models

    monkeypatch.setattr(early_models, "build_models", build)
    with EarlyModels(Settings(variant="of an older version")):
        window.set()  # would come too late if the context waited for the models
        assert loaded.wait(PATIENCE_S)
        assert Models.held == 1
    assert Models.held == 0
    assert asked == [Settings().variant]


def test_they_go_after_a_while_if_no_room_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(early_models, "build_models", lambda *_: Models())
    monkeypatch.setattr(early_models, "_KEPT_S", 0.01)
    with EarlyModels(Settings()) as early:
        wait_until(lambda: not early._thread.is_alive())
        assert Models.held == 0


def test_what_goes_wrong_is_left_to_the_room_that_needs_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def build(*_: object) -> None:
        raise PoseModelError(Message("Damaged."))

    monkeypatch.setattr(early_models, "build_models", build)
    with EarlyModels(Settings()) as early:
        wait_until(lambda: not early._thread.is_alive())


def test_classifier_and_pose_model_are_loaded_at_the_same_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = threading.Barrier(2, timeout=PATIENCE_S)

    def wait_for_the_other(*_: object) -> None:
        both.wait()
        raise PoseModelError(Message("Both were here."))

    monkeypatch.setattr(shared_classifier, "shared_classifier", wait_for_the_other)
    monkeypatch.setattr(blazepose, "BlazePose", wait_for_the_other)
    with pytest.raises(PoseModelError, match="Both were here"):
        build_models(Settings())


def test_a_device_that_fails_before_anybody_listens_is_told_to_the_first_who_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rooms share the networks, now on the processor: the device does not fail once more."""
    told = threading.Event()

    def build(*_: object) -> Models:
        DEVICE_FAILURES.tell(Message("The graphics processor failed."))
        told.set()
        return Models()

    monkeypatch.setattr(early_models, "build_models", build)
    heard: list[Message] = []
    with EarlyModels(Settings()):
        assert told.wait(PATIENCE_S)
        for _ in range(2):
            DEVICE_FAILURES.listen(heard.append)()
    assert [str(message) for message in heard] == ["The graphics processor failed."]
    DEVICE_FAILURES.tell(Message("Afterwards nothing is kept."))
    DEVICE_FAILURES.listen(heard.append)()
    assert len(heard) == 1


@pytest.mark.parametrize("error", [ImportError("DLL load failed"), OSError("no such library")])
def test_a_window_opens_also_where_the_models_cannot_be_imported(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """Its rooms say so, and alarms that wait for an answer are shown."""

    def fail() -> None:
        raise error

    monkeypatch.setattr(early_models, "import_models", fail)
    opened = False
    with EarlyModels(Settings()):
        opened = True
    assert opened


def test_a_driver_that_hangs_does_not_keep_the_program_from_ending(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Else the next start finds a fallwatch that runs, and watches nothing."""
    release = threading.Event()
    monkeypatch.setattr(early_models, "build_models", lambda *_: release.wait(PATIENCE_S))
    monkeypatch.setattr(early_models, "_LONGEST_END_S", 0.05, raising=False)
    with EarlyModels(Settings()) as early:
        pass
    assert early._thread.is_alive()
    assert early._thread.daemon, "the process ends without it"
    release.set()
    early._thread.join(PATIENCE_S)
