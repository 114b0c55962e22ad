"""Answers to alarms, silence with an end, and where an alarm is shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from fallwatch.alarms.channels.snooze import Snooze
from fallwatch.core.types import AlarmState, Priority
from fallwatch.ui.alarm.alarm_banner import AlarmBanner
from fallwatch.ui.style.palette import OVERLAY_ALARM, OVERLAY_WATCH, Pair
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.controller import FALSE_ALARM
from fallwatch.ui.window.snooze import SnoozeController
from fallwatch.ui.window.tray import Tray
from tests.ui.fakes import alarm, analysis
from tests.ui.window.test_controller import Bench, make_bench

__all__ = ["make_bench"]

ROOMS = [{"name": "Hall", "source": "0"}, {"name": "Kitchen", "source": "1"}]


@pytest.fixture
def rooms(make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench(cameras=ROOMS)
    bench.controller.begin(None)
    return bench


def button(banner: AlarmBanner, words: str) -> QPushButton:
    return next(b for b in banner.findChildren(QPushButton) if b.text().startswith(words))


def test_a_false_alarm_is_acknowledged_as_one(qtbot: QtBot, rooms: Bench) -> None:
    rooms.window.show()
    rooms.bridge.post_alarms((alarm("one"),))
    qtbot.waitUntil(lambda: rooms.window.banner.shown is not None)
    qtbot.waitUntil(lambda: not rooms.window.click_guard.is_guarding)
    qtbot.mouseClick(button(rooms.window.banner, "False alarm"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: ("acknowledge", "one", FALSE_ALARM) in rooms.dispatcher.calls)


def test_a_camera_that_is_lost_is_no_false_alarm(qtbot: QtBot, theme: Theme) -> None:
    banner = AlarmBanner(theme)
    qtbot.addWidget(banner)
    answered: list[str] = []
    banner.false_alarm.connect(answered.append)
    banner.show_alarms((alarm(kind="camera_lost", priority=Priority.MEDIUM),))
    assert button(banner, "False alarm").isHidden()
    banner.call_false()
    assert answered == []


def test_the_image_of_the_moment_is_on_the_banner(qtbot: QtBot, theme: Theme) -> None:
    banner = AlarmBanner(theme)
    qtbot.addWidget(banner)
    banner.resize(1000, 140)
    banner.show_image("one", analysis(shade=200))
    banner.show_alarms((alarm("one"), alarm("two")))
    assert banner.image.isVisibleTo(banner)
    assert banner.image.pixmap().toImage().pixelColor(5, 5).red() == 200
    banner._turn_by(1)
    assert not banner.image.isVisibleTo(banner)


def test_the_room_of_an_alarm_is_framed_until_it_is_acknowledged(
    qtbot: QtBot, rooms: Bench
) -> None:
    hall, kitchen = rooms.window.grid.tiles
    rooms.bridge.post_alarms((alarm(camera="Kitchen"),))
    qtbot.waitUntil(lambda: "Alarm: Fall" in kitchen.video.accessibleDescription())
    assert "Alarm" not in hall.video.accessibleDescription()
    kitchen.video.resize(200, 150)
    corner = kitchen.video.grab().toImage().pixelColor(2, 2)
    assert (corner.red() > 150, corner.green() < 60) == (True, True)
    rooms.bridge.post_alarms((alarm(camera="Kitchen", state=AlarmState.ACKNOWLEDGED),))
    qtbot.waitUntil(lambda: "Alarm" not in kitchen.video.accessibleDescription())


def test_a_room_s_silence_is_counted_down_and_ends_by_itself(qtbot: QtBot, rooms: Bench) -> None:
    snooze = Snooze(lambda: rooms.now_s)
    silence = SnoozeController(snooze, rooms.rooms, rooms.window.controls)
    for presenter in rooms.rooms.all:
        silence._join(presenter)
    rooms.window.show()
    hall, kitchen = rooms.window.grid.tiles
    hall.menu.silenced.emit(5)
    assert hall.silence.text().endswith(" 5:00")
    assert hall.silence.isVisible()
    assert not kitchen.silence.isVisible()
    assert snooze.covers(alarm(camera="Hall"))
    rooms.now_s = 250.0
    qtbot.waitUntil(lambda: hall.silence.text().endswith("0:50"))
    rooms.now_s = 300.0
    qtbot.waitUntil(lambda: not hall.silence.isVisible())
    assert not snooze.covers(alarm(camera="Hall"))


def test_a_room_s_silence_can_be_ended_early(qtbot: QtBot, rooms: Bench) -> None:
    snooze = Snooze(lambda: 0.0)
    silence = SnoozeController(snooze, rooms.rooms, rooms.window.controls)
    silence._join(rooms.rooms.all[0])
    hall = rooms.window.grid.tiles[0]
    hall.menu.silenced.emit(60)
    hall.sound_on.click()
    assert snooze.left_s("Hall") == 0.0


def test_muting_all_needs_a_duration_and_is_counted_down(qtbot: QtBot, rooms: Bench) -> None:
    snooze = Snooze(lambda: rooms.now_s)
    SnoozeController(snooze, rooms.rooms, rooms.window.controls)
    mute = rooms.window.controls.mute
    words = [action.text() for action in mute.menu().actions() if action.isVisible()]
    assert words == [f"For {minutes} minutes" for minutes in (2, 5, 10, 15)]
    mute.menu().actions()[0].trigger()
    assert mute.words == "No sound for 2:00"
    assert snooze.covers(alarm())
    rooms.now_s = 121.0
    qtbot.waitUntil(lambda: mute.words == "Mute…")


def test_the_tray_says_what_waits_and_acknowledges(qtbot: QtBot, rooms: Bench) -> None:
    tray: Tray = rooms.window.tray
    assert not tray.acknowledge.isEnabled()
    rooms.bridge.post_alarms((alarm("one"),))
    qtbot.waitUntil(lambda: tray.symbol.toolTip() == "Fall – Hall")
    tray.acknowledge.trigger()
    qtbot.waitUntil(lambda: ("acknowledge", "one") in rooms.dispatcher.calls)
    rooms.bridge.post_alarms(())
    qtbot.waitUntil(lambda: "no alarm" in tray.symbol.toolTip())


@pytest.mark.parametrize(
    ("kind", "priority", "pair"),
    [("fall", Priority.HIGH, OVERLAY_ALARM), ("sound_failed", Priority.MEDIUM, OVERLAY_WATCH)],
)
def test_the_tray_is_red_for_urgent_alarms_alone(
    qtbot: QtBot, rooms: Bench, kind: str, priority: Priority, pair: Pair
) -> None:
    rooms.bridge.post_alarms((alarm("one", kind=kind, priority=priority),))
    symbol = rooms.window.tray.symbol
    qtbot.waitUntil(lambda: "no alarm" not in symbol.toolTip())
    image = symbol.icon().pixmap(32, 32).toImage()
    pixels = {image.pixelColor(x, y).name() for x in range(32) for y in range(32)}
    assert pixels & {OVERLAY_ALARM.paper, OVERLAY_WATCH.paper} == {pair.paper}
