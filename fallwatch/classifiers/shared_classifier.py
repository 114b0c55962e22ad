"""One network for all cameras: each further copy would take 45 MB and a second to load."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from weakref import WeakValueDictionary

from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier
from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import PersonCrop, Prediction
from fallwatch.system.inference_device import CPU


class SharedClassifier:
    """A classifier that several analyzers use, each on its own thread, one at a time.

    Args:
        classifier: The one behind it, which belongs to this object alone.
    """

    def __init__(self, classifier: OpenVinoClassifier) -> None:
        self._classifier = classifier
        self._lock = threading.Lock()

    @property
    def variant(self) -> str:
        """Name of the weights."""
        return self._classifier.variant

    @property
    def input_spec(self) -> InputSpec:
        """How crops must be cut for this network."""
        return self._classifier.input_spec

    def classify(self, crops: Sequence[PersonCrop]) -> list[Prediction]:
        """See `fallwatch.core.protocols.Classifier.classify`."""
        if not crops:
            return []
        with self._lock:
            return self._classifier.classify(crops)


# Weak, so that a network nobody uses any more leaves the memory, and new weights are read again.
_loaded: WeakValueDictionary[tuple[Path, str, str], SharedClassifier] = WeakValueDictionary()
_loading = threading.Lock()


def shared_classifier(weights_dir: Path, variant: str, device: str = CPU) -> SharedClassifier:
    """The classifier of these weights that is in use already, or a new one.

    Raises:
        fallwatch.classifiers.manifest.WeightsError: The weights are missing, damaged or of the
            wrong kind.
    """
    key = (weights_dir.resolve(), variant, device)
    with _loading:
        found = _loaded.get(key)
        if found is None:
            found = _loaded[key] = SharedClassifier(
                OpenVinoClassifier(weights_dir, variant, device)
            )
        return found
