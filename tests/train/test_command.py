"""The command line from folders to report and weights, and what it says when it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fallwatch.classifiers.manifest import load_manifest
from tests.train.conftest import small_run
from train.__main__ import app, main
from train.model.variants import VARIANTS

RUNNER = CliRunner()


def test_a_run_leaves_report_split_page_and_weights_of_both_protocols(run_folder: Path) -> None:
    for protocol in ("study", "honest"):
        report = json.loads((run_folder / protocol / "report.json").read_text())
        assert report["protocol"] == protocol
        assert len(report["history"]) == 2
        assert set(report["metrics"]["all"]) >= {"f1", "ece", "auroc", "intervals_95"}
        split = json.loads((run_folder / protocol / "split.json").read_text())
        assert not set(split["train"]) & set(split["test"])
        assert report["settings"]["refit"] is ("refit" in split) is (protocol == "honest")
    manifest = load_manifest(run_folder / "weights", "resnet18-baseline")
    assert manifest.metrics["protocol"] == "honest"
    assert manifest.provenance["seed"] == 4
    assert manifest.provenance["data"]["licences"] == {"study": "not stated: ask its owner"}


def test_nothing_that_is_exported_names_a_folder_of_this_machine(run_folder: Path) -> None:
    exported = [*(run_folder / "weights").rglob("model.*")]
    assert {path.name for path in exported} == {"model.json", "model.xml", "model.bin"}
    for path in exported:
        assert os.fsencode(run_folder.parent) not in path.read_bytes()


def test_the_list_shows_every_variant() -> None:
    result = RUNNER.invoke(app, ["list"], env={"COLUMNS": "250"})
    assert result.exit_code == 0
    assert all(result.output.count(name) == 2 for name in VARIANTS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["resnet18-baseline", "--data", "nowhere"], "does not exist"),
        (["table", "nowhere"], "no finished run"),
        (["second-eye", "--package", "nowhere"], "There is no file nowhere"),
    ],
)
def test_a_failure_is_one_sentence_and_status_two(
    arguments: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", ["train", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert words in error
    assert "Traceback" not in error


def test_help_and_list_do_not_load_torch() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from train.__main__ import app; "
        "assert CliRunner().invoke(app, ['resnet18-baseline', '--help']).exit_code == 0; "
        "assert CliRunner().invoke(app, ['list']).exit_code == 0; "
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, timeout=60, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_two_processes_give_the_figures_of_one(
    run_folder: Path, tmp_path: Path, backbones: dict[str, str]
) -> None:
    command = [
        sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2",
        "-m", "train", *small_run(run_folder.parent / "study", backbones),
        "--protocol", "study", "--device", "cpu", "--threads", "1", "--out", str(tmp_path),
    ]  # fmt: skip
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, check=False, timeout=150, capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    alone, together = (
        json.loads((folder / "study" / "report.json").read_text())
        for folder in (run_folder, tmp_path)
    )
    assert together["split"] == alone["split"]
    for one, two in zip(alone["history"], together["history"], strict=True):
        assert two["train_loss"] == pytest.approx(one["train_loss"], rel=1e-3)
        assert two["tune_loss"] == pytest.approx(one["tune_loss"], rel=1e-3)
        # One crop at the threshold may fall to the other side.
        assert two["tune_f1"] == pytest.approx(one["tune_f1"], abs=0.1)
