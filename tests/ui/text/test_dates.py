"""Dates are written as the window's language writes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timezone

import pytest
from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch.ui.events.event_filter import EventFilter
from fallwatch.ui.review.review_dialog import ReviewDialog
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import speak
from fallwatch.ui.text.times import clock, day_format, day_words, week_words
from tests.ui.fakes import alarm

DAY = date(2026, 3, 1)
_QDAY = QDate(2026, 3, 1)
NOW = datetime(2026, 3, 20, 12, 0, tzinfo=timezone.utc)


@pytest.fixture
def spoken(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    speak(qapp, "en")


def test_a_day_in_german_and_english(spoken: QApplication) -> None:
    speak(spoken, "de")
    assert day_words(DAY) == "01.03.2026"
    speak(spoken, "en")
    # An English computer's own country comes first; elsewhere the day does.
    assert day_words(DAY) in {"01/03/2026", QLocale.system().toString(_QDAY, day_format())}
    # A computer that says nothing of its country.
    QLocale.setDefault(QLocale.c())
    assert day_words(DAY) == "2026-03-01"


@pytest.mark.parametrize("name", ["en_US", "en_GB", "de_AT", "de_CH"])
@pytest.mark.usefixtures("spoken")
def test_every_country_s_year_is_whole(name: str) -> None:
    QLocale.setDefault(QLocale(name))
    assert "2026" in day_words(DAY)
    assert QLocale().toDate(day_words(DAY), day_format()) == _QDAY


def test_a_week(spoken: QApplication) -> None:
    speak(spoken, "de")
    assert week_words("2026-W09") == "KW 09/2026"
    speak(spoken, "en")
    assert week_words("2026-W09") == "2026-W09"
    assert week_words("?") == "?"


def test_events_of_other_days(spoken: QApplication) -> None:
    speak(spoken, "de")
    assert clock("2026-03-01T12:15:20.500Z", NOW) == "01.03.2026 12:15"
    assert clock("2026-03-20T12:15:20.500Z", NOW) == "12:15:20"


def test_the_filter_of_events_and_the_night_review(
    qtbot: QtBot, spoken: QApplication, theme: Theme
) -> None:
    speak(spoken, "de")
    chosen = EventFilter(now=lambda: NOW)
    qtbot.addWidget(chosen)
    chosen.offer([alarm(started_utc="2026-03-01T12:00:00.000Z")])
    assert chosen.day.itemText(1) == "01.03.2026"
    dialog = ReviewDialog(theme, DAY)
    qtbot.addWidget(dialog)
    assert dialog.day.text() == "01.03.2026"
