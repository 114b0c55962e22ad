"""The habits of the code base, held by the tools that know them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from fallwatch.pose.networks import FOLDER, SECOND_EYE_FOLDER
from fallwatch.settings import Settings
from tests.repository import REPOSITORY

#: What may stand at the top level, by decision of the project's owner.
TOP_LEVEL = {
    "fallwatch", "resources", "weights", "train", "tests",
    "pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md",
}  # fmt: skip

#: What a person can still take in of a folder at one look.
MOST_FILES_PER_FOLDER = 14


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


PAGES = [
    "README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md", "resources/THIRD_PARTY.md",
    *(f"resources/docs/{path.name}" for path in (REPOSITORY / "resources" / "docs").glob("*.md")),
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_every_local_link_of_a_page_leads_somewhere(page: str) -> None:
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert links
    folder = (REPOSITORY / page).parent
    assert [link for link in links if not (folder / link).exists()] == []


def test_every_file_that_the_contributors_guide_names_exists() -> None:
    text = (REPOSITORY / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:fallwatch|train|tests|weights)/[\w./-]*)`", text)
    assert named
    assert [name for name in named if not (REPOSITORY / name).exists()] == []


def test_no_folder_holds_more_files_than_one_can_take_in() -> None:
    counts = Counter(
        str(path.parent.relative_to(REPOSITORY))
        for folder in ("fallwatch", "train", "tests")
        for path in (REPOSITORY / folder).rglob("*.py")
    )
    assert counts
    assert {name: n for name, n in counts.items() if n > MOST_FILES_PER_FOLDER} == {}


def test_the_workflow_runs_every_python_that_the_project_names() -> None:
    project = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    workflow = (REPOSITORY / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    named = re.findall(r"Programming Language :: Python :: (3\.\d+)", project)
    matrix = re.search(r"^ +python: \[(.*)\]$", workflow, re.MULTILINE)
    assert matrix is not None
    assert re.findall(r"3\.\d+", matrix[1]) == named != []
    oldest, beyond = re.findall(r"3\.(\d+)", re.findall(r"requires-python = .*", project)[0])
    assert named == [f"3.{minor}" for minor in range(int(oldest), int(beyond))]


@pytest.fixture(scope="module")
def wheel_files(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """All names in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.iterdir()
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_both_packages_their_types_weights_and_resources(
    wheel_files: set[str],
) -> None:
    def files(folder: str, into: str = "") -> set[str]:
        root = REPOSITORY / folder
        found = [path for path in root.rglob("*") if path.is_file() and _is_source(path)]
        assert found
        return {f"{into}{path.relative_to(REPOSITORY).as_posix()}" for path in found}

    # Classifiers to compare with are a package of their own: see tests/packaging/test_bundle.py.
    default = (FOLDER, SECOND_EYE_FOLDER, Settings().variant)
    weights = set().union(*(files(f"weights/{name}", "fallwatch/_data/") for name in default))
    data = weights | files("resources", "fallwatch/_data/")
    beside = re.compile(
        "fallwatch/_data/resources/(screens|packaging|docs|container|hosting)/|.*/THIRD_PARTY.md"
    )
    aside = {name for name in data if beside.match(name)}
    wanted = files("fallwatch") | files("train") | data - aside
    assert {"fallwatch/py.typed", "train/py.typed"} <= wanted
    assert wanted - wheel_files == set()


def test_the_wheel_holds_nothing_that_only_developers_use(wheel_files: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel_files}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"fallwatch", "train"}
    tools = re.compile(r"/(tests|tools|dev|screens)/|/(test_|screenshots|translate_tool)[^/]*$")
    # The guide's pictures are for those who use it.
    programs = (name for name in sorted(wheel_files) if not name.startswith("fallwatch/_data/"))
    assert [name for name in programs if tools.search(name)] == []


def _is_source(path: Path) -> bool:
    return "__pycache__" not in path.parts


def test_no_module_docstring_begins_with_a_question() -> None:
    """Confidence intervals of metrics, and not how sure a figure is."""
    first_words = {
        str(path.relative_to(REPOSITORY)): (
            ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "(none)"
        ).split()[0]
        for folder in ("fallwatch", "train")
        for path in (REPOSITORY / folder).rglob("*.py")
    }
    assert len(first_words) > 100
    questions = ("What", "Whether", "How", "Which", "(none)")
    assert [path for path, word in sorted(first_words.items()) if word in questions] == []


def test_broad_excepts_stand_only_at_the_agreed_boundaries() -> None:
    found = {
        str(path.relative_to(REPOSITORY))
        for folder in ("fallwatch", "train")
        for path in (REPOSITORY / folder).rglob("*.py")
        if re.search(r"except (Base)?Exception\b|except:", path.read_text(encoding="utf-8"))
    }
    assert found == {
        # Threads that must outlive any failure, and say so.
        "fallwatch/alarms/channels/channel_thread.py",
        "fallwatch/dispatch/delivery_worker.py",
        "fallwatch/pipeline/worker.py",
        "fallwatch/runtime/guards/settings_follower.py",
        # One bad write to the record must not block the others.
        "fallwatch/events/backlog.py",
        "fallwatch/events/database.py",
    }


def test_the_wheel_changes_no_field_anywhere() -> None:
    plain = re.compile(r"\b(QComboBox|QSpinBox|QDoubleSpinBox|QTimeEdit|QDateEdit|QSlider)\(\w*\)?")
    found = [
        f"{path.name}: {line.strip()}"
        for path in (REPOSITORY / "fallwatch" / "ui").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if plain.search(line) and path.name != "fields.py"
    ]
    assert found == [], "take the fields of fallwatch/ui/style/fields.py"


def test_no_console_turns_what_it_prints_into_pictures() -> None:
    """Rich takes ``:CD:`` for the name of an emoji; a fingerprint must stay as it is."""
    for path in (REPOSITORY / "fallwatch").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "Console":
                given = {each.arg: ast.unparse(each.value) for each in call.keywords}
                assert given.get("emoji") == "False", f"{path}:{call.lineno}"
