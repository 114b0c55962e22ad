"""int8 weights take the place of the FP16 ones only if they are as good."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from fallwatch.classifiers.manifest import load_manifest
from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import Image
from tests.train.synthetic import SIDE_PX, samples
from train.data.samples import DataSummary
from train.data.splits import split_samples
from train.loop import TrainOutcome
from train.model.networks import build_network
from train.model.variants import VARIANTS
from train.options import TrainOptions
from train.release import package as package_module
from train.release.package import package_int8, package_weights
from train.run import Finished, Run
from train.score.metrics import measure

VARIANT = VARIANTS["resnet18-baseline"]


@pytest.fixture
def finished(backbones: dict[str, str]) -> Finished:
    """A run as it is before export, with figures that nobody measured."""
    data = samples(64, per_source=2)
    split = split_samples(data, "honest", 1)
    network = build_network(VARIANT, backbones["resnet18"]).eval()
    figures = measure(data.labels, np.full(64, 0.6), data.sources).as_dict()
    report = {
        "protocol": "honest", "best_epoch": 1, "ece_before_temperature": 0.1,
        "metrics": {"all": figures}, "recipe": "published", "settings": {}, "seed": 1,
        "data": {}, "split": {}, "start_weights": {}, "versions": {},
    }  # fmt: skip
    options = TrainOptions(VARIANT.name, [])
    run = Run(options, "honest", InputSpec(side_px=SIDE_PX), data, split, DataSummary())
    return Finished(run, TrainOutcome(network, 1, []), network, 1.0, 0.5, report)


@pytest.mark.parametrize(("wrong", "kept"), [(0, True), (3, False)])
def test_int8_is_kept_only_if_f1_hardly_falls(
    wrong: int, kept: bool, finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert package_weights(finished, tmp_path) < 0.01
    labels = finished.run.samples.labels[finished.run.split.val]
    right = np.where(labels == 0, 0.9, 0.1)

    def copy(model_xml: Path, target_xml: Path, crops: Image, spec: InputSpec) -> None:
        for suffix in (".xml", ".bin"):
            shutil.copy(model_xml.with_suffix(suffix), target_xml.with_suffix(suffix))

    def say(folder: Path, crops: Image) -> np.ndarray:
        is_int8 = folder.parent != tmp_path
        return np.where(np.arange(len(labels)) < wrong, 1 - right, right) if is_int8 else right

    monkeypatch.setattr(package_module, "quantise", copy)
    monkeypatch.setattr(package_module, "app_p_fall", say)
    before, after, was_kept = package_int8(finished, tmp_path)
    assert was_kept is kept
    assert before == 1.0
    assert (after < 0.99) is not kept
    precision = load_manifest(tmp_path, VARIANT.name).provenance["weights_precision"]
    assert precision == ("int8" if kept else "fp16")
