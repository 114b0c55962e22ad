"""Everything that can happen has words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

import fallwatch
from fallwatch.alarms.channels.registry import channel_names
from fallwatch.core.types import EventKind
from fallwatch.ui.text.language import speak
from fallwatch.ui.text.words import kind_icon, kind_words

#: How the kinds of technical alarms are named in the source: ``CAMERA_LOST = "camera_lost"``.
_CONSTANT = re.compile(
    r'"((?:camera|analysis|record|recording|disk|messages|watcher|broker)_[a-z]+)"'
)
_NO_KINDS = ("analysis_fps", "record_id")


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    speak(qapp, "de")
    yield
    speak(qapp, "en")


def kinds() -> set[str]:
    """All kinds there are: of people, of channels, and those named in the source."""
    found = {kind.value for kind in EventKind} | {f"{name}_failed" for name in channel_names()}
    root = Path(fallwatch.__file__).parent
    for folder in ("pipeline", "dispatch", "recording", "alarms"):
        for path in (root / folder).rglob("*.py"):
            found |= set(_CONSTANT.findall(path.read_text(encoding="utf-8")))
    return found - set(_NO_KINDS)


def test_the_search_finds_kinds() -> None:
    assert {"fall", "camera_lost", "disk_low", "recording_failed", "sound_failed"} <= kinds()


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_has_words_in_every_language(german: None, kind: str) -> None:
    spelt = kind.replace("_", " ").capitalize()
    assert kind_words(kind) != spelt, "add it to kind_words and translate it"
    assert kind_icon(kind)
