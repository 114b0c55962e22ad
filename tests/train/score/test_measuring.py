"""Finished weights are measured on any labelled images, at their own threshold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from fallwatch.classifiers.preprocessing import InputSpec
from tests.train.synthetic import SPEC, samples, write_crop_folder, write_yolo_set
from train.__main__ import app
from train.data.samples import load_samples
from train.errors import TrainError
from train.model.networks import build_network
from train.model.variants import VARIANTS
from train.release.export import Card, export
from train.score.measuring import app_p_fall, measure_weights
from train.score.metrics import fall_f1

VARIANT = "resnet18-baseline"
RUNNER = CliRunner()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory, backbones: dict[str, str]) -> Path:
    """Weights that have learnt nothing, for wide crops."""
    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)
    network = build_network(VARIANTS[VARIANT], backbones["resnet18"]).eval()
    wide = InputSpec(side_px=SPEC.side_px, margin=0.5)
    export(network, wide, Card(VARIANT, 1.0, 0.5, {}, {}), samples(4).crops, folder)
    return folder


def test_people_are_cut_as_the_weights_want_and_judged_at_their_threshold(
    weights: Path, tmp_path: Path
) -> None:
    study = write_yolo_set(tmp_path / "study", count=6)
    mine = write_crop_folder(tmp_path / "mine", recordings=3)
    figures, summary = measure_weights(weights, VARIANT, [study, mine])
    assert list(figures) == ["all", "mine", "study"]
    assert [of.count for of in figures.values()] == [24, 12, 12]
    assert summary.images == {"study": 12, "mine": 12}
    crops, _ = load_samples([study], InputSpec(side_px=SPEC.side_px, margin=0.5))
    p_fall = app_p_fall(weights / VARIANT, crops.crops)
    assert figures["study"].f1 == pytest.approx(fall_f1(crops.labels, p_fall, 0.5))
    assert figures["study"].accuracy == np.mean((p_fall < 0.5) == crops.labels)


def test_the_command_says_how_good_they_are(weights: Path, tmp_path: Path) -> None:
    study = write_yolo_set(tmp_path / "study", count=6)
    result = RUNNER.invoke(
        app,
        ["measure", "--data", str(study), "--weights", str(weights), "--variant", VARIANT],
    )
    assert result.exit_code == 0, result.output
    assert "all: F1 of Fall" in result.output
    assert "12 people of 12 recordings and scenes" in result.output


def test_unknown_weights_are_one_clear_sentence(weights: Path, tmp_path: Path) -> None:
    study = write_yolo_set(tmp_path / "study", count=2)
    with pytest.raises(TrainError, match="no weights for 'resnet50'"):
        measure_weights(weights, "resnet50", [study])
