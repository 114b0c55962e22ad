"""The banner while an alarm waits to be acknowledged."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.ui.alarm.alarm_banner import FLASH_MS, AlarmBanner
from fallwatch.ui.style.palette import LIGHT
from fallwatch.ui.style.theme import Theme
from tests.ui.fakes import alarm

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=timezone.utc)


class Clock:
    def __init__(self) -> None:
        self.now = NOON + timedelta(seconds=72)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def banner(qtbot: QtBot, theme: Theme, clock: Clock) -> AlarmBanner:
    banner = AlarmBanner(theme, now=clock)
    qtbot.addWidget(banner)
    return banner


def words(banner: AlarmBanner) -> str:
    return " | ".join(
        label.text() for label in banner.findChildren(QLabel) if label.isVisibleTo(banner)
    )


def button(banner: AlarmBanner, name: str) -> QPushButton:
    return next(
        each for each in banner.findChildren(QPushButton) if each.accessibleName().startswith(name)
    )


def test_nothing_is_shown_while_nothing_waits(banner: AlarmBanner) -> None:
    banner.show_alarms((alarm(state=AlarmState.ACKNOWLEDGED),))
    assert banner.isHidden()
    assert banner.shown is None


def test_it_says_what_where_since_when_and_why(banner: AlarmBanner) -> None:
    banner.show_alarms((alarm(),))
    shown = words(banner)
    assert not banner.isHidden()
    assert "Fall – Hall" in shown
    assert "Since 12:00:00, 1 min 12 s ago" in shown
    assert "fast descent; lying still" in shown


def test_the_time_since_ticks(qtbot: QtBot, banner: AlarmBanner, clock: Clock) -> None:
    banner.show_alarms((alarm(),))
    clock.now += timedelta(seconds=3)
    qtbot.waitUntil(lambda: "1 min 15 s ago" in words(banner))


def test_it_flashes_no_faster_than_twice_a_second() -> None:
    assert 1000 / (2 * FLASH_MS) <= 2


def test_an_alarm_from_a_clip_cannot_be_taken_for_one_from_a_room(banner: AlarmBanner) -> None:
    banner.show_alarms((alarm(camera="a.mp4", from_clip=True, clip_time_s=64.2),))
    assert "Fall in the clip a.mp4" in words(banner)
    assert "At 1:04 in the clip" in words(banner)


def test_the_button_acknowledges_once(qtbot: QtBot, banner: AlarmBanner) -> None:
    answered: list[str] = []
    banner.acknowledged.connect(answered.append)
    banner.show_alarms((alarm("one"),))
    acknowledge = button(banner, "Acknowledge")
    qtbot.mouseClick(acknowledge, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(acknowledge, Qt.MouseButton.LeftButton)
    assert answered == ["one"]
    assert not acknowledge.isEnabled()
    # It goes when the dispatcher confirms, not before.
    assert not banner.isHidden()
    banner.show_alarms((alarm("one", state=AlarmState.ACKNOWLEDGED),))
    assert banner.isHidden()


def test_an_acknowledgement_that_could_not_be_recorded_can_be_given_again(
    banner: AlarmBanner,
) -> None:
    answered: list[str] = []
    banner.acknowledged.connect(answered.append)
    banner.show_alarms((alarm("one"),))
    banner.acknowledge()
    banner.acknowledge_failed("one")
    assert button(banner, "Acknowledge").isEnabled()
    banner.acknowledge()
    assert answered == ["one", "one"]


def test_the_key_stands_on_the_button(banner: AlarmBanner) -> None:
    banner.show_alarms((alarm(),))
    assert "F2" in button(banner, "Acknowledge").text()


def several() -> tuple[Alarm, ...]:
    return (
        alarm("one", camera="Hall"),
        alarm("two", camera="Kitchen"),
        alarm("three", camera="Bedroom", kind="camera_lost", priority=Priority.MEDIUM),
    )


def test_several_alarms_stay_apart(qtbot: QtBot, banner: AlarmBanner) -> None:
    banner.show_alarms(several())
    assert "Fall – Hall" in words(banner)
    assert "1 of 3" in words(banner)
    qtbot.mouseClick(button(banner, "Next alarm"), Qt.MouseButton.LeftButton)
    assert "Fall – Kitchen" in words(banner)
    assert "2 of 3" in words(banner)
    answered: list[str] = []
    banner.acknowledged.connect(answered.append)
    banner.acknowledge()
    assert answered == ["two"]
    qtbot.mouseClick(button(banner, "Previous alarm"), Qt.MouseButton.LeftButton)
    assert button(banner, "Acknowledge").isEnabled()


def test_the_one_being_read_stays_when_a_less_urgent_one_comes(banner: AlarmBanner) -> None:
    first, second, third = several()
    banner.show_alarms((first, second))
    banner._turn_by(1)
    banner.show_alarms((first, second, third))
    assert banner.shown == second


def test_a_new_most_urgent_alarm_takes_the_banner(banner: AlarmBanner) -> None:
    _, second, third = several()
    banner.show_alarms((third,))
    banner.show_alarms((second, third))
    assert banner.shown == second


def test_an_alarm_that_takes_the_banner_by_itself_is_not_acknowledged_unread(
    qtbot: QtBot, banner: AlarmBanner
) -> None:
    answered: list[str] = []
    banner.acknowledged.connect(answered.append)
    _, second, third = several()
    banner.show_alarms((third,))
    banner.show_alarms((second, third))
    banner.acknowledge()
    assert answered == []
    qtbot.waitUntil(button(banner, "Acknowledge").isEnabled)
    banner.acknowledge()
    assert answered == ["two"]


def test_it_stays_red_while_an_urgent_alarm_waits(qtbot: QtBot, banner: AlarmBanner) -> None:
    first, _, third = several()
    banner.resize(900, 120)

    def colours() -> set[str]:
        return {banner.grab().toImage().pixelColor(2, 2).name()}

    banner.show_alarms((first, third))
    banner._turn_by(1)
    assert banner.shown == third
    assert colours() <= {LIGHT.alarm.paper, LIGHT.alarm_dim.paper}
    banner.show_alarms((third,))
    assert colours() <= {LIGHT.notice.paper, LIGHT.notice_dim.paper}


def test_only_new_alarms_call_for_attention(banner: AlarmBanner) -> None:
    calls: list[None] = []
    banner.raised.connect(lambda: calls.append(None))
    first, second, _ = several()
    banner.show_alarms((first,))
    banner.show_alarms((first,))
    assert len(calls) == 1
    banner.show_alarms((first, second))
    assert len(calls) == 2
    banner.show_alarms((second,))
    assert len(calls) == 2


def test_an_alarm_that_comes_again_after_its_acknowledgement_can_be_acknowledged_again(
    banner: AlarmBanner,
) -> None:
    answered: list[str] = []
    banner.acknowledged.connect(answered.append)
    banner.show_alarms((alarm("one"),))
    banner.acknowledge()
    banner.show_alarms((alarm("one", state=AlarmState.ACKNOWLEDGED),))
    banner.show_alarms((alarm("one"),))
    banner.acknowledge()
    assert answered == ["one", "one"]


def test_one_that_is_over_by_itself_still_wants_an_acknowledgement(banner: AlarmBanner) -> None:
    banner.show_alarms((alarm(state=AlarmState.RETURNED_UNACKNOWLEDGED),))
    assert not banner.isHidden()
    assert "nobody has acknowledged it" in words(banner)


# All at once


@pytest.fixture
def three(qtbot: QtBot, banner: AlarmBanner) -> AlarmBanner:
    banner.show_alarms(tuple(alarm(name) for name in ("one", "two", "three")))
    banner.resize(1000, 160)
    banner.show()
    qtbot.waitExposed(banner)
    return banner


def test_a_held_key_answers_all_that_waited_and_shows_how_far_it_is(
    qtbot: QtBot, three: AlarmBanner
) -> None:
    answered: list[str] = []
    three.acknowledged.connect(answered.append)
    assert three.hold.isVisible()
    assert "all 3" in three.hold.text()
    qtbot.keyPress(three, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: three.hold.value() > 20)
    three.show_alarms((*(alarm(name) for name in ("one", "two", "three")), alarm("late")))
    qtbot.waitUntil(lambda: bool(answered))
    assert answered == ["one", "two", "three"]
    assert three.waiting == ("late",)
    assert three.hold.value() == 0
    qtbot.keyRelease(three, Qt.Key.Key_F2)


def test_a_key_let_go_too_soon_answers_nothing_more(qtbot: QtBot, three: AlarmBanner) -> None:
    answered: list[str] = []
    three.acknowledged.connect(answered.append)
    qtbot.keyPress(three, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: three.hold.value() > 0)
    qtbot.keyRelease(three, Qt.Key.Key_F2)
    assert three.hold.value() == 0
    assert answered == []


def test_the_bar_is_held_with_the_mouse_as_well(qtbot: QtBot, three: AlarmBanner) -> None:
    answered: list[str] = []
    three.acknowledged.connect(answered.append)
    qtbot.mousePress(three.hold, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: three.hold.value() > 20)
    assert answered == []
    qtbot.waitUntil(lambda: bool(answered))
    assert answered == ["one", "two", "three"]
    qtbot.mouseRelease(three.hold, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("slips", [True, False])
def test_a_bar_let_go_too_soon_acknowledges_nothing(
    qtbot: QtBot, three: AlarmBanner, slips: bool
) -> None:
    answered: list[str] = []
    three.acknowledged.connect(answered.append)
    qtbot.mousePress(three.hold, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: three.hold.value() > 0)
    if slips:
        three.hold.mouseMoveEvent(_moved(QPointF(-5.0, -5.0)))
    else:
        qtbot.mouseRelease(three.hold, Qt.MouseButton.LeftButton)
    assert three.hold.value() == 0
    qtbot.wait(100)
    assert (three.hold.value(), answered) == (0, [])


def test_a_dialog_that_opens_meanwhile_ends_the_holding(qtbot: QtBot, three: AlarmBanner) -> None:
    answered: list[str] = []
    three.acknowledged.connect(answered.append)
    three.show()
    qtbot.mousePress(three.hold, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: three.hold.value() > 0)
    dialog = QDialog(three)
    dialog.open()
    # Its window hears nothing of the button that is let go now.
    assert three.hold.value() == 0
    qtbot.wait(100)
    assert (three.hold.value(), answered) == (0, [])
    dialog.close()


def test_the_bar_takes_the_left_button_alone(qtbot: QtBot, three: AlarmBanner) -> None:
    qtbot.mousePress(three.hold, Qt.MouseButton.RightButton)
    qtbot.wait(150)
    assert three.hold.value() == 0


def _moved(to: QPointF) -> QMouseEvent:
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    return QMouseEvent(QEvent.Type.MouseMove, to, to, left, left, none)


def test_one_alarm_needs_no_holding(banner: AlarmBanner) -> None:
    banner.show_alarms((alarm(),))
    assert banner.hold.isHidden()


# After a restart


def test_the_stored_snapshot_is_shown_when_it_was_read(qtbot: QtBot, banner: AlarmBanner) -> None:
    stored: dict[str, QImage] = {}
    banner.set_stored(stored.get)
    banner.show_alarms((alarm(),))
    banner.resize(1000, 160)
    banner.show()
    assert banner.image.isHidden()
    stored["one"] = QImage(16, 12, QImage.Format.Format_RGB32)
    banner.stored_changed("one")
    assert banner.image.isVisible()
