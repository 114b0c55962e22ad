"""The habits of the code base, held by the tools that know them."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.repository import REPOSITORY

#: What may stand at the top level, by decision of the project's owner.
TOP_LEVEL = {
    "fallwatch", "resources", "weights", "train", "tests",
    "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md",
}  # fmt: skip


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check"], id="ruff check"),
        pytest.param(["ruff", "format", "--check"], id="ruff format"),
        pytest.param(["mypy"], id="mypy --strict"),
        pytest.param(["importlinter"], id="layers"),
    ],
)
def test_the_tools_find_nothing(command: list[str]) -> None:
    if command == ["importlinter"]:
        script = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"
        line = [sys.executable, "-c", script]
    else:
        line = [sys.executable, "-m", *command]
    done = subprocess.run(line, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"\n{done.stdout}\n{done.stderr}"


def test_nothing_but_the_agreed_stands_at_the_top_level() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    found = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {name for name in found if not name.startswith(".")} <= TOP_LEVEL


def test_every_local_link_of_the_readme_leads_somewhere() -> None:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    assert [link for link in links if not (REPOSITORY / link).exists()] == []


def test_broad_excepts_stand_only_at_the_two_agreed_boundaries() -> None:
    found = {
        str(path.relative_to(REPOSITORY))
        for folder in ("fallwatch", "train")
        for path in (REPOSITORY / folder).rglob("*.py")
        if re.search(r"except (Base)?Exception\b|except:", path.read_text(encoding="utf-8"))
    }
    assert found == {"fallwatch/alarms/channel_thread.py", "fallwatch/pipeline/worker.py"}
