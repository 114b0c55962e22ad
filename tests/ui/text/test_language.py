"""Every text of the window is there in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch.paths import resources_dir
from fallwatch.settings import Settings
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import TRANSLATED, speak
from fallwatch.ui.text.translate import CONTEXT
from fallwatch.ui.text.words import kind_words
from fallwatch.ui.window.control_bar import ControlBar
from tests.tools.translate import read_translations, window_texts, write_translations

HINT = "run python -m tests.tools.translate, translate what it names, and run it again"


@pytest.fixture
def spoken(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    speak(qapp, "en")


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_untranslated(language: str) -> None:
    known = read_translations(resources_dir() / "translations" / f"fallwatch_{language}.ts")
    texts = window_texts()
    assert len(texts) > 100
    assert [text for text in texts if not known.get(text)] == [], HINT


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_same_places_to_fill_in(language: str) -> None:
    known = read_translations(resources_dir() / "translations" / f"fallwatch_{language}.ts")
    places = re.compile(r"\{\d\}")
    assert any(places.search(text) for _, text in known)
    for (context, text), translation in known.items():
        assert sorted(places.findall(text)) == sorted(places.findall(translation)), (context, text)


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_is_loaded_is_what_is_written(spoken: QApplication, language: str) -> None:
    known = read_translations(resources_dir() / "translations" / f"fallwatch_{language}.ts")
    speak(spoken, language)
    wrong = [
        text for text in window_texts() if QCoreApplication.translate(*text) != known.get(text)
    ]
    assert wrong == [], HINT


def test_the_window_speaks_german(qtbot: QtBot, spoken: QApplication, theme: Theme) -> None:
    speak(spoken, "de")
    bar = ControlBar(theme)
    qtbot.addWidget(bar)
    assert bar.camera.words == "Kamera hinzufügen…"
    assert kind_words("fall") == "Sturz"
    speak(spoken, "en")
    assert kind_words("fall") == "Fall"


def test_german_has_one_way_to_write_what_is_recorded_or_asked_next() -> None:
    known = read_translations(resources_dir() / "translations" / "fallwatch_de.ts")
    words = known.values()
    assert sum("ufgezeichnet" in each for each in words) > 3
    assert [each for each in words if "ufgenommen" in each or " …" in each] == []


def test_translations_survive_writing(tmp_path: Path) -> None:
    texts = {("A", "one & <two>"): "eins & <zwei>", ("B", "three\n\nfour"): ""}
    path = tmp_path / "fallwatch_de.ts"
    write_translations(path, texts)
    assert read_translations(path) == texts


def test_an_alarm_is_acknowledged_and_never_answered() -> None:
    # What cameras and services do not answer is no alarm.
    texts = [text for text in window_texts() if text[0] not in (CONTEXT, "AddressField")]
    assert [text for text in texts if "answer" in text[1].casefold()] == []


def descriptions(model: type[BaseModel]) -> Iterator[str]:
    """What the settings say of themselves, at any depth."""
    for field in model.model_fields.values():
        yield field.description or ""
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from descriptions(part)


def test_messages_and_settings_say_of_no_alarm_that_it_is_answered() -> None:
    said = [*(text for _, text in window_texts()), *descriptions(Settings)]
    assert any("acknowledge" in text for text in descriptions(Settings))
    wrong = re.compile(r"\b(nobody|somebody|you)( has| have)? answer|answered (by|before)", re.I)
    assert [text for text in said if wrong.search(text)] == []
