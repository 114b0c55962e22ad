"""The threshold of finished weights goes to where images they were not trained on ask for it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from fallwatch.classifiers.manifest import load_manifest
from tests.classifiers.tiny_weights import write_weights
from train.__main__ import app
from train.errors import TrainError
from train.release.threshold import move_threshold
from train.score.measuring import measure_weights

RUNNER = CliRunner()

#: The tiny network calls bright crops fallen, from this grey level on with its threshold of 0.5.
MIDDLE = 116


def write_grey_set(folder: Path, *, falls_from: int, recordings: int = 12) -> Path:
    """Crops of even grey; those at least so bright have fallen, and the others are darker."""
    rng = np.random.default_rng(0)
    for name, low, high in (("fall", falls_from, falls_from + 60), ("not_fall", 0, falls_from)):
        (folder / name).mkdir(parents=True)
        for i in range(recordings):
            level = int(rng.uniform(low, high))
            image = np.full((64, 64, 3), level, dtype=np.uint8)
            image[0, i] = 0  # no two files are the same
            cv2.imwrite(str(folder / name / f"{name}{i}__0.png"), image)
    return folder


def test_falls_that_were_missed_are_found_at_the_new_threshold(tmp_path: Path) -> None:
    weights = write_weights(tmp_path / "old").parent
    data = write_grey_set(tmp_path / "later", falls_from=MIDDLE - 40)
    moved = move_threshold(weights, "tiny", [data], tmp_path / "new")
    assert moved.threshold < 0.3
    assert moved.before.recall < 0.8
    assert moved.after.f1 > moved.before.f1
    figures, _ = measure_weights(tmp_path / "new", "tiny", [data])
    assert figures["all"].f1 > moved.before.f1


def test_all_but_the_threshold_stays_and_the_figures_are_kept(tmp_path: Path) -> None:
    weights = write_weights(tmp_path / "old").parent
    data = write_grey_set(tmp_path / "later", falls_from=MIDDLE - 40)
    moved = move_threshold(weights, "tiny", [data], tmp_path / "new")
    old, new = (load_manifest(tmp_path / name, "tiny") for name in ("old", "new"))
    assert new.threshold == pytest.approx(moved.threshold, abs=1e-4)
    assert (new.sha256, new.temperature, new.input) == (old.sha256, old.temperature, old.input)
    kept = new.metrics["moved_threshold"]
    assert (kept["from"], kept["people"]) == (old.threshold, {"later": 24})
    assert kept["f1"] == pytest.approx(moved.after.f1, abs=1e-4)


def test_the_command_writes_over_the_weights_it_read(tmp_path: Path) -> None:
    weights = write_weights(tmp_path / "old").parent
    data = write_grey_set(tmp_path / "later", falls_from=MIDDLE - 40)
    result = RUNNER.invoke(
        app,
        [
            "threshold", "--data", str(data), "--variant", "tiny",
            "--weights", str(weights), "--out", str(weights),
        ],
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    threshold = load_manifest(weights, "tiny").threshold
    assert threshold < 0.5
    assert f"Threshold {threshold:.3f}. 24 people" in result.output


def test_a_handful_of_people_is_refused(tmp_path: Path) -> None:
    weights = write_weights(tmp_path / "old").parent
    data = write_grey_set(tmp_path / "later", falls_from=MIDDLE, recordings=4)
    with pytest.raises(TrainError, match="fewer than 5 recordings or scenes with fallen people"):
        move_threshold(weights, "tiny", [data], tmp_path / "new")
    assert not (tmp_path / "new").exists()
