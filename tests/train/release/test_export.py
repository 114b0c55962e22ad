"""An exported network gives torch's probabilities and loads in the app, or is not written."""

from __future__ import annotations

import copy
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from fallwatch.classifiers.manifest import CLASSES, load_manifest
from fallwatch.classifiers.openvino_classifier import OpenVinoClassifier
from fallwatch.classifiers.preprocessing import InputSpec
from fallwatch.core.types import Box, PersonCrop
from tests.train.synthetic import samples
from train.errors import TrainError
from train.model.networks import CropNetwork, build_network
from train.model.variants import VARIANTS
from train.release import export as export_module
from train.release.export import Card, export, torch_p_fall
from train.score.measuring import app_p_fall

SPEC = InputSpec(side_px=64)
CROPS = np.repeat(np.repeat(samples(8).crops, 2, axis=1), 2, axis=2)[:, :64, :64]
CARD = Card("resnet18-baseline", 1.5, 0.4, {"f1": 0.9}, {"seed": 1})


@pytest.fixture(scope="module")
def network(backbones: dict[str, str]) -> CropNetwork:
    torch.manual_seed(0)
    return build_network(VARIANTS["resnet18-baseline"], backbones["resnet18"]).eval()


def test_exported_weights_load_in_the_app_and_say_the_same(
    network: CropNetwork, tmp_path: Path
) -> None:
    difference = export(network, SPEC, CARD, CROPS, tmp_path)
    assert difference < 0.01
    manifest = load_manifest(tmp_path, "resnet18-baseline")
    assert manifest.classes == CLASSES == ("Fall", "Not Fall")
    assert (manifest.temperature, manifest.threshold) == (1.5, 0.4)
    assert manifest.input.to_spec() == SPEC
    assert manifest.metrics["f1"] == 0.9
    assert manifest.metrics["export_parity_max_difference"] == pytest.approx(difference, abs=1e-6)
    expected = torch_p_fall(network, SPEC, CROPS, 1.5)
    # The app may compute in bfloat16, where the processor has it.
    np.testing.assert_allclose(
        app_p_fall(tmp_path / "resnet18-baseline", CROPS), expected, atol=0.03
    )


def test_weights_that_sixteen_bits_would_change_are_stored_in_thirty_two(
    network: CropNetwork, tmp_path: Path
) -> None:
    wide = copy.deepcopy(network)
    with torch.no_grad():
        # Two large numbers whose difference is what counts: 16 bits know neither well enough.
        (head,) = (module for module in wide.head.modules() if isinstance(module, nn.Linear))
        head.weight.mul_(0.0)
        head.bias.copy_(torch.tensor([2000.4, 2000.0]))
    export(wide, SPEC, CARD, CROPS, tmp_path)
    manifest = load_manifest(tmp_path, "resnet18-baseline")
    assert manifest.provenance["weights_precision"] == "fp32"
    assert manifest.metrics["export_parity_max_difference"] < 0.001
    numbers = sum(parameter.numel() for parameter in network.parameters())
    size = (tmp_path / "resnet18-baseline" / "model.bin").stat().st_size
    assert size == pytest.approx(4 * numbers, rel=0.02)


def test_weights_are_stored_as_fp16(network: CropNetwork, tmp_path: Path) -> None:
    export(network, SPEC, CARD, CROPS, tmp_path)
    precision = load_manifest(tmp_path, "resnet18-baseline").provenance["weights_precision"]
    assert precision == "fp16"
    numbers = sum(parameter.numel() for parameter in network.parameters())
    size = (tmp_path / "resnet18-baseline" / "model.bin").stat().st_size
    assert size == pytest.approx(2 * numbers, rel=0.02)


def test_an_export_that_says_something_else_is_refused_and_the_old_one_stays(
    network: CropNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = tmp_path / "resnet18-baseline"
    old.mkdir()
    (old / "model.xml").write_text("old")
    expected = torch_p_fall(network, SPEC, CROPS, 1.5)
    monkeypatch.setattr(export_module, "ir_p_fall", lambda *_: expected + 0.011)
    with pytest.raises(TrainError, match=r"up to 0\.0110.*Nothing was written"):
        export(network, SPEC, CARD, CROPS, tmp_path)
    assert (old / "model.xml").read_text() == "old"


def test_the_app_gives_the_probability_of_fall_and_not_of_its_opposite(
    network: CropNetwork, tmp_path: Path
) -> None:
    head = network.head
    assert isinstance(head, torch.nn.Linear)
    before = head.bias.detach().clone()
    with torch.no_grad():
        head.bias.copy_(torch.tensor([50.0, -50.0]))
    try:
        export(network, SPEC, CARD, CROPS, tmp_path)
    finally:
        with torch.no_grad():
            head.bias.copy_(before)
    classifier = OpenVinoClassifier(tmp_path, "resnet18-baseline")
    assert classifier.classify([PersonCrop(CROPS[0], Box(0, 0, 1, 1))])[0].p_fall > 0.99


def test_no_usage_report_is_sent_on_export(
    network: CropNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[object] = []
    reporter = pytest.importorskip("openvino.tools.ovc.telemetry_stub")
    monkeypatch.setattr(reporter.Telemetry, "send_event", lambda *event, **_: sent.append(event))
    export(network, SPEC, CARD, CROPS, tmp_path)
    # What would have been reported went to the stub, which has no network.
    assert sent
    assert sys.modules["openvino_telemetry"] is None
