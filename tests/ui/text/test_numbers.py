"""Numbers are written as the window's language writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from fallwatch.core.judge import evidence_text
from fallwatch.core.message import Message
from fallwatch.ui.text.language import speak
from fallwatch.ui.text.numbers import localised, number, percent
from fallwatch.ui.text.translate import translate


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    speak(qapp, "de")
    yield
    speak(qapp, "en")


def test_in_english(qapp: QApplication) -> None:
    speak(qapp, "en")
    assert (number(1234.56, 1), percent(0.93), localised("0.8")) == ("1234.6", "93%", "0.8")


def test_in_german(german: None) -> None:
    assert (number(1234.56, 1), percent(0.93), localised("0.80")) == (
        "1234,6",
        "93\u00a0%",
        "0,80",
    )
    said = translate(evidence_text.head_came_down(0.8, 1.0, 1.4))
    assert "0,8" in said
    assert "." not in said


@pytest.mark.parametrize("text", ["192.168.1.20", "6.9.1", "clip 0.5.mp4", "0.8 GB", "12"])
def test_what_is_no_number_alone_stays(german: None, text: str) -> None:
    assert translate(Message("about {0}", (text,))).endswith(text)
