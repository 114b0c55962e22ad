"""The help menu shows its pages, and collects a report without secrets."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

import fallwatch
from fallwatch.core.message import Message
from fallwatch.doctor import CheckOutcome, CheckResult
from fallwatch.paths import resources_dir
from fallwatch.settings import Settings
from fallwatch.ui.help.help_menu import HelpMenu, PageDialog
from fallwatch.ui.help.texts import keys
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]


@pytest.fixture
def assisted() -> list[str]:
    return []


@pytest.fixture
def bench(
    make_bench: Callable[..., Bench],
    assisted: list[str],
    tmp_path: Path,
) -> Bench:
    bench = make_bench()
    log = tmp_path / "fallwatch.log"
    log.write_text("Hall is lost", encoding="utf-8")
    found = CheckResult(Message("Camera {0}", ("Hall",)), CheckOutcome.GOOD, Message("It works."))
    HelpMenu(
        bench.window,
        bench.tasks,
        settings=lambda: Settings.model_validate(
            {"cameras": [{"name": "Hall", "source": "rtsp://10.0.0.7/a?pwd=s3"}]}
        ),
        examine=lambda: lambda: iter([found]),
        logs=lambda: [log, tmp_path / "missing.log"],
        assist=lambda: assisted.append("yes"),
    )
    return bench


def action(bench: Bench, words: str) -> QAction:
    found = [each for each in bench.window.findChildren(QAction) if each.text() == words]
    (one,) = found
    return one


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("&Guide", "Your first room"),
        ("&Keys", "Acknowledge all alarms that wait"),
        ("A&bout fallwatch", "MIT licence"),
    ],
)
def test_a_page_is_shown(bench: Bench, words: str, shown: str) -> None:
    action(bench, words).trigger()
    (dialog,) = bench.window.findChildren(PageDialog)
    assert shown in dialog.page.toPlainText()
    dialog.accept()


def test_the_assistant_is_there_too(bench: Bench, assisted: list[str]) -> None:
    action(bench, "Set-up &assistant…").trigger()
    assert assisted == ["yes"]


def test_a_report_is_collected(qtbot: QtBot, bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "report.zip"
    bench.window.findChild(HelpMenu).write(path)  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "report.zip" in bench.window.messages.text)
    with zipfile.ZipFile(path) as report:
        texts = {name: report.read(name).decode() for name in report.namelist()}
    assert set(texts) >= {"version.txt", "settings.toml", "self-test.txt", "fallwatch.log"}
    assert "Hall" not in "".join(texts.values())
    assert "s3" not in texts["settings.toml"]
    assert "room 1 is lost" in texts["fallwatch.log"]
    assert "good: Camera room 1: It works." in texts["self-test.txt"]


def test_a_report_that_cannot_be_written_says_so(
    qtbot: QtBot, bench: Bench, tmp_path: Path
) -> None:
    bench.window.findChild(HelpMenu).write(tmp_path / "no" / "report.zip")  # type: ignore[union-attr]
    qtbot.waitUntil(lambda: "No such file" in bench.window.messages.text)


def test_all_keys_of_the_window_are_listed() -> None:
    sources = Path(fallwatch.__file__).parent / "ui"
    words = "\n".join(each.read_text(encoding="utf-8") for each in sources.rglob("*.py"))
    found = set(re.findall(r'"(Ctrl\+[^"{ ]+)"', words))
    assert len(found) > 5
    guide = (resources_dir() / "docs" / "user.md").read_text(encoding="utf-8")
    listed = guide[guide.index("## Keys") :]
    for key in found:
        assert f"| {key} |" in keys()
        assert key in listed
