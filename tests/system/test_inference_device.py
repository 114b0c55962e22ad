"""Another device than the processor: the same results, and nothing lost when it fails."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fallwatch import paths
from fallwatch.core.message import Message
from fallwatch.pose.networks import shared_networks
from fallwatch.system import device_choice, inference_device
from fallwatch.system.device_choice import device_named, devices, keep_choice
from fallwatch.system.device_failures import DeviceFailures
from fallwatch.system.inference_device import CPU, Inference, Network

_PATCH = np.arange(224 * 224 * 3, dtype=np.uint8).reshape(1, 224, 224, 3)


class FakeRequest:
    """A request of a device that does what a test tells it."""

    def __init__(self, core: FakeCore, device: str) -> None:
        self._core, self._device = core, device

    def start_async(self, inputs: dict[int, Any]) -> None:
        if self._core.breaks:
            raise self._core.error
        self._batch = inputs[0]

    def wait_for(self, timeout_ms: int) -> bool:
        return not self._core.hangs

    def infer(self, inputs: dict[int, Any]) -> Any:
        if self._device != CPU:
            self._core.judged_by_device += 1
        self._core.judged_by_cpu += 1
        return FakeOutputs((inputs[0] + 1.0,))

    @property
    def output_tensors(self) -> list[Any]:
        return [FakeTensor(self._batch + 1.0)]


class FakeOutputs:
    def __init__(self, outputs: tuple[Any, ...]) -> None:
        self._outputs = outputs

    def to_tuple(self) -> tuple[Any, ...]:
        return self._outputs


class FakeTensor:
    def __init__(self, data: Any) -> None:
        self.data = data


class FakeCore:
    """OpenVINO with a graphics processor that fails when a test says so."""

    def __init__(self) -> None:
        self.absent = self.breaks = self.hangs = self.processor_fails = False
        self.error: BaseException = RuntimeError("the driver is gone")
        self.judged_by_cpu = self.judged_by_device = 0
        self.compiled: list[str] = []
        self.precisions: list[object] = []

    def compile_model(
        self, model: object, device: str, options: Mapping[str, object]
    ) -> FakeCompiled:
        self.precisions.append(options["INFERENCE_PRECISION_HINT"])
        if self.absent and device != CPU:
            raise RuntimeError("No such device")
        if self.processor_fails and device == CPU:
            raise RuntimeError("no memory")
        self.compiled.append(device)
        return FakeCompiled(self, device)


class FakeCompiled:
    def __init__(self, core: FakeCore, device: str) -> None:
        self._core, self._device = core, device

    def create_infer_request(self) -> FakeRequest:
        return FakeRequest(self._core, self._device)


@pytest.fixture
def core(monkeypatch: pytest.MonkeyPatch) -> FakeCore:
    fake = FakeCore()
    monkeypatch.setattr(inference_device, "openvino_core", lambda: fake)
    return fake


def network(failures: DeviceFailures) -> Network:
    return Network("eye", object(), "GPU", {}, failures)


def test_a_device_that_works_is_used(core: FakeCore) -> None:
    ask = Inference(network(DeviceFailures()))
    assert ask(np.ones(3))[0].tolist() == [2.0, 2.0, 2.0]
    assert core.judged_by_cpu == 0
    assert core.compiled == ["GPU"]


def test_processors_that_know_shorter_numbers_give_the_same_as_others(core: FakeCore) -> None:
    Network("eye", object(), CPU, {}, DeviceFailures())
    network(DeviceFailures())
    assert core.precisions == ["f32", "f32"]


@pytest.mark.parametrize("how", ["breaks", "hangs"])
def test_the_frame_in_hand_is_judged_by_the_processor_when_the_device_fails(
    core: FakeCore, how: str
) -> None:
    failures, told = DeviceFailures(), list[Message]()
    failures.listen(told.append)
    used = network(failures)
    ask, another = Inference(used), Inference(used)
    ask(np.ones(3))
    another(np.ones(3))
    setattr(core, how, True)
    assert ask(np.full(3, 5.0))[0].tolist() == [6.0, 6.0, 6.0]
    assert another(np.zeros(3))[0].tolist() == [1.0, 1.0, 1.0]
    assert (core.judged_by_cpu, used.device, core.compiled) == (2, CPU, ["GPU", CPU])
    assert len(told) == 1, "told once, however many networks and rooms"
    assert "GPU failed" in str(told[0])


def test_a_device_that_is_not_there_is_told_and_the_processor_judges(core: FakeCore) -> None:
    core.absent = True
    failures, told = DeviceFailures(), list[Message]()
    failures.listen(told.append)
    assert Inference(network(failures))(np.zeros(1))[0].tolist() == [1.0]
    assert len(told) == 1


def test_results_that_are_no_numbers_are_a_failure(core: FakeCore) -> None:
    used = network(DeviceFailures())
    assert Inference(used)(np.full(2, np.nan))[0].shape == (2,)
    assert (used.device, core.judged_by_cpu) == (CPU, 1)


def test_an_error_of_any_kind_is_a_failure_of_the_device(core: FakeCore) -> None:
    core.error = MemoryError("out of memory")
    core.breaks = True
    used = network(DeviceFailures())
    assert Inference(used)(np.zeros(1))[0].tolist() == [1.0]
    assert used.device == CPU


def test_a_processor_that_cannot_take_over_at_once_is_tried_again(core: FakeCore) -> None:
    core.breaks = core.processor_fails = True
    used = network(DeviceFailures())
    ask = Inference(used)
    with pytest.raises(RuntimeError, match="no memory"):
        ask(np.zeros(1))
    assert used.device == "GPU"
    core.processor_fails = False
    assert ask(np.zeros(1))[0].tolist() == [1.0]
    assert used.device == CPU


def test_a_room_that_was_about_to_ask_the_device_is_not_left_waiting_for_it(
    core: FakeCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    core.hangs = True
    used = network(DeviceFailures())
    before = used.compiled()
    used.fall_back(before, RuntimeError("another room saw it hang"))
    answers = iter([before])
    real = used.compiled
    monkeypatch.setattr(used, "compiled", lambda: next(answers, None) or real())
    assert Inference(used)(np.zeros(1))[0].tolist() == [1.0]
    assert core.judged_by_device == 0


def test_whoever_listens_no_more_is_not_called() -> None:
    failures, told = DeviceFailures(), list[Message]()
    failures.listen(told.append)()
    failures.tell(Message("Gone."))
    assert told == []


def test_an_error_of_the_processor_is_not_hidden(core: FakeCore) -> None:
    used = Network("eye", object(), CPU, {}, DeviceFailures())
    with pytest.raises(RuntimeError, match="out of memory"):
        used.fall_back(used.compiled(), RuntimeError("out of memory"))


@pytest.mark.parametrize("device", ["HETERO:CPU", "AUTO:CPU"])
def test_openvinos_other_ways_give_the_same_numbers(device: str) -> None:
    here = Inference(shared_networks(paths.weights_dir()).detector)
    other = shared_networks(paths.weights_dir(), device).detector
    there = Inference(other)
    assert other.device == device
    for ours, theirs in zip(here(_PATCH), there(_PATCH), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-3)
    assert other.device == device, "it did not fall back"


def test_several_rooms_may_ask_at_once_while_it_fails(core: FakeCore) -> None:
    used = network(DeviceFailures())
    core.breaks = True
    answers: list[float] = []

    def room(number: int) -> None:
        ask = Inference(used)
        answers.extend(float(ask(np.array([number]))[0][0]) for _ in range(20))

    threads = [threading.Thread(target=room, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == sorted(float(n + 1) for n in range(6) for _ in range(20))
    assert core.compiled == ["GPU", CPU]


def test_the_setting_names_a_device() -> None:
    assert [device_named(name) for name in ("cpu", "gpu", "npu")] == ["CPU", "GPU", "NPU"]
    assert CPU in devices()


def test_automatic_is_the_processor_until_another_was_measured_and_is_still_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = {CPU: "a cpu", "GPU": "a card"}
    monkeypatch.setattr(device_choice, "devices", lambda: found)
    assert device_named("auto") == CPU
    keep_choice("GPU")
    assert device_named("auto") == "GPU"
    found["GPU"] = "another card"
    assert device_named("auto") == CPU


@pytest.mark.parametrize("content", ["", "[]", '{"device": 3}', '{"device": "GPU"}'])
def test_a_choice_that_cannot_be_read_is_the_processor(content: str) -> None:
    path = paths.cache_dir() / device_choice.CHOICE_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(content)
    assert device_named("auto") == CPU
