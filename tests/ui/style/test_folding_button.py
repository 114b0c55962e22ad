"""Buttons in a row fold one after the other, and then say their words in a tool tip."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QIcon, QPixmap
from pytestqt.qtbot import QtBot

from fallwatch.ui.style.folding_button import FoldingButton, fold_to_fit


@pytest.fixture
def row(qtbot: QtBot) -> list[FoldingButton]:
    buttons = [FoldingButton(words) for words in ("Settings…", "Open clip…", "Pause watching…")]
    for button in buttons:
        qtbot.addWidget(button)
        button.setIcon(QIcon(QPixmap(16, 16)))
        button.show()
    return buttons


def folded(row: list[FoldingButton]) -> list[bool]:
    return [button.text() == "" for button in row]


def test_no_more_fold_than_have_to(row: list[FoldingButton]) -> None:
    full_px = sum(button.full_px for button in row)
    fold_to_fit(row, full_px)
    assert folded(row) == [False, False, False]
    fold_to_fit(row, full_px - 1)
    assert folded(row) == [True, False, False]
    assert abs(sum(button.full_px for button in row) - full_px) <= 16
    fold_to_fit(row, full_px - row[0].words_px - 1)
    assert folded(row) == [True, True, False]
    fold_to_fit(row, 0)
    assert folded(row) == [True, True, True]
    # A few pixels more than they had: what a folded button would take is an estimate.
    fold_to_fit(row, full_px + 20)
    assert folded(row) == [False, False, False]


def test_one_that_is_hidden_takes_no_place(row: list[FoldingButton]) -> None:
    row[0].hide()
    fold_to_fit(row, row[1].full_px + row[2].full_px)
    assert folded(row)[1:] == [False, False]


def test_a_folded_button_says_its_words_in_its_tool_tip(row: list[FoldingButton]) -> None:
    button = row[0]
    button.setToolTip("Times, sounds and more")
    assert button.toolTip() == "Times, sounds and more"
    button.fold(True)
    assert button.toolTip() == "Settings…\nTimes, sounds and more"
    assert button.accessibleName() == "Settings…"
    button.fold(False)
    assert button.toolTip() == "Times, sounds and more"
    bare = row[1]
    bare.fold(True)
    assert bare.toolTip() == "Open clip…"
