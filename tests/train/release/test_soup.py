"""The mean of several runs is a network of its own, calibrated on what the runs kept back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import logit
from typer.testing import CliRunner

from fallwatch.classifiers.manifest import load_manifest
from fallwatch.classifiers.preprocessing import InputSpec
from tests.train.synthetic import write_crop_folder, write_yolo_set
from train.__main__ import app
from train.data.samples import load_samples
from train.errors import TrainError
from train.release.soup import make_soup, mean_weights
from train.score.calibration import calibrated, fit_log_odds
from train.score.measuring import app_p_fall

RUNNER = CliRunner()

#: Its first test waits for two whole runs.
pytestmark = pytest.mark.timeout(900)


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
        _tell_falls(home / fold / "honest" / "report.json")
    return home


def _tell_falls(path: Path) -> None:
    """A network this small learns nothing of unseen recordings; let its report say it did."""
    report = json.loads(path.read_text())
    rng = np.random.default_rng(0)
    for row in report["predictions"]:
        if row["name"].startswith("ward"):
            row["p_fall"] = float(rng.beta(4, 3) if row["label"] == 0 else rng.beta(2, 5))
    path.write_text(json.dumps(report))


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


def test_the_mean_is_as_sure_as_the_runs(runs: list[Path], home: Path, tmp_path: Path) -> None:
    soup = make_soup(runs, [home / "study"], tmp_path)
    crops = load_samples([home / "study"], InputSpec())[0]
    reports = [json.loads((run / "report.json").read_text()) for run in runs]
    names = [row["name"] for row in reports[0]["predictions"] if row["name"].startswith("study")]
    rows = [crops.names.tolist().index(name) for name in names]
    p_fall = app_p_fall(tmp_path / "resnet18-baseline", crops.crops[rows])
    told = np.array(
        [[r["p_fall"] for r in report["predictions"] if r["name"] in names] for report in reports]
    )
    kept = [row for r in reports for row in r["predictions"] if not row["name"].startswith("study")]
    slope, shift = fit_log_odds(
        np.array([row["p_fall"] for row in kept]), np.array([row["label"] for row in kept])
    )
    expected = logit(calibrated(told, slope, shift))
    found = logit(p_fall)
    assert found.mean() == pytest.approx(expected.mean(), abs=0.1)
    assert found.std() == pytest.approx(expected.std(axis=1).mean(), rel=0.1)
    assert soup.metrics.count == len(rows)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"protocol": "study"}, "chose on what it was tested on"),
        ({"recipe": "fallwatch"}, "differs from .* in recipe"),
        ({"start_weights": {"name": "other"}}, "differs from .* in start weights"),
        ({"predictions": []}, "no image that every run kept back"),
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


def test_runs_that_know_nothing_of_unseen_recordings_are_refused(
    runs: list[Path], home: Path, tmp_path: Path
) -> None:
    wrong = []
    for number, run in enumerate(runs):
        wrong.append(tmp_path / str(number))
        shutil.copytree(run, wrong[-1])
        report = json.loads((run / "report.json").read_text())
        for row in report["predictions"]:
            row["p_fall"] = 0.3 if row["label"] == 0 else 0.7
        (wrong[-1] / "report.json").write_text(json.dumps(report))
    with pytest.raises(TrainError, match="no better than chance"):
        make_soup(wrong, [home / "study"], tmp_path / "weights")


def test_runs_that_kept_the_same_back_are_refused(
    runs: list[Path], home: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainError, match="Add runs with other --test-fold"):
        make_soup([runs[0], runs[0]], [home / "study", home / "ward"], tmp_path)


def test_a_folder_without_a_run_and_data_of_another_are_named(
    runs: list[Path], home: Path, tmp_path: Path
) -> None:
    with pytest.raises(TrainError, match="holds no finished run"):
        make_soup([tmp_path], [home / "study"], tmp_path / "weights")
    with pytest.raises(TrainError, match="not what the runs were tested on"):
        make_soup(runs, [home / "ward"], tmp_path / "weights")
