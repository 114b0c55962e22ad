"""Conversion of MediaPipe's networks: the same numbers, the same files, and refusals by name."""

from __future__ import annotations

import json
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fallwatch import paths
from fallwatch.pose.network_folder import load_network_manifest
from tests.pose.mediapipe_files import mediapipe_networks
from train.__main__ import app
from train.errors import TrainError
from train.release import pose_networks
from train.release.pose_networks import convert_pose_networks


def test_the_bundled_networks_are_those_that_the_command_makes(tmp_path: Path) -> None:
    mediapipe_networks()  # Skips where it is not installed.
    done = CliRunner().invoke(app, ["pose-networks", "--weights", str(tmp_path)])
    assert done.exit_code == 0, done.output
    made = load_network_manifest(tmp_path / "blazepose")
    bundled = load_network_manifest(paths.weights_dir() / "blazepose")
    assert made.origin == bundled.origin
    assert made.made["largest_difference"] == {"pose_detection": 0.0, "pose_landmark_full": 0.0}
    # The .xml files hold names that OpenVINO counts through in each process.
    weights = {name for name in made.sha256 if name.endswith((".bin", ".txt"))}
    assert len(weights) == 3
    for name in weights:
        assert made.sha256[name] == bundled.sha256[name]


def wheel_of(folder: Path, *names: str, content: bytes = b"no network") -> Path:
    path = folder / "mediapipe-0.10.21-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return path


def test_a_wheel_without_networks_is_named(tmp_path: Path) -> None:
    wheel = wheel_of(tmp_path, "mediapipe/other.txt")
    with pytest.raises(TrainError, match=r"any\.whl is no wheel of mediapipe 0\.10\.21"):
        convert_pose_networks(wheel, tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_networks_that_are_none_are_named_and_nothing_is_written(tmp_path: Path) -> None:
    names = (*pose_networks._IN_WHEEL, pose_networks._LICENCE)
    with pytest.raises(TrainError, match=r"cannot convert pose_detection\.tflite"):
        convert_pose_networks(wheel_of(tmp_path, *names), tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_another_mediapipe_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "mediapipe-0.10.99.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: mediapipe\nVersion: 0.10.99\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(TrainError, match=r"mediapipe 0\.10\.99 is installed, but only"):
        convert_pose_networks(None, tmp_path / "weights")


def test_no_mediapipe_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(pose_networks.metadata, "distribution", none)
    with pytest.raises(TrainError, match="is not installed, or not whole"):
        convert_pose_networks(None, tmp_path / "weights")


def test_a_network_that_says_something_else_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mediapipe_networks()
    monkeypatch.setattr(pose_networks, "_largest_difference", lambda *networks: float("nan"))
    with pytest.raises(TrainError, match="differs from MediaPipe's by up to nan"):
        convert_pose_networks(None, tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_the_manifest_says_how_the_networks_were_made() -> None:
    text = (paths.weights_dir() / "blazepose" / "networks.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert manifest["origin"]["version"] == pose_networks.MEDIAPIPE
    assert set(manifest["origin"]["sha256"]) == set(pose_networks._IN_WHEEL)
    assert manifest["made"]["command"] == "python -m train pose-networks"
    assert all(value == 0.0 for value in manifest["made"]["largest_difference"].values())
