"""The pose bundle: made once, checked by hash, made anew when damaged; an own one goes first."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from fallwatch.pose import bundle as bundle_module
from fallwatch.pose.bundle import BundleError, assembled_bundle, find_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembled_bundle(tmp_path_factory.mktemp("cache"))


def test_the_bundle_is_an_uncompressed_zip_of_the_two_models(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as archive:
        assert archive.namelist() == ["pose_detector.tflite", "pose_landmarks_detector.tflite"]
        assert all(i.compress_type == zipfile.ZIP_STORED for i in archive.infolist())


def test_the_bundle_is_kept_and_not_made_again(bundle: Path) -> None:
    before = bundle.stat().st_mtime_ns
    assert assembled_bundle(bundle.parent) == bundle
    assert bundle.stat().st_mtime_ns == before


def test_the_same_bytes_come_out_every_time(bundle: Path, tmp_path: Path) -> None:
    assert assembled_bundle(tmp_path).read_bytes() == bundle.read_bytes()


@pytest.mark.parametrize("damage", ["cut", "flip", "no checksum"])
def test_a_damaged_bundle_is_made_anew(bundle: Path, tmp_path: Path, damage: str) -> None:
    good = bundle.read_bytes()
    copy, checksum = tmp_path / bundle.name, tmp_path / bundle.with_suffix(".sha256").name
    copy.write_bytes(good)
    checksum.write_text(bundle.with_suffix(".sha256").read_text())
    if damage == "cut":
        copy.write_bytes(good[: len(good) // 2])
    elif damage == "flip":
        copy.write_bytes(bytes([good[0] ^ 255]) + good[1:])
    else:
        checksum.unlink()
    assert assembled_bundle(tmp_path).read_bytes() == good


def test_an_official_bundle_in_the_weights_folder_goes_first(tmp_path: Path) -> None:
    own = tmp_path / "pose_landmarker_heavy.task"
    own.write_bytes(b"own")
    assert find_bundle(tmp_path, tmp_path / "cache") == own


def test_a_wheel_without_models_is_one_clear_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle_module, "_MODELS", (("a.tflite", "no/such.tflite", 0.0, 1.0),))
    with pytest.raises(BundleError, match=r"no/such\.tflite.*pip install mediapipe==0\.10\.21"):
        assembled_bundle(tmp_path)


def test_a_cache_that_cannot_be_written_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="FALLWATCH_HOME"):
        assembled_bundle(tmp_path / "missing")
