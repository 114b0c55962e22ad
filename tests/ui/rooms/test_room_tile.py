"""What a room's tile says has room in it."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.style.theme import Theme


@pytest.mark.parametrize("width", [249, 420, 640])
def test_the_time_without_sound_is_not_cut_off(qtbot: QtBot, theme: Theme, width: int) -> None:
    tile = RoomTile(theme)
    qtbot.addWidget(tile)
    tile.resize(width, 240)
    tile.show()
    tile.show_silence(299)
    qtbot.waitUntil(lambda: tile.silence.width() > 1)
    assert "4:59" in tile.silence.text()
    assert tile.silence.sizeHint().width() <= tile.silence.width()
    tile.resize(249, 240)
    qtbot.waitUntil(lambda: tile.silence.sizeHint().width() <= tile.silence.width())
