"""The second eye is written whole, with its manifest and licences, or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fallwatch.system.openvino_runtime import openvino_core
from tests.train.release.second_eye.tiny_package import MIT, network_files, write_package
from train.__main__ import app
from train.errors import TrainError
from train.release.second_eye import make, npm_package
from train.release.second_eye.make import make_second_eye
from train.release.tfjs.graph import Array

PEOPLE = np.linspace(0, 1, 6 * 56, dtype=np.float32).reshape(1, 6, 56)
#: What the network really says: its weights are stored in 16 bits.
STORED = PEOPLE.astype(np.float16).astype(np.float32)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package whose network says of every image what TensorFlow.js would."""
    return _package(tmp_path, monkeypatch, PEOPLE, expected=STORED[0, 0])


def _package(folder: Path, monkeypatch: pytest.MonkeyPatch, people: Array, expected: Array) -> Path:
    path = folder / "package.tgz"
    monkeypatch.setattr(npm_package, "INTEGRITY", write_package(path, network_files(people)))
    monkeypatch.setattr(make, "expected_rows", lambda: {(64, 96): expected, (32, 32): expected})
    return path


def test_the_command_writes_network_manifest_and_licences(package: Path, tmp_path: Path) -> None:
    arguments = ["second-eye", "--package", str(package), "--weights", str(tmp_path / "weights")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "differs by at most 0 from TensorFlow.js" in result.output
    folder = tmp_path / "weights" / "second-eye"
    manifest = json.loads((folder / "networks.json").read_text())
    assert manifest["networks"] == ["model"]
    assert manifest["sha256"] == {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in ("LICENSE.txt", "model.bin", "model.xml")
    }
    weights = network_files(PEOPLE)["models/movenet-multipose.bin"]
    origin = manifest["origin"]
    assert origin["integrity"] == npm_package.INTEGRITY
    assert origin["sha256"]["models/movenet-multipose.bin"] == hashlib.sha256(weights).hexdigest()
    licences = (folder / "LICENSE.txt").read_text()
    assert MIT.decode().replace("\r\n", "\n") in licences
    assert "Apache License\n                           Version 2.0" in licences
    # Each changed file says that it was changed, as the licence asks.
    assert "Changed by fallwatch" in licences
    assert "Changed by fallwatch" in (folder / "model.xml").read_text()


def test_what_is_stored_takes_uint8_and_says_the_same(package: Path, tmp_path: Path) -> None:
    assert make_second_eye(package, "", tmp_path) == 0
    network = openvino_core().compile_model(tmp_path / "second-eye" / "model.xml", "CPU")
    assert tuple(network.input(0).shape) == make.INPUT_SHAPE
    said = network(np.zeros(make.INPUT_SHAPE, np.uint8))[0]
    np.testing.assert_array_equal(said, STORED)


def test_an_older_folder_is_replaced(package: Path, tmp_path: Path) -> None:
    old = tmp_path / "second-eye"
    old.mkdir()
    (old / "old.txt").write_text("old")
    make_second_eye(package, "", tmp_path)
    assert {path.name for path in old.iterdir()} == {
        "LICENSE.txt", "model.bin", "model.xml", "networks.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("people", "expected", "words"),
    [
        (PEOPLE, STORED[0, 0] + 0.002, r"differs .* by up to 0\.002 .* Nothing was written"),
        (PEOPLE, np.full(56, np.nan), r"differs .* by up to nan"),
        (PEOPLE[:, :5], STORED[0, 0], r"output is \(1, 5, 56\), expected \(1, 6, 56\)"),
    ],
)
def test_a_network_that_says_something_else_is_refused_and_the_old_one_stays(
    people: Array, expected: Array, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = _package(tmp_path, monkeypatch, people, expected)
    old = tmp_path / "second-eye"
    old.mkdir()
    (old / "model.xml").write_text("old")
    with pytest.raises(TrainError, match=words):
        make_second_eye(package, "", tmp_path)
    assert (old / "model.xml").read_text() == "old"


def test_a_network_that_openvino_cannot_run_is_refused(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        make, "_write_network", lambda _, to: (to / "model.xml").write_text("<net/>")
    )
    with pytest.raises(TrainError, match="OpenVINO cannot run the network"):
        make_second_eye(package, "", tmp_path)
    assert not (tmp_path / "second-eye").exists()
