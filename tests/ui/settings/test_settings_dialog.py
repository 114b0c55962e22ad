"""The settings as a person changes them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fallwatch.core.protocols import ChannelError
from fallwatch.core.types import Alarm, Priority
from fallwatch.settings import MessageSettings, QuietSettings, RecordSettings, Settings
from fallwatch.ui.background.latest_task import LatestTask
from fallwatch.ui.settings.notify_page import Trial
from fallwatch.ui.settings.settings_dialog import SettingsDialog
from fallwatch.ui.settings.settings_pages import AdvancedPage
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import Language, speak
from fallwatch.ui.window.settings_controller import SettingsController
from tests.screens.dialogs import DIALOGS
from tests.screens.scene import Scene
from tests.ui.fakes import nameless
from tests.ui.qt_waiting import finish_tasks
from tests.ui.window.test_controller import Bench, make_bench

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

    def stop(self) -> None: ...

    def close(self) -> None: ...


class FakeKeeper:
    def __init__(self) -> None:
        self.tried: list[tuple[str, str]] = []
        self.kept: dict[str, str] = {}
        self.forgotten: list[str] = []
        self.error = ""

    def try_out(self, message: MessageSettings, address: str) -> None:
        self.tried.append((message.name, address))
        if self.error:
            raise ChannelError(self.error)

    def keep(self, name: str, address: str) -> str | None:
        self.kept[name] = address
        return None

    def forget(self, name: str) -> None:
        self.forgotten.append(name)


VARIANTS = ["efficientnet-b0-optimised", "resnet18-optimised"]


class Opened:
    def __init__(self, bench: Bench, theme: Theme, sound: FakeSound) -> None:
        self.bench, self.autostart, self.sound = bench, FakeAutostart(), sound
        self.keeper = FakeKeeper()
        dispatcher = SettingsController(
            bench.window,
            theme,
            bench.preferences,
            bench.tasks,
            self.autostart,
            LatestTask(bench.bridge),
            self.keeper,  # type: ignore[arg-type]
            lambda: sound,
            passwords=bench.tasks,
            variants=lambda: VARIANTS,
        )
        dispatcher.judging_changed.connect(bench.controller.judge_anew)
        dispatcher.watching_changed.connect(bench.controller.watch_anew)

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


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_tabs_are_in_sight(
    qtbot: QtBot, qapp: QApplication, theme: Theme, language: Language
) -> None:
    speak(qapp, language)
    try:
        silent = Trial(lambda answer: None, lambda message, address, answer: None)
        dialog = SettingsDialog(
            theme, Settings(), starts_by_itself=True, play=lambda priority: None, trial=silent
        )
    finally:
        speak(qapp, "en")
    qtbot.addWidget(dialog)
    dialog.show()
    bar = dialog.tabs.tabBar()
    assert bar.tabText(0) == {"en": "Watching", "de": "Überwachung"}[language]
    assert bar.tabRect(0).left() >= 0
    assert bar.tabRect(bar.count() - 1).right() < dialog.tabs.width()
    assert dialog.width() <= 800, "a small screen"


def test_every_page_has_its_picture_among_the_screens(qtbot: QtBot, theme: Theme) -> None:
    seen, pages = set(), set()
    for screen in (
        "settings", "alarm-settings", "notifications", "phone", "quiet-hours", "record",
        "this-computer", "advanced",
    ):  # fmt: skip
        with DIALOGS[screen](theme, Scene({}, ())) as dialog:
            assert isinstance(dialog, SettingsDialog)
            seen.add(type(dialog.tabs.currentWidget()))
            pages |= {type(dialog.tabs.widget(index)) for index in range(dialog.tabs.count())}
    assert seen == pages


def test_a_phone_is_paired_on_its_screen(qtbot: QtBot, theme: Theme) -> None:
    with DIALOGS["pairing"](theme, Scene({}, ())) as dialog:
        assert isinstance(dialog, SettingsDialog)
        assert dialog.phone.qr.isVisible()
        assert dialog.phone.devices.count() == 2


def test_what_is_left_alone_stays_as_it_is(qtbot: QtBot, theme: Theme) -> None:
    settings = Settings(
        sensitivity="low",
        on_floor_after_s=33.0,
        language="de",
        quiet=QuietSettings(monday="21:30-05:15", volume_percent=25),
        record=RecordSettings(keep_days=7, keep_megabytes=900),
        messages=(MessageSettings(name="Anna", service="Mail", step=2, pictures=False),),
    )
    silent = Trial(lambda answer: None, lambda message, address, answer: None)
    dialog = SettingsDialog(
        theme, settings, starts_by_itself=True, play=lambda priority: None, trial=silent
    )
    qtbot.addWidget(dialog)
    kept = Settings.model_validate({**settings.model_dump(), **dialog.values})
    assert kept == settings
    assert dialog.computer.start.isChecked()


def test_other_times_are_saved_and_judged_by_at_once(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    dialog.watching.on_floor.setValue(45)
    dialog.accept()
    qtbot.waitUntil(lambda: bool(opened.bench.saved))
    assert opened.bench.saved[-1].on_floor_after_s == 45.0
    (monitor,) = opened.bench.monitors
    assert not monitor.stopped
    assert [settings.on_floor_after_s for _, settings in monitor.rejudged] == [45.0]


def test_another_classifier_is_chosen_on_the_page_for_engineers(
    qtbot: QtBot, opened: Opened
) -> None:
    dialog = opened.dialog(qtbot)
    dialog.tabs.setCurrentWidget(dialog.advanced)
    assert dialog.advanced.variant.currentText() == "efficientnet-b0-optimised"
    qtbot.keyClick(dialog.advanced.variant, Qt.Key.Key_Down)
    dialog.accept()
    qtbot.waitUntil(lambda: bool(opened.bench.saved))
    assert opened.bench.saved[-1].variant == "resnet18-optimised"
    (monitor,) = opened.bench.monitors
    assert not monitor.stopped
    assert [settings.variant for _, settings in monitor.rejudged] == ["resnet18-optimised"]


def test_a_classifier_that_is_missing_stays_visible(qtbot: QtBot, theme: Theme) -> None:
    page = AdvancedPage(Settings(variant="gone"), ["a"])
    qtbot.addWidget(page)
    assert page.variant.currentText() == "gone"
    assert page.variant.count() == 2


def test_another_number_of_frames_needs_another_start(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    dialog.advanced.fps.setValue(10)
    dialog.accept()
    qtbot.waitUntil(lambda: len(opened.bench.monitors) == 2)


def test_another_decoder_needs_another_start(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    chosen = dialog.advanced.decoder
    assert chosen.currentData() == "processor"
    chosen.setCurrentIndex(chosen.findData("auto"))
    dialog.accept()
    qtbot.waitUntil(lambda: len(opened.bench.monitors) == 2)
    assert opened.bench.saved[-1].decoder == "auto"


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
    finish_tasks(qtbot, opened.bench.tasks)
    assert opened.bench.saved == []


def test_starting_with_the_computer(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    dialog.computer.start.click()
    dialog.accept()
    qtbot.waitUntil(lambda: opened.autostart.on)


def test_the_sounds_can_be_heard(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    for button in dialog.alarm.findChildren(QPushButton):
        button.click()
    expected = [Priority.HIGH, Priority.MEDIUM, Priority.LOW]
    qtbot.waitUntil(lambda: opened.sound.played == expected)


def test_a_computer_without_a_loudspeaker_says_so(qtbot: QtBot, opened: Opened) -> None:
    opened.sound.error = "Connect a loudspeaker."
    dialog = opened.dialog(qtbot)
    dialog.alarm.findChildren(QPushButton)[0].click()
    qtbot.waitUntil(lambda: dialog.problem.text() == "Connect a loudspeaker.")


def test_every_field_has_a_name_for_screen_readers(qtbot: QtBot, opened: Opened) -> None:
    dialog = opened.dialog(qtbot)
    assert dialog.tabs.count() > 3
    for page in range(dialog.tabs.count()):
        dialog.tabs.setCurrentIndex(page)
        assert nameless(dialog) == []


# Notifications


def press(page: QWidget, name: str) -> None:
    next(b for b in page.findChildren(QPushButton) if b.accessibleName() == name).click()


def test_somebody_is_added_tried_and_told(qtbot: QtBot, opened: Opened) -> None:
    page = opened.dialog(qtbot).notify
    dialog = page.add()
    assert not dialog.test_button.isEnabled()
    dialog.name.setText("Anna")
    dialog.way.setCurrentIndex(1)
    dialog.fields[1, "topic"].setText("anna falls")
    assert not dialog.after.isEnabled()
    dialog.later.setChecked(True)
    dialog.after.setValue(120)
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "taken the message" in dialog.words.text())
    address = "ntfys://ntfy.sh/anna%20falls"
    assert opened.keeper.tried == [("Anna", address)]
    dialog.accept()
    press(page, "Test Anna")
    qtbot.waitUntil(lambda: "it works" in page.words.text())
    opened.dialog(qtbot).accept()
    qtbot.waitUntil(lambda: opened.keeper.kept == {"Anna": address})
    (message,) = opened.bench.saved[-1].messages
    assert (message.name, message.step, message.after_s) == ("Anna", 2, 120.0)
    assert "anna falls" not in opened.bench.saved[-1].model_dump_json()


def test_no_snapshot_leaves_the_own_network_unless_somebody_wants_it(
    qtbot: QtBot, opened: Opened
) -> None:
    dialog = opened.dialog(qtbot).notify.add()
    qtbot.keyClick(dialog.way, Qt.Key.Key_Down)  # ntfy, and with it the public server
    qtbot.keyClicks(dialog.fields[1, "topic"], "anna-falls")
    assert not dialog.message.pictures
    assert "ntfy.sh" in dialog.sent.text()
    assert "no snapshot" in dialog.sent.text()
    assert "outside" in dialog.sent.text()
    server = dialog.fields[1, "server"]
    server.selectAll()
    qtbot.keyClicks(server, "192.168.1.7:8080")
    assert dialog.message.pictures
    assert "outside" not in dialog.sent.text()
    server.selectAll()
    qtbot.keyClicks(server, "ntfy.sh")
    assert not dialog.message.pictures
    # Who wants it all the same is told, and it stays so.
    qtbot.keyClick(dialog.snapshots, Qt.Key.Key_Space)
    qtbot.keyClicks(dialog.fields[1, "topic"], "2")
    assert dialog.message.pictures
    assert "its snapshot" in dialog.sent.text()
    dialog.reject()


def test_a_way_that_fails_says_why(qtbot: QtBot, opened: Opened) -> None:
    opened.keeper.error = "The message was not taken. Check the address."
    opened.sound.error = "Connect a loudspeaker."
    opened.bench.preferences.change(messages=(MessageSettings(name="Anna"),))
    page = opened.dialog(qtbot).notify
    press(page, "Test Anna")
    qtbot.waitUntil(lambda: "Check the address" in page.words.text())
    press(page, "Test Sound on this computer")
    qtbot.waitUntil(lambda: "Connect a loudspeaker" in page.words.text())


def test_who_is_removed_is_forgotten_once_it_is_saved(qtbot: QtBot, opened: Opened) -> None:
    both = (MessageSettings(name="Anna"), MessageSettings(name="Ben"))
    opened.bench.preferences.change(messages=both)
    dialog = opened.dialog(qtbot)
    press(dialog.notify, "Remove Anna")
    assert opened.keeper.forgotten == []
    dialog.accept()
    qtbot.waitUntil(lambda: opened.keeper.forgotten == ["Anna"])
    assert [each.name for each in opened.bench.saved[-1].messages] == ["Ben"]


def test_a_name_that_is_there_already_is_refused(qtbot: QtBot, opened: Opened) -> None:
    opened.bench.preferences.change(messages=(MessageSettings(name="Anna"),))
    dialog = opened.dialog(qtbot).notify.add()
    dialog.way.setCurrentIndex(4)
    dialog.fields[4, "url"].setText("json://localhost")
    save = dialog.buttons.button(QDialogButtonBox.StandardButton.Save)
    for name, possible in (("Anna", False), ("sound", False), ("", False), ("Ben", True)):
        dialog.name.setText(name)
        assert save.isEnabled() == possible, name
