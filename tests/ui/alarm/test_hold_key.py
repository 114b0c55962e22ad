"""The key, or the bar, that acknowledges all alarms when it is held."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from fallwatch.ui.alarm import hold_key
from fallwatch.ui.alarm.hold_key import HoldKey


class Elapsed:
    """Qt's timer, of which the test says how much time has passed since the last question."""

    passed_ms = 0

    def start(self) -> None:
        """Begin; nothing to do."""

    def restart(self) -> int:
        return Elapsed.passed_ms


@pytest.mark.parametrize(
    ("tick_ms", "ticks"),
    [(50, 30), (200, 8), (5000, 5)],
    ids=["idle", "busy", "hung: the key may have been let go meanwhile"],
)
def test_the_time_counts_and_not_how_often_a_busy_window_comes_to_look(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tick_ms: int, ticks: int
) -> None:
    monkeypatch.setattr(hold_key, "QElapsedTimer", Elapsed)
    owner = QObject()
    hold = HoldKey(lambda: ("one", "two"), owner)
    completed: list[object] = []
    hold.completed.connect(completed.append)
    hold.begin()
    Elapsed.passed_ms = tick_ms
    for _ in range(ticks - 1):
        hold._tick()
    assert completed == []
    hold._tick()
    assert completed == [("one", "two")]
