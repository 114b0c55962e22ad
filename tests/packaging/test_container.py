"""The container and the hosted space: what they install is what the package asks for, less Qt."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from fallwatch.settings import load_settings
from tests.repository import REPOSITORY

CONTAINER = REPOSITORY / "resources" / "container"
HOSTING = REPOSITORY / "resources" / "hosting"
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]


def listed(*extras: str) -> list[str]:
    """What the tool prints, run as the Containerfile runs it."""
    line = [sys.executable, str(CONTAINER / "requirements.py"), *extras]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout.splitlines()


def test_the_image_installs_what_the_package_asks_for_without_the_window() -> None:
    wanted = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["web"]
    assert listed("web") == [each for each in wanted if not each.startswith("PySide6")]


def test_the_hosted_space_does_too() -> None:
    kept = (HOSTING / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert kept == listed("demo")
    assert any(each.startswith("gradio") for each in kept)


def test_no_torch_and_no_qt_is_in_either() -> None:
    assert not re.search(r"pyside|shiboken|pyqt|torch", "\n".join(listed("web", "demo")).lower())


def test_the_space_names_a_gradio_that_the_package_takes_and_its_start_command() -> None:
    from packaging.requirements import Requirement

    _, front, _ = (HOSTING / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    about = yaml.safe_load(front)
    assert (about["sdk"], about["app_file"]) == ("gradio", "app.py")
    (gradio,) = PROJECT["optional-dependencies"]["demo"]
    assert Requirement(gradio).specifier.contains(about["sdk_version"])
    assert (HOSTING / about["app_file"]).exists()


def test_what_the_containerfile_copies_is_there_and_it_runs_as_nobody_s_root() -> None:
    text = (CONTAINER / "Containerfile").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (REPOSITORY / source).exists(), source
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    assert 'CMD ["fallwatch", "health"]' in text


def test_the_containerfile_copies_all_that_the_package_is_made_of() -> None:
    text = (CONTAINER / "Containerfile").read_text(encoding="utf-8")
    lines = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ")]
    copied = {Path(source) for sources in lines for source in sources}
    wheel = PYPROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    for needed in map(Path, (*wheel["force-include"], *wheel["packages"])):
        assert copied & {needed, *needed.parents}, needed


def test_the_compose_example_is_read_only_and_its_settings_are_settings(tmp_path: Path) -> None:
    services = yaml.safe_load((CONTAINER / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert all(service["read_only"] for service in services.values())
    assert all(service["cap_drop"] == ["ALL"] for service in services.values())
    context = CONTAINER / services["fallwatch"]["build"]["context"]
    assert (context / services["fallwatch"]["build"]["dockerfile"]).exists()
    path = tmp_path / "settings.toml"
    path.write_bytes((CONTAINER / "settings" / "settings.toml").read_bytes())
    settings, problems = load_settings(path)
    assert problems == []
    assert [camera.name for camera in settings.cameras] == ["Hall"]
    assert not settings.alarm.sound_enabled
    assert settings.broker.address == "mqtt://broker"


_WITHOUT_QT = """
import importlib.abc, sys
class NoQt(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("PySide6", "torch", "shiboken6"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, NoQt())
import fallwatch.cli.main
for name in ("headless.command", "cli.health", "cli.notify", "runtime.recipients", "doctor",
             "web.links", "web.demo.judging", "web.demo.drawing", "evaluation.command"):
    importlib.import_module(f"fallwatch.{name}")
sys.argv = ["fallwatch", *sys.argv[1:]]
fallwatch.cli.main.app()
"""


@pytest.mark.parametrize("command", [["--version"], ["health"], ["events", "list"]])
def test_without_qt_everything_but_the_window_can_be_used(command: list[str]) -> None:
    line = [sys.executable, "-c", _WITHOUT_QT, *command]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if command == ["health"] else 0), done.stderr
