"""The line of an alarm says what happened in whole words, however narrow the room's image is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from fallwatch.ui.text.language import speak
from fallwatch.ui.video.overlay_painter import paint_alarm_frame
from tests.ui.fakes import alarm


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    speak(qapp, "de")
    yield
    speak(qapp, "en")


def said(width: int, kind: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is written at the foot of an image so wide."""
    found: list[str] = []
    image = QImage(width, 300, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    monkeypatch.setattr(
        QPainter, "drawText", lambda painter, place, flags, words: found.append(words)
    )
    paint_alarm_frame(painter, QRectF(image.rect()), alarm(kind=kind))
    painter.end()
    (words,) = found
    return words


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(
    ("width", "kind", "words"),
    [
        (900, "fall", {"Sturz – noch nicht bestätigt"}),
        # Two rooms beside the list, in the smallest window; fonts differ.
        (249, "fall", {"Sturz – offen", "Sturz"}),
        (249, "on_floor", {"Person am Boden – offen", "Person am Boden"}),
    ],
)
def test_it_is_shortened_and_not_cut(
    width: int, kind: str, words: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(width, kind, monkeypatch) in words
