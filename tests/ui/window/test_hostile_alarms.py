"""A parade of alarms that cannot be: none of them hides another, in any place that shows alarms."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from fallwatch.alarms.channels.snooze import QuietHoursChannel
from fallwatch.alarms.messages.wording import message_about
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.events.store import EventStore
from fallwatch.recording.media import MediaFolder
from fallwatch.settings import QuietSettings
from fallwatch.ui.alarm.alarm_banner import AlarmBanner
from fallwatch.ui.events.event_dialog import EventDialog, Recordings, read_recordings
from fallwatch.ui.events.event_list import EventList
from fallwatch.ui.events.event_model import EventModel
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.tray import Tray
from tests.ui.fakes import alarm

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=timezone.utc)

TIMES = (
    "2026-00-25T10:00:00.000Z",
    "0000-01-01T00:00:00.000Z",
    "0001-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z",
    "2026-02-30T10:00:00.000Z",
    "2026-01-01T25:61:61.000Z",
    "\u0662\u0660\u0662\u0666-01-01T00:00:00.000Z",
    "",
    "yesterday",
    "9" * 5000,
)

PARADE = [
    *(alarm(f"time {n}", started_utc=text) for n, text in enumerate(TIMES)),
    alarm(
        "answered",
        state=AlarmState.ACKNOWLEDGED,
        acknowledged_utc="2026-13-01T00:00:00.000Z",
        acknowledged_by="{0} {9} %s",
    ),
    alarm("clip", from_clip=True, clip_time_s=math.nan),
    alarm("endless clip", from_clip=True, clip_time_s=math.inf),
    alarm("markup", camera="<b>Hall</b><img src='http://canary/'>", kind="{x} {0.__class__}"),
    alarm("halves", camera="Hall \ud800", kind="\udfff"),
    alarm("long", camera="x" * 100_000, evidence=(Message("{0}" * 9, ("y" * 5000,)),) * 20),
    alarm("nothing", camera="", kind="", evidence=()),
    alarm("no text", started_utc=None, camera=None, kind="fall", evidence=None),
]

TRUE = alarm("true", camera="Living room")


def named(each: Alarm) -> str:
    return each.event_id


@pytest.mark.parametrize("hostile", PARADE, ids=named)
def test_the_banner_shows_the_true_alarm_beside_it(
    qtbot: QtBot, theme: Theme, hostile: Alarm
) -> None:
    banner = AlarmBanner(theme, now=lambda: NOON)
    qtbot.addWidget(banner)
    banner.show_alarms((hostile,))
    with qtbot.waitSignal(banner.raised):
        banner.show_alarms((hostile, TRUE))
    assert not banner.isHidden()
    for _ in range(2):
        if banner.shown != TRUE:
            banner._turn_by(1)
    assert banner.shown == TRUE
    assert "Living room" in banner._headline.text()
    banner._tick()


@pytest.mark.parametrize("hostile", PARADE, ids=named)
def test_list_tray_message_and_dialog_survive_it(
    qtbot: QtBot, theme: Theme, hostile: Alarm
) -> None:
    events, parent = EventList(theme), QWidget()
    qtbot.addWidget(events)
    qtbot.addWidget(parent)
    if hostile.camera is not None:
        events.show_events([hostile, TRUE])
    model = EventModel(lambda: NOON)
    model.show_events([hostile, TRUE])
    shown = [model.index(row).data(Qt.ItemDataRole.DisplayRole) for row in range(2)]
    assert all(shown)
    assert "Living room" in shown[1]
    assert model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    tray = Tray(parent)
    tray.show_alarms([hostile, TRUE])
    assert tray.acknowledge.isEnabled()
    if hostile.evidence is not None and hostile.camera is not None:
        message = message_about(hostile, NOON)
        assert message.title
        assert message.body
        qtbot.addWidget(EventDialog(theme, hostile, Recordings(), NOON))


class Loud:
    name = "sound"

    def __init__(self) -> None:
        self.delivered: list[str] = []

    def deliver(self, alarm: Alarm) -> None:
        self.delivered.append(alarm.event_id)

    def stop(self) -> None:
        """Nothing sounds."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    "started_utc", [*TIMES[:3], "2031-01-01T00:00:00.000Z", *TIMES[3:]], ids=lambda text: text[:24]
)
def test_an_impossible_time_is_no_reason_to_be_soft_at_night(started_utc: str) -> None:
    loud, soft = Loud(), Loud()
    quiet = QuietSettings(sunday="00:00-23:59")
    channel = QuietHoursChannel(
        loud, lambda: soft, quiet=lambda: quiet, louder_after_s=lambda: 60.0, now=lambda: NOON
    )
    channel.deliver(alarm("x", started_utc=started_utc))
    assert (loud.delivered, soft.delivered) == (["x"], [])
    recent = (NOON - timedelta(seconds=5)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    channel.deliver(alarm("y", started_utc=recent))
    assert soft.delivered == ["y"]


@pytest.mark.parametrize(
    "damage",
    [
        *({"started_utc": text} for text in TIMES),
        {"acknowledged_utc": "2026-00-25T10:00:00.000Z"},
        {"clip_time_s": math.inf},
        {"clip_time_s": -1e300},
        {"score": 7.5},
        {"score": "1e999"},
    ],
    ids=lambda damage: str(damage)[:40],
)
def test_a_damaged_row_is_left_out_and_told_and_hides_no_other(
    tmp_path: Path, damage: dict[str, object]
) -> None:
    path = tmp_path / "events.db"
    store = EventStore(path)
    for each in (alarm("damaged"), TRUE):
        store.add(each, what=Message("raised"), by="test")
    (column, value), *_ = damage.items()
    with sqlite3.connect(path) as connection:
        connection.execute(f"UPDATE events SET {column} = ? WHERE event_id = 'damaged'", (value,))
    connection.close()
    assert store.open_alarms() == (TRUE,)
    assert len(store.warnings) == 1
    store.close()


def test_a_damaged_history_does_not_keep_the_event_from_being_opened(
    qtbot: QtBot, theme: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "events.db"
    store = EventStore(path)
    store.add(TRUE, what=Message("raised"), by="test")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE history SET at_utc = '2026-00-25T10:00:00.000Z'")
    connection.close()
    found = read_recordings(MediaFolder(tmp_path), TRUE.event_id, store.history(TRUE.event_id))
    store.close()
    dialog = EventDialog(theme, TRUE, found, NOON)
    qtbot.addWidget(dialog)
    assert any("2026-00-25" in label.text() for label in dialog.findChildren(QLabel))


def test_names_from_elsewhere_are_plain_text(qtbot: QtBot, theme: Theme) -> None:
    markup = replace(TRUE, camera="<b>Hall</b><img src='x'>")
    dialog = EventDialog(theme, markup, Recordings(), NOON)
    banner = AlarmBanner(theme, now=lambda: NOON)
    parent = QWidget()
    for widget in (dialog, banner, parent):
        qtbot.addWidget(widget)
    banner.show_alarms((markup,))
    tray = Tray(parent)
    tray.show_alarms([markup])
    assert "<" not in tray.symbol.toolTip()
    labels = [each for top in (dialog, banner) for each in _labels(top) if "Hall" in each.text()]
    assert labels
    assert {each.textFormat() for each in labels} == {Qt.TextFormat.PlainText}
    model = EventModel(lambda: NOON)
    model.show_events([markup])
    assert "<b>" not in model.index(0).data(Qt.ItemDataRole.ToolTipRole)


def _labels(top: QObject) -> list[QLabel]:
    return list(top.findChildren(QLabel))
