"""The pose networks: fallwatch's, or the user's own; each way to lack them is named."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.evaluation.run.cache import file_sha256
from fallwatch.pose.network_folder import load_network_manifest, network_files
from fallwatch.pose.networks import (
    FOLDER,
    NETWORKS,
    SECOND_EYE_FOLDER,
    PoseModelError,
    networks_sha256,
    shared_networks,
)
from tests.pose.mediapipe_files import mediapipe_networks


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder of weights with a copy of fallwatch's pose networks."""
    for name in (FOLDER, SECOND_EYE_FOLDER):
        shutil.copytree(paths.weights_dir() / name, tmp_path / name)
    return tmp_path


def own_bundle(folder: Path, *members: tuple[str, Path]) -> Path:
    path = folder / "pose_landmarker_heavy.task"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            archive.write(content, name)
    return path


def test_a_bundle_in_the_weights_folder_goes_first(tmp_path: Path, copied: Path) -> None:
    content = tmp_path / "content"
    content.write_bytes(b"what counts is which file is read")
    before = networks_sha256(copied)
    second_eye = [copied / SECOND_EYE_FOLDER / name for name in network_files("model")]
    expected = content.read_bytes() * 2 + b"".join(path.read_bytes() for path in second_eye)
    own_bundle(
        copied, ("pose_detector.tflite", content), ("pose_landmarks_detector.tflite", content)
    )
    assert networks_sha256(copied) == hashlib.sha256(expected).hexdigest() != before


def test_the_networks_of_a_bundle_are_loaded(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    detector, landmarks = mediapipe_networks()
    own_bundle(
        tmp_path,
        ("pose_detector.tflite", detector),
        ("pose_landmarks_detector.tflite", landmarks),
    )
    assert networks_sha256(tmp_path) != networks_sha256(empty)
    own, bundled = shared_networks(tmp_path), shared_networks(empty)
    assert own is not bundled
    assert shared_networks(tmp_path) is own


def test_a_bundle_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "pose_landmarker_full.task").write_bytes(b"not a zip")
    with pytest.raises(PoseModelError, match=r"pose_landmarker_full\.task is no Pose Landmarker"):
        shared_networks(tmp_path)


def test_a_bundle_without_its_networks_is_named(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"not asked for")
    own_bundle(tmp_path, ("other.tflite", other))
    with pytest.raises(PoseModelError, match="replace it by"):
        networks_sha256(tmp_path)


def test_another_model_is_refused(tmp_path: Path) -> None:
    detector, _ = mediapipe_networks()
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


def test_a_folder_of_classifiers_alone_gets_the_networks_that_come_with_fallwatch(
    tmp_path: Path, copied: Path
) -> None:
    (tmp_path / "runs").mkdir()
    assert networks_sha256(tmp_path / "runs") == networks_sha256(paths.weights_dir())
    assert shared_networks(tmp_path / "runs") is shared_networks(paths.weights_dir())
    assert shared_networks(copied) is not shared_networks(paths.weights_dir())


FILES = [f"{name}.{ending}" for name in NETWORKS for ending in ("xml", "bin")]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"other")])
def test_a_file_missing_or_damaged_is_named(
    copied: Path, name: str, harm: Callable[[Path], object]
) -> None:
    harm(copied / FOLDER / name)
    with pytest.raises(PoseModelError, match=rf"{name} (cannot be read \(No such|is damaged: its)"):
        shared_networks(copied)


def test_one_changed_bit_is_noticed(copied: Path) -> None:
    path = copied / FOLDER / FILES[1]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(PoseModelError, match=f"{FILES[1]} is damaged"):
        networks_sha256(copied)


def change_manifest(weights: Path, **changes: object) -> None:
    path = weights / FOLDER / "networks.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"networks": ["pose_detection"]}, "lists no network 'pose_landmark_full'"),
        ({"networks": []}, "does not describe pose networks \\(networks: "),
        ({"networks": ["../resnet18-baseline/model"]}, "does not describe pose networks"),
        ({"format": 2}, "does not describe pose networks \\(format: "),
        ({"sha256": {}}, "pose_detection.xml is damaged"),
    ],
)
def test_another_manifest_is_refused(
    copied: Path, changes: dict[str, object], sentence: str
) -> None:
    change_manifest(copied, **changes)
    with pytest.raises(PoseModelError, match=sentence):
        shared_networks(copied)


def test_the_manifest_knows_every_file_and_its_licence() -> None:
    folder = paths.weights_dir() / FOLDER
    manifest = load_network_manifest(folder)
    found = {path.name: file_sha256(path) for path in folder.iterdir()}
    assert found.pop("networks.json")
    assert manifest.sha256 == found
    assert "Apache License" in (folder / manifest.licence_file).read_text(encoding="utf-8")


def test_folders_with_another_second_eye_share_nothing(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        shutil.copytree(paths.weights_dir() / SECOND_EYE_FOLDER, folder / SECOND_EYE_FOLDER)
    here = shared_networks(first)
    assert shared_networks(second) is not here
    assert shared_networks(first) is here
