"""The mean of several runs is a network of its own, told from what the runs kept back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from fallwatch.classifiers.manifest import load_manifest
from tests.train.synthetic import write_crop_folder, write_yolo_set
from train.__main__ import app
from train.errors import TrainError
from train.soup import best_threshold, make_soup, mean_weights

RUNNER = CliRunner()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, backbones: dict[str, str]) -> Path:
    """Two finished runs that kept other recordings back, and the same validation part."""
    home = tmp_path_factory.mktemp("soup")
    write_yolo_set(home / "study", count=14)
    write_crop_folder(home / "ward")
    for fold in ("0", "1"):
        result = RUNNER.invoke(
            app,
            [
                "resnet18-baseline", "--data", str(home / "study"), "--data", str(home / "ward"),
                "--backbone", backbones["resnet18"], "--epochs", "1", "--protocol", "honest",
                "--test-fold", fold, "--out", str(home / fold),
            ],
        )  # fmt: skip
        assert result.exit_code == 0, result.output
    return home


@pytest.fixture
def runs(home: Path) -> list[Path]:
    return [home / "0" / "honest", home / "1" / "honest"]


def test_the_mean_is_tested_on_what_all_kept_back_and_exported(
    runs: list[Path], home: Path, tmp_path: Path
) -> None:
    soup = make_soup(runs, [home / "study"], tmp_path)
    assert soup.metrics.count == 14
    manifest = load_manifest(tmp_path, "resnet18-baseline")
    assert manifest.threshold == pytest.approx(soup.card.threshold, abs=1e-4)
    assert [run["test_fold"] for run in manifest.provenance["mean_of"]] == [0, 1]
    assert manifest.metrics["test"]["all"]["count"] == 14
    assert soup.parity < 0.01


def test_one_run_alone_stays_what_it_is(runs: list[Path], home: Path, tmp_path: Path) -> None:
    soup = make_soup(runs[:1], [home / "study", home / "ward"], tmp_path)
    report = json.loads((runs[0] / "report.json").read_text())
    assert soup.card.temperature == pytest.approx(report["temperature"])
    assert soup.card.threshold == report["threshold"]


def test_the_command_tells_how_good_the_mean_is(
    runs: list[Path], home: Path, tmp_path: Path
) -> None:
    result = RUNNER.invoke(
        app,
        ["soup", *map(str, runs), "--data", str(home / "study"), "--weights", str(tmp_path)],
    )
    assert result.exit_code == 0, result.output
    assert "Mean of 2 runs: F1 of Fall" in result.output
    assert "on 14 crops" in result.output


def test_weights_are_averaged_and_counters_are_not() -> None:
    states = [
        {"weight": torch.tensor([1.0, 3.0]), "seen": torch.tensor(7)},
        {"weight": torch.tensor([3.0, 5.0]), "seen": torch.tensor(9)},
    ]
    mean = mean_weights(states)
    assert mean["weight"].tolist() == [2.0, 4.0]
    assert mean["seen"].item() == 7


def test_the_threshold_is_the_one_that_tells_the_classes_apart() -> None:
    p_fall = np.array([0.1, 0.2, 0.35, 0.3, 0.9])
    labels = np.array([1, 1, 0, 1, 0])
    assert best_threshold(p_fall, labels) == 0.35


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"protocol": "study"}, "chose on what it was tested on"),
        ({"recipe": "fallwatch"}, "differs from .* in recipe"),
        ({"start_weights": {"name": "other"}}, "differs from .* in start weights"),
        ({"predictions": []}, "no picture that every run kept back"),
    ],
)
def test_runs_that_do_not_belong_together_are_refused(
    change: dict[str, object], message: str, runs: list[Path], home: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(runs[1], other)
    report = json.loads((other / "report.json").read_text())
    (other / "report.json").write_text(json.dumps(report | change))
    with pytest.raises(TrainError, match=message):
        make_soup([runs[0], other], [home / "study"], tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_a_folder_without_a_run_and_data_of_another_are_named(
    runs: list[Path], home: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainError, match="holds no finished run"):
        make_soup([tmp_path], [home / "study"], tmp_path / "weights")
    with pytest.raises(TrainError, match="not what the runs were tested on"):
        make_soup(runs, [home / "ward"], tmp_path / "weights")
