"""The label that tells a room's state."""

from __future__ import annotations

from PySide6.QtGui import QPaintEvent
from pytestqt.qtbot import QtBot

from fallwatch.runtime.views.state_look import look_of, nothing_open
from fallwatch.ui.style.state_chip import StateChip
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import RUNNING
from tests.ui.qt_waiting import process_events


class CountingChip(StateChip):
    paints = 0

    def paintEvent(self, event: QPaintEvent) -> None:
        self.paints += 1
        super().paintEvent(event)


def test_a_state_that_is_told_again_is_not_painted_again(qtbot: QtBot, theme: Theme) -> None:
    chip = CountingChip(theme)
    qtbot.addWidget(chip)
    chip.show()
    chip.set_look(look_of(RUNNING))
    qtbot.waitUntil(lambda: chip.paints > 0)
    process_events()
    before = chip.paints
    for _ in range(20):
        chip.set_look(look_of(RUNNING))
        process_events()
    assert chip.paints == before
    chip.set_look(nothing_open())
    qtbot.waitUntil(lambda: chip.paints > before)
    assert chip.text in chip.accessibleName()
