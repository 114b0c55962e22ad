"""Inference of a network on a device of this computer, and on its processor once that fails.

Every network is asked through a `Network`. Whatever happens to a graphics processor or a neural
one (its driver restarts, it is taken away, it hangs), the frame in hand is judged by the
processor, and so are all that follow.
"""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from fallwatch.core.message import Message
from fallwatch.core.types import Floats
from fallwatch.system.device_failures import DEVICE_FAILURES, DeviceFailures
from fallwatch.system.openvino_runtime import openvino_core

_log = logging.getLogger(__name__)

#: The processor: always there, and what all figures of the README were measured with.
CPU = "CPU"

#: A device that takes longer for one frame than this hangs.
_LONGEST_MS = 800

#: What OpenVINO makes of whatever a driver throws.
_DRIVER_ERRORS = (RuntimeError, MemoryError, OSError, ValueError, TypeError)

#: What is asked of all devices: the same numbers everywhere, whatever shorter ones a processor
#: knows. Where it took floats of 16 bits by itself, probabilities were off by up to 0.03.
_SAME_NUMBERS = {"INFERENCE_PRECISION_HINT": "f32"}


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """A network on one device.

    Attributes:
        device: As OpenVINO names it.
        network: An ``openvino.CompiledModel``.
    """

    device: str
    network: Any


class Network:
    """A network that several threads use, each by an `Inference` of its own.

    Args:
        name: For the log.
        model: The network as OpenVINO read it, an ``openvino.Model``.
        device: As OpenVINO names devices, such as ``GPU`` or ``NPU``.
        cpu_options: OpenVINO's properties where the processor runs it.
        failures: Told when the device fails.

    Raises:
        RuntimeError: The processor cannot run it either.
    """

    def __init__(
        self,
        name: str,
        model: Any,
        device: str,
        cpu_options: Mapping[str, object],
        failures: DeviceFailures = DEVICE_FAILURES,
    ) -> None:
        self._name = name
        self._model = model
        self._cpu_options = dict(cpu_options)
        self._failures = failures
        self._lock = threading.Lock()
        self._compiled = self._first_compiled(device)

    @property
    def device(self) -> str:
        """The device that runs it now."""
        return self.compiled().device

    def compiled(self) -> Compiled:
        """The network on its device, on the processor after that has failed."""
        with self._lock:
            return self._compiled

    def fall_back(self, failed: Compiled, error: Exception) -> None:
        """Let the processor run it from now on.

        Args:
            failed: What failed; without effect if it was replaced already.
            error: How it failed.

        Raises:
            Exception: ``error``, if it was the processor that failed; or the processor cannot run
                the network. It is tried again at the next failure.
        """
        with self._lock:
            if failed is not self._compiled:
                return
            if failed.device == CPU:
                raise error
            self._compiled = self._on_processor()
        self._tell(failed.device, error)

    def _first_compiled(self, device: str) -> Compiled:
        if device != CPU:
            try:
                network = openvino_core().compile_model(self._model, device, _SAME_NUMBERS)
            except _DRIVER_ERRORS as error:
                self._tell(device, error)
            else:
                return Compiled(device, network)
        return self._on_processor()

    def _on_processor(self) -> Compiled:
        options = {**_SAME_NUMBERS, **self._cpu_options}
        network = openvino_core().compile_model(self._model, CPU, options)
        self._model = None  # nothing comes after the processor
        return Compiled(CPU, network)

    def _tell(self, device: str, error: Exception) -> None:
        _log.warning("%s failed on %s: %s", self._name, device, error)
        self._failures.tell(
            Message(
                "The device {0} failed, and the processor judges the frames instead. Nothing is "
                "missed, but fewer rooms may be possible. Update its driver and start fallwatch "
                "again, or choose the processor in Settings > Advanced.",
                (device,),
            )
        )


class Inference:
    """One user's way to ask a network. One owner thread.

    Args:
        network: The network.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._compiled: Compiled | None = None
        self._request: Any = None

    def __call__(self, batch: np.ndarray[Any, Any]) -> list[Floats]:
        """Its outputs, in order, each an array of this thread's own until the next call.

        Args:
            batch: The input, as the network wants it.

        Raises:
            RuntimeError: The processor failed.
        """
        while True:
            compiled = self._network.compiled()
            try:
                if compiled is not self._compiled:
                    self._request = compiled.network.create_infer_request()
                    self._compiled = compiled
                return self._ask(compiled.device, batch)
            except _DRIVER_ERRORS as error:
                self._network.fall_back(compiled, error)

    def _ask(self, device: str, batch: np.ndarray[Any, Any]) -> list[Floats]:
        request = self._request
        if device == CPU:
            return list(request.infer({0: batch}).to_tuple())
        request.start_async({0: batch})
        if not request.wait_for(_LONGEST_MS):
            self._abandon()
            raise RuntimeError(f"no answer within {_LONGEST_MS} ms")
        outputs = [np.array(output.data) for output in request.output_tensors]
        if not all(np.isfinite(output).all() for output in outputs):
            raise RuntimeError("its results are no numbers")
        return outputs

    def _abandon(self) -> None:
        """Never let go of a request that hangs: that waits for it, and holds all threads."""
        for each in (self._request, self._compiled):
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(each))
        self._compiled = self._request = None
