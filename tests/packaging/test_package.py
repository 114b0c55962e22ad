"""The package as it is handed on: source and wheel, built and tried outside the checkout."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fallwatch import __version__
from fallwatch.classifiers.manifest import available_variants, load_manifest
from fallwatch.cli.main import app
from tests.repository import REPOSITORY

sys.path.insert(0, str(REPOSITORY / "resources" / "packaging"))
from metadata_hook import absolute_links
from release_notes import release_notes
from third_party import licence_of, packages_of

HOME = "https://example.org/me/fallwatch"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the source package, and a wheel built from that alone."""
    folder = tmp_path_factory.mktemp("dist")
    environment = {**os.environ, "FALLWATCH_REPOSITORY_URL": HOME}

    def build(kind: str, root: Path) -> None:
        line = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)]
        done = subprocess.run(line, cwd=root, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    build("sdist", REPOSITORY)
    source = tmp_path_factory.mktemp("source")
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        archive.extractall(source, filter="data")
    build("wheel", next(source.iterdir()))
    return folder


@pytest.mark.timeout(600)
def test_the_package_page_would_be_accepted(built: Path) -> None:
    files = [str(path) for path in built.iterdir()]
    assert len(files) == 2
    line = [sys.executable, "-m", "twine", "check", "--strict", *files]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.timeout(600)
def test_the_wheel_finds_the_fall_far_from_the_checkout(built: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        wheel.extractall(tmp_path / "installed")
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "installed"),
        "FALLWATCH_HOME": str(tmp_path / "home"),
        "QT_QPA_PLATFORM": "offscreen",
    }
    done = subprocess.run(
        [sys.executable, "-m", "fallwatch", "demo", "--headless"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"kind": "fall"' in done.stdout
    where = "import fallwatch; print(fallwatch.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert found.stdout.startswith(str(tmp_path))


def test_the_wheel_holds_both_guides_with_their_pictures(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        for guide in ("user.md", "user.de.md"):
            folder = "fallwatch/_data/resources/docs"
            place = f"{folder}/{guide}"
            pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", wheel.read(place).decode())
            assert len(pictures) == 4
            for picture in pictures:
                assert posixpath.normpath(f"{folder}/{picture}") in names


@pytest.mark.timeout(600)
def test_the_wheel_of_further_weights_puts_them_beside_the_default(
    built: Path, tmp_path: Path
) -> None:
    line = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(
        line, cwd=REPOSITORY / "weights", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    (further,) = tmp_path.glob("*.whl")
    assert further.name.startswith(f"fallwatch_more_weights-{__version__}-")
    line = [sys.executable, "-m", "twine", "check", "--strict", str(further)]
    assert subprocess.run(line, capture_output=True, check=False).returncode == 0
    names = []
    for path in (next(built.glob("*.whl")), further):
        with zipfile.ZipFile(path) as wheel:
            wheel.extractall(tmp_path / "installed")
            names.append({name for name in wheel.namelist() if not name.endswith("/")})
    # Where one package is removed, nothing of the other is.
    assert names[0].isdisjoint(names[1])
    weights = tmp_path / "installed" / "fallwatch" / "_data" / "weights"
    assert available_variants(weights) == available_variants(REPOSITORY / "weights")
    for variant in available_variants(weights):
        assert load_manifest(weights, variant).variant == variant


def test_metadata_says_licence_systems_and_addresses(built: Path) -> None:
    with zipfile.ZipFile(next(built.glob("*.whl"))) as wheel:
        (name,) = (each for each in wheel.namelist() if each.endswith(".dist-info/METADATA"))
        told = message_from_bytes(wheel.read(name))
        licences = [each for each in wheel.namelist() if ".dist-info/licenses/" in each]
    assert told["Version"] == __version__
    assert told["License-Expression"] == "MIT AND Apache-2.0"
    assert len(licences) == 4
    assert f"Source, {HOME}" in told.get_all("Project-URL", [])
    page = str(told.get_payload())
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", page)
    assert pictures
    assert all(address.startswith(f"{HOME}/raw/main/resources/") for address in pictures)
    assert "](#" in page  # Links within the page stay.


def test_links_become_absolute_and_no_others_change() -> None:
    page = "![a](b/c.png) [d](e.md#f) [g](#h) [i](https://j.org/k)"
    assert absolute_links(page, "https://r") == (
        "![a](https://r/raw/main/b/c.png) [d](https://r/blob/main/e.md#f) [g](#h) "
        "[i](https://j.org/k)"
    )


@pytest.mark.parametrize(
    ("tag", "changelog", "notes"),
    [
        ("v1.2.0", "## Unreleased\n\n- d\n\n## 1.2.0\n\n- a\n- b\n\n## 1.1.0\n\n- c\n", "- a\n- b"),
        ("v1.2.0", "## 1.2.0 (2026-01-01)\n\n- a\n", "- a"),
        ("v1.2.0", "## 1.1.0\n\n- c\n", None),
        ("v1.2.0", "## 1.2.0\n\n## 1.1.0\n\n- c\n", None),
        ("v1.2.1", "## 1.2.1\n\n- a\n", None),
    ],
)  # fmt: skip
def test_a_release_has_notes_of_the_version_that_its_tag_names(
    tag: str, changelog: str, notes: str | None
) -> None:
    source = '"""Module."""\n\n__version__ = "1.2.0"\n'
    if notes is None:
        with pytest.raises(ValueError, match=r"says nothing about|does not name the version"):
            release_notes(tag, source, changelog)
    else:
        assert release_notes(tag, source, changelog) == notes


def test_the_changelog_knows_this_version() -> None:
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    source = (REPOSITORY / "fallwatch" / "__init__.py").read_text(encoding="utf-8")
    assert release_notes(f"v{__version__}", source, changelog)


def test_every_package_that_comes_along_is_listed_with_its_licence() -> None:
    page = (REPOSITORY / "resources" / "THIRD_PARTY.md").read_text(encoding="utf-8")
    packages = packages_of("fallwatch[web]")
    assert {"numpy", "av", "openvino", "segno", "uvicorn"} <= set(packages)
    assert "pytest" not in packages
    for name, distribution in packages.items():
        assert f"| {name} | " in page
        assert licence_of(distribution)


def test_the_readme_names_the_terms_of_every_folder_of_weights() -> None:
    licence = (REPOSITORY / "README.md").read_text(encoding="utf-8").partition("## Licence\n")[2]
    rows = re.findall(r"^\| `([\w*-]+)`", licence, re.MULTILINE)
    folders = {path.name for path in (REPOSITORY / "weights").iterdir() if path.is_dir()}
    assert folders
    matched = {
        name for name in folders for row in rows if re.fullmatch(row.replace("*", ".*"), name)
    }
    assert matched == folders


def test_the_version_tells_system_and_engine() -> None:
    told = CliRunner().invoke(app, ["--version"]).output.replace("\n", " ")
    assert told.startswith(f"fallwatch {__version__} (Python 3.")
    assert f"OpenVINO {metadata.version('openvino')}" in told
