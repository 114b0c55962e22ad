"""All cameras share one network, and it goes when the last of them does."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import numpy as np
import pytest

from fallwatch.classifiers.manifest import WeightsError
from fallwatch.classifiers.shared_classifier import shared_classifier
from fallwatch.core.types import Box, PersonCrop, Prediction
from tests.classifiers.tiny_weights import write_weights


def crop(value: int) -> PersonCrop:
    return PersonCrop(np.full((64, 64, 3), value, dtype=np.uint8), Box(0, 0, 64, 64))


def test_cameras_with_the_same_weights_share_a_network(tmp_path: Path) -> None:
    write_weights(tmp_path)
    write_weights(tmp_path, "other")
    first = shared_classifier(tmp_path, "tiny")
    assert shared_classifier(tmp_path / "tiny" / "..", "tiny") is first
    assert shared_classifier(tmp_path, "other") is not first
    assert first.variant == "tiny"
    assert first.input_spec.side_px == 64
    assert first.classify([]) == []


def test_a_network_that_nobody_uses_any_more_is_let_go(tmp_path: Path) -> None:
    write_weights(tmp_path)
    classifier = shared_classifier(tmp_path, "tiny")
    del classifier
    gc.collect()
    (tmp_path / "tiny" / "model.bin").unlink()
    with pytest.raises(WeightsError):
        shared_classifier(tmp_path, "tiny")


def test_each_camera_gets_the_answers_to_its_own_crops(tmp_path: Path) -> None:
    write_weights(tmp_path)
    classifier = shared_classifier(tmp_path, "tiny")
    answers: dict[int, list[Prediction]] = {}

    def ask(value: int) -> None:
        answers[value] = [classifier.classify([crop(value)])[0] for _ in range(30)]

    threads = [threading.Thread(target=ask, args=(value,)) for value in (0, 255)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(each.p_fall < 0.1 for each in answers[0])
    assert all(each.p_fall > 0.9 for each in answers[255])
