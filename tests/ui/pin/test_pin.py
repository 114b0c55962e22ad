"""Of a PIN only a salted hash is kept."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from fallwatch.settings import Settings
from fallwatch.ui.pin.pin import hashed, is_right
from fallwatch.ui.settings.computer_page import ComputerPage


def test_only_the_right_one_is_right_and_it_cannot_be_read() -> None:
    kept = hashed("2468")
    assert "2468" not in kept
    assert kept != hashed("2468")
    assert is_right("2468", kept)
    assert not is_right("2469", kept)
    assert not is_right("", kept)


@pytest.mark.parametrize("kept", ["1234", "pbkdf2$zz$00"])
def test_what_somebody_wrote_into_the_file_lets_nobody_else_in(kept: str) -> None:
    assert is_right(kept, kept)
    assert not is_right("1111", kept)
    assert not is_right("", kept)


def test_it_is_set_changed_and_taken_away_in_the_settings(qtbot: QtBot) -> None:
    page = ComputerPage(Settings(), starts_by_itself=False)
    qtbot.addWidget(page)
    assert page.values()["pin"] == ""
    qtbot.keyClicks(page.pin, "2468")
    kept = page.values()["pin"]
    assert is_right("2468", kept)
    later = ComputerPage(Settings(pin=kept), starts_by_itself=False)
    qtbot.addWidget(later)
    assert later.values()["pin"] == kept
    later.show()
    qtbot.mouseClick(later.no_pin, Qt.MouseButton.LeftButton, pos=later.no_pin.rect().center())
    if not later.no_pin.isChecked():
        qtbot.keyClick(later.no_pin, Qt.Key.Key_Space)
    assert later.values()["pin"] == ""
