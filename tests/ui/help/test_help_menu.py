"""The help menu shows its pages, and collects a report without secrets."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from functools import reduce
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QAction, QImage, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import fallwatch
from fallwatch.core.message import Message
from fallwatch.doctor import CheckOutcome, CheckResult
from fallwatch.settings import Settings
from fallwatch.ui.help.help_menu import HelpMenu
from fallwatch.ui.help.page import Page, PageDialog, anchor_of
from fallwatch.ui.help.texts import guides_dir, keys
from fallwatch.ui.text.language import TRANSLATED, speak
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

GUIDES = ("user.md", *(f"user.{language}.md" for language in TRANSLATED))


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


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    speak(qapp, "de")
    yield
    speak(qapp, "en")


@pytest.mark.usefixtures("german")
def test_a_german_window_has_a_german_guide(bench: Bench) -> None:
    bench.window.findChild(HelpMenu).show_guide()  # type: ignore[union-attr]
    (dialog,) = bench.window.findChildren(PageDialog)
    assert "Ihr erster Raum" in dialog.page.toPlainText()
    dialog.accept()


@pytest.mark.parametrize("name", GUIDES)
def test_the_guide_shows_its_pictures(qtbot: QtBot, name: str) -> None:
    text = (guides_dir() / name).read_text(encoding="utf-8")
    page = Page(text, guides_dir())
    qtbot.addWidget(page)
    for picture in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text):
        shown = page.document().resource(
            QTextDocument.ResourceType.ImageResource.value, QUrl(picture)
        )
        assert isinstance(shown, QImage)
        assert not shown.isNull()
        assert shown.deviceIndependentSize().width() <= 640


def test_a_page_takes_no_picture_from_elsewhere(qtbot: QtBot) -> None:
    page = Page("![a](https://example.org/a.png)", guides_dir())
    qtbot.addWidget(page)
    kind = QTextDocument.ResourceType.ImageResource.value
    assert page.document().resource(kind, QUrl("https://example.org/a.png")) is None
    assert page.document().resource(kind, QUrl("missing.png")) is None


@pytest.mark.parametrize("name", GUIDES)
def test_every_link_within_a_guide_leads_to_a_heading(name: str) -> None:
    text = (guides_dir() / name).read_text(encoding="utf-8")
    anchors = {anchor_of(each) for each in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    links = re.findall(r"\]\(#([^)]+)\)", text)
    assert len(links) > 10
    assert set(links) <= anchors


def test_a_link_leads_to_its_heading(qtbot: QtBot) -> None:
    lines = "\n\n".join(f"line {number}" for number in range(200))
    page = Page(f"[there](#over-there-it-is)\n\n{lines}\n\n## Over there, it is\n\n{lines}")
    qtbot.addWidget(page)
    page.resize(300, 200)
    page.show()
    page.anchorClicked.emit(QUrl("#over-there-it-is"))
    assert page.textCursor().block().text() == "Over there, it is"
    assert abs(page.cursorRect().top()) < 30
    page.anchorClicked.emit(QUrl("#nowhere"))
    page.anchorClicked.emit(QUrl("https://example.org"))
    assert page.textCursor().block().text() == "Over there, it is"


def suffix_of(guide: str) -> str:
    """How the names of a guide's pictures end: ``.de.png`` of ``user.de.md``."""
    return guide.removeprefix("user").replace(".md", ".png")


@pytest.mark.parametrize("name", GUIDES)
def test_the_pictures_of_a_guide_speak_its_language(name: str) -> None:
    text = (guides_dir() / name).read_text(encoding="utf-8")
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", text)
    assert len(pictures) >= 4
    for picture in pictures:
        stem = picture.removesuffix(suffix_of(name))
        assert "." not in stem.rpartition("/")[2], picture


def shape_of(name: str) -> list[str]:
    """Headings by their level, pictures by name, and the rows of tables, in order."""
    text = (guides_dir() / name).read_text(encoding="utf-8").replace(suffix_of(name), ".png")
    found = re.findall(r"^(#+) |!\[[^\]]*\]\(([^)]+)\)|^(\|)|^(\d\.|-) ", text, re.MULTILINE)
    return ["".join(each) for each in found]


def test_both_guides_have_the_same_parts_and_pictures() -> None:
    english = shape_of("user.md")
    assert english.count("##") > 10
    assert shape_of("user.de.md") == english


@pytest.mark.usefixtures("german")
def test_keys_are_named_as_on_the_keyboard() -> None:
    rows = keys().splitlines()
    assert "| Strg+K | Eine Kamera hinzufügen |" in rows
    assert "| Strg+1 … Strg+9 | Einen Raum groß zeigen |" in rows
    assert "| F2, gedrückt gehalten | Alle wartenden Alarme bestätigen |" in rows
    assert "| Strg+, | Einstellungen |" in rows


#: Each guide, the heading of its keys, and what its language calls them.
KEYS_IN_GUIDES = (
    ("user.md", "## Keys", {}),
    ("user.de.md", "## Tasten", {"Ctrl": "Strg", "Shift": "Umschalt", "held": "gedrückt gehalten"}),
)


def test_all_keys_of_the_window_are_listed() -> None:
    sources = Path(fallwatch.__file__).parent / "ui"
    words = "\n".join(each.read_text(encoding="utf-8") for each in sources.rglob("*.py"))
    found = set(re.findall(r'"(Ctrl\+[^"{ ]+|(?:Shift\+)?F\d+)"', words))
    assert found >= {"F1", "F2", "Shift+F2", "F11", "Ctrl+K"}
    for key in found:
        assert f"| {key} |" in keys()
    assert "| F2, held |" in keys()
    for name, heading, said in KEYS_IN_GUIDES:
        guide = (guides_dir() / name).read_text(encoding="utf-8")
        listed = guide[guide.index(heading) :]
        wanted = [reduce(lambda key, each: key.replace(*each), said.items(), key) for key in found]
        assert [
            key for key in wanted if not re.search(rf"(?<!\w){re.escape(key)}(?!\w)", listed)
        ] == []
        assert f"| F2, {said.get('held', 'held')} |" in listed
