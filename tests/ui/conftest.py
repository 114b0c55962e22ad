"""Fixtures of the window's tests."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from fallwatch.ui.style.theme import Theme

if not os.environ.get("DISPLAY"):
    os.environ["QT_QPA_PLATFORM"] = "offscreen"


@pytest.fixture(autouse=True)
def _numbers_of_no_country() -> None:
    """Whichever language the test before has spoken."""
    QLocale.setDefault(QLocale.c())


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)
