"""The crop classifier, run by OpenVINO."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fallwatch.classifiers.manifest import CLASSES, WeightsError, load_manifest
from fallwatch.classifiers.preprocessing import InputSpec, to_input
from fallwatch.core.logistic import probability
from fallwatch.core.message import Message
from fallwatch.core.types import Floats, PersonCrop, Prediction
from fallwatch.system.inference_device import CPU, Inference, Network
from fallwatch.system.openvino_runtime import openvino_core


class OpenVinoClassifier:
    """Loads ``<weights_dir>/<variant>/`` and classifies crops, on the CPU with one thread.

    One thread, because each camera's analysis has its own: pools beside each other on two cores
    made all of them several times slower.

    Args:
        weights_dir: Folder of the variants.
        variant: Name of the variant.
        device: What runs it, as OpenVINO names devices.

    Raises:
        WeightsError: The weights are missing, damaged or of the wrong kind.
    """

    def __init__(self, weights_dir: Path, variant: str, device: str = CPU) -> None:
        manifest = load_manifest(weights_dir, variant)
        self._variant = variant
        self._spec = manifest.input.to_spec()
        self._temperature = manifest.temperature
        path = weights_dir / variant / "model.xml"
        try:
            self._network = Network(
                variant,
                openvino_core().read_model(path),
                device,
                {"INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"},
            )
            self._ask = Inference(self._network)
            self._check_shape(path)
        except RuntimeError as error:
            raise WeightsError(
                Message(
                    "OpenVINO cannot load {0} ({1}). Export '{2}' again.",
                    (str(path), str(error).splitlines()[0], variant),
                )
            ) from error

    @property
    def variant(self) -> str:
        """Name of the weights."""
        return self._variant

    @property
    def device(self) -> str:
        """The device that runs it now."""
        return self._network.device

    @property
    def input_spec(self) -> InputSpec:
        """How crops must be cut for this network."""
        return self._spec

    def classify(self, crops: Sequence[PersonCrop]) -> list[Prediction]:
        """See `fallwatch.core.protocols.Classifier.classify`."""
        if not crops:
            return []
        logits = self._infer(to_input(crops, self._spec))
        return [Prediction(p_fall=float(p)) for p in fall_probability(logits, self._temperature)]

    def _infer(self, batch: Floats) -> Floats:
        return np.asarray(self._ask(batch)[0], dtype=np.float32)

    def _check_shape(self, path: Path) -> None:
        side = self._spec.side_px
        logits = self._infer(np.zeros((1, 3, side, side), dtype=np.float32))
        if logits.shape != (1, len(CLASSES)):
            raise WeightsError(
                Message(
                    "{0} gives an output of shape {1}, expected (1, {2}). Export '{3}' again.",
                    (str(path), str(logits.shape), len(CLASSES), self._variant),
                )
            )


def fall_probability(logits: Floats, temperature: float) -> Floats:
    """Softmax of the tempered logits, class Fall.

    Args:
        logits: (n, 2), columns Fall and Not Fall.
        temperature: Divides the logits.

    Returns:
        (n,) float32 between 0 and 1.
    """
    # With two classes softmax is a logistic of the difference.
    return probability((logits[:, 0] - logits[:, 1]) / temperature)
