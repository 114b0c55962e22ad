"""Requirements: the lock file fits them, and no old or second library comes back."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from tests.repository import REPOSITORY

PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
LOCKED = {
    Requirement(line).name.lower(): Requirement(line)
    for line in (REPOSITORY / ".ci" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
}


@pytest.mark.parametrize(
    "wanted", [*PROJECT["dependencies"], *EXTRAS["train"], *EXTRAS["dev"]], ids=str
)
def test_the_lock_file_holds_a_release_that_is_asked_for(wanted: str) -> None:
    requirement = Requirement(wanted)
    if requirement.name == PROJECT["name"]:
        assert requirement.extras <= set(EXTRAS)
        return
    (pin,) = LOCKED[requirement.name.lower()].specifier
    assert pin.operator == "=="
    assert requirement.specifier.contains(pin.version)


def test_the_lock_file_names_releases_alone() -> None:
    text = (REPOSITORY / ".ci" / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"://|file:|--[a-z-]*(index|find)", text)
    assert len(LOCKED) > 50


@pytest.mark.parametrize("wanted", PROJECT["dependencies"], ids=str)
def test_every_requirement_ends_before_a_release_that_nobody_has_tried(wanted: str) -> None:
    assert any(part.operator in ("<", "==") for part in Requirement(wanted).specifier)


def test_opencv_is_the_one_without_windows_and_without_the_known_hole() -> None:
    """CVE-2025-53644: a JPEG could write beyond its memory, up to 4.11."""
    names = {name.lower() for name in LOCKED if name.lower().startswith("opencv")}
    assert names == {"opencv-python-headless"}
    (wanted,) = (each for each in PROJECT["dependencies"] if each.startswith("opencv"))
    assert not Requirement(wanted).specifier.contains("4.11.0.86")
    assert "mediapipe" not in LOCKED


def test_every_python_of_the_classifiers_may_install_it() -> None:
    allowed = Requirement(f"python{PROJECT['requires-python']}").specifier
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert named == ["3.11", "3.12", "3.13", "3.14"]
    assert all(allowed.contains(f"{version}.0") for version in named)
    assert metadata.version("numpy").startswith("2.")
