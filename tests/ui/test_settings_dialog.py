"""The settings as a person changes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm, Priority
from fallwatch.settings import QuietSettings, RecordSettings, Settings
from fallwatch.ui.settings_desk import SettingsDesk
from fallwatch.ui.settings_dialog import SettingsDialog
from fallwatch.ui.theme import Theme
from tests.ui.fakes import nameless
from tests.ui.test_controller import Bench, make_bench

__all__ = ["make_bench"]


class FakeAutostart:
    on = False

    def is_on(self) -> bool:
        return self.on

    def set_on(self, on: bool) -> None:
        self.on = on


class FakeSound:
    name = "sound"

    def __init__(self, error: str = "") -> None:
        self.played: list[Priority] = []
        self.error = error

    def deliver(self, alarm: Alarm) -> None:
        if self.error:
            raise ChannelError(self.error)
        self.played.append(alarm.priority)

    def quiet(self) -> None: ...

    def close(self) -> None: ...


class Opened:
    def __init__(self, bench: Bench, theme: Theme, sound: FakeSound) -> None:
        self.bench, self.autostart, self.sound = bench, FakeAutostart(), sound
        desk = SettingsDesk(
            bench.window,
            theme,
            bench.preferences,
            bench.errands,
            self.autostart,
            lambda: sound,
        )
        desk.judging_changed.connect(bench.controller.judge_anew)

    def dialog(self, qtbot: QtBot) -> SettingsDialog:
        self.bench.window.controls.settings.click()
        qtbot.waitUntil(lambda: self.bench.window.findChild(SettingsDialog) is not None)
        found = self.bench.window.findChild(SettingsDialog)
        assert isinstance(found, SettingsDialog)
        return found


@pytest.fixture
def opened(theme: Theme, make_bench: Callable[..., Bench]) -> Opened:
    bench = make_bench(cameras=[{"name": "Hall", "source": "0"}])
    bench.controller.begin(None)
    return Opened(bench, theme, FakeSound())


def test_what_is_left_alone_stays_as_it_is(qtbot: QtBot, theme: Theme) -> None:
    settings = Settings(
        sensitivity="low",
        on_floor_after_s=33.0,
        language="de",
        quiet=QuietSettings(monday="21:30-05:15", volume_percent=25),
        record=RecordSettings(keep_days=7, keep_megabytes=900),
    )
    dialog = SettingsDialog(theme, settings, starts_by_itself=True, play=lambda priority: None)
    qtbot.addWidget(dialog)
    kept = Settings.model_validate({**settings.model_dump(), **dialog.values})
    assert kept == settings
    assert dialog.computer.start.isChecked()


def test_other_times_are_saved_and_judged_by_at_once(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    dialog.watching.on_floor.setValue(45)
    dialog.accept()
    qtbot.waitUntil(lambda: len(opened.bench.monitors) == 2)
    qtbot.waitUntil(lambda: bool(opened.bench.saved))
    assert opened.bench.saved[-1].on_floor_after_s == 45.0


def test_other_retention_leaves_the_rooms_alone(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    dialog.record.days.setValue(5)
    dialog.accept()
    qtbot.waitUntil(lambda: bool(opened.bench.saved))
    assert opened.bench.saved[-1].record.keep_days == 5
    assert len(opened.bench.monitors) == 1


def test_quiet_hours_of_one_day(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    sunday = dialog.quiet.days["sunday"]
    assert not sunday.begin.isEnabled()
    sunday.enabled.click()
    assert sunday.begin.isEnabled()
    dialog.accept()
    qtbot.waitUntil(lambda: bool(opened.bench.saved))
    quiet = opened.bench.saved[-1].quiet
    assert (quiet.sunday, quiet.monday) == ("22:00-06:00", "")


def test_cancelling_changes_nothing(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    dialog.watching.on_floor.setValue(45)
    dialog.reject()
    qtbot.wait(30)
    assert opened.bench.saved == []


def test_starting_with_the_computer(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    dialog.computer.start.click()
    dialog.accept()
    qtbot.waitUntil(lambda: opened.autostart.on)


def test_the_sounds_can_be_heard(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    for button in dialog.alarm.findChildren(type(opened.bench.window.controls.settings)):
        button.click()
    expected = [Priority.HIGH, Priority.MEDIUM, Priority.LOW]
    qtbot.waitUntil(lambda: opened.sound.played == expected)


def test_a_computer_without_a_loudspeaker_says_so(qtbot: QtBot, opened: Opened) -> None:
    opened.sound.error = "Connect a loudspeaker."
    dialog = opened.dialog(qtbot)
    dialog.alarm.findChildren(type(opened.bench.window.controls.settings))[0].click()
    qtbot.waitUntil(lambda: dialog.problem.text() == "Connect a loudspeaker.")


def test_every_field_has_a_name_for_screen_readers(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    for page in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(page)
        assert nameless(dialog) == []
