"""The banner that lies over the rooms, and the room that is made for it in the end."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from fallwatch.ui.alarm.click_guard import ClickGuard
from fallwatch.ui.alarm.floating_banner import SETTLE_MS, FloatingBanner


def test_room_is_made_though_the_words_change_all_the_time(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    place.resize(600, 400)
    spacer, banner = QWidget(), QWidget()
    QVBoxLayout(place).addWidget(spacer)
    title, ago = QLabel("No sound"), QLabel("0 s ago")
    rows = QVBoxLayout(banner)
    rows.addWidget(title)
    rows.addWidget(ago)
    floating = FloatingBanner(banner, place, spacer, ClickGuard(place))
    place.show()
    banner.show()
    floating.settle()
    small = floating.made_way_px
    assert small > 0
    title.setMinimumHeight(120)
    words = QTimer(place)
    words.setInterval(SETTLE_MS // 5)
    seconds = count(1)
    words.timeout.connect(lambda: ago.setText(f"{next(seconds)} s ago"))
    words.start()
    qtbot.waitUntil(lambda: banner.height() > small)
    qtbot.waitUntil(lambda: floating.made_way_px == banner.height(), timeout=4 * SETTLE_MS)
