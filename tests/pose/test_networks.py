"""The pose networks: mediapipe's, or the user's own; each way to lack them is named."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from fallwatch.pose import networks
from fallwatch.pose.networks import (
    PoseModelError,
    networks_sha256,
    shared_networks,
)


def own_bundle(folder: Path, *members: tuple[str, Path]) -> Path:
    path = folder / "pose_landmarker_heavy.task"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            archive.write(content, name)
    return path


def test_a_bundle_in_the_weights_folder_goes_first(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    detector, landmarks = networks._wheel_files()
    own_bundle(
        tmp_path,
        ("pose_detector.tflite", detector),
        ("pose_landmarks_detector.tflite", landmarks),
    )
    # The same two files, so the same checksum; but loaded on their own.
    assert networks_sha256(tmp_path) == networks_sha256(empty)
    own, wheel = shared_networks(tmp_path), shared_networks(empty)
    assert own is not wheel
    assert shared_networks(tmp_path) is own


def test_a_bundle_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "pose_landmarker_full.task").write_bytes(b"not a zip")
    with pytest.raises(PoseModelError, match=r"pose_landmarker_full\.task is no Pose Landmarker"):
        shared_networks(tmp_path)


def test_a_bundle_without_its_networks_is_named(tmp_path: Path) -> None:
    own_bundle(tmp_path, ("other.tflite", networks._wheel_files()[0]))
    with pytest.raises(PoseModelError, match="replace it by"):
        networks_sha256(tmp_path)


def test_another_model_is_refused(tmp_path: Path) -> None:
    detector, _ = networks._wheel_files()
    own_bundle(
        tmp_path,
        ("pose_detector.tflite", detector),
        ("pose_landmarks_detector.tflite", detector),
    )
    with pytest.raises(PoseModelError, match="another model"):
        shared_networks(tmp_path)


def test_a_damaged_network_is_named(tmp_path: Path) -> None:
    noise = tmp_path / "noise"
    noise.write_bytes(b"no network at all" * 100)
    own_bundle(tmp_path, ("pose_detector.tflite", noise), ("pose_landmarks_detector.tflite", noise))
    with pytest.raises(PoseModelError, match=r"cannot load pose_detector\.tflite \(\w"):
        shared_networks(tmp_path)


def test_a_wheel_without_models_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "_WHEEL", ("no/such.tflite", "modules/other.tflite"))
    with pytest.raises(PoseModelError, match=r"no such\.tflite.*pip install mediapipe==0\.10\.21"):
        networks_sha256(tmp_path)
