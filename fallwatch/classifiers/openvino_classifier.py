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
from fallwatch.system.openvino_runtime import openvino_core


class OpenVinoClassifier:
    """Loads ``<weights_dir>/<variant>/`` and classifies crops on the CPU with one thread.

    One thread, because each camera's analysis has its own: pools beside each other on two cores
    made all of them several times slower.

    Raises:
        WeightsError: The weights are missing, damaged or of the wrong kind.
    """

    def __init__(self, weights_dir: Path, variant: str) -> None:
        manifest = load_manifest(weights_dir, variant)
        self._variant = variant
        self._spec = manifest.input.to_spec()
        self._temperature = manifest.temperature
        core = openvino_core()
        path = weights_dir / variant / "model.xml"
        try:
            self._model = core.compile_model(
                core.read_model(path),
                "CPU",
                {"INFERENCE_NUM_THREADS": 1, "PERFORMANCE_HINT": "LATENCY"},
            )
            self._request = self._model.create_infer_request()
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
        return np.asarray(self._request.infer({0: batch})[0], dtype=np.float32)

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
