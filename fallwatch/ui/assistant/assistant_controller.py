"""Opens the assistant: at the first start by itself, later from the help menu."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from shiboken6 import isValid

from fallwatch.core.message import Message
from fallwatch.settings import MessageSettings
from fallwatch.ui.alarm.dialog_alarms import make_ready
from fallwatch.ui.assistant.assistant_dialog import AssistantDialog
from fallwatch.ui.assistant.points import Answers, Situation
from fallwatch.ui.background.preferences import Preferences
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.settings.notify_page import Trial
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.main_window import MainWindow
from fallwatch.ui.window.self_test import SelfTestDialog


class AssistantController(QObject):
    """Joins the assistant to cameras, settings and self-test.

    Args:
        window: Parent of the dialog.
        theme: Colours.
        rooms: Whom to look at.
        preferences: The settings.
        trial: Plays the sound, and sends tests.
        open_self_test: Opens the self-test and begins it.

    Signals:
        zones_wanted: A ``RoomPresenter`` in which somebody wants to mark a bed.
    """

    zones_wanted = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        rooms: Rooms,
        preferences: Preferences,
        trial: Trial,
        open_self_test: Callable[[], SelfTestDialog],
    ) -> None:
        super().__init__(window)
        self._window, self._theme, self._rooms = window, theme, rooms
        self._preferences, self._trial, self._open_self_test = preferences, trial, open_self_test
        self._answers = Answers()
        self._dialog: AssistantDialog | None = None

    def offer_once(self) -> None:
        """Open it if this is the first start: nothing is set up, and nobody has seen it."""
        current = self._preferences.current
        if not (current.cameras or current.assistant_seen):
            self.open()

    def open(self) -> AssistantDialog:
        """Show the assistant, beside the window: the rooms stay in view."""
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.raise_()
            return self._dialog
        dialog = self._dialog = AssistantDialog(
            self._theme, self._look, self._answers, self._window
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.camera_wanted.connect(self._window.camera_wanted)
        dialog.settings_wanted.connect(self._window.settings_wanted)
        dialog.sound_wanted.connect(self._play)
        dialog.message_wanted.connect(self._send)
        dialog.test_wanted.connect(self._test)
        dialog.zones_wanted.connect(self._draw_zones)
        dialog.finished.connect(lambda _: self._preferences.change(assistant_seen=True))
        make_ready(dialog)
        dialog.show()
        return dialog

    def close(self) -> None:
        """Close it without counting as seen."""
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.finished.disconnect()
            self._dialog.reject()

    def _look(self) -> Situation:
        current = self._preferences.current
        rooms = [each for each in self._rooms.all if each.choice and not each.choice.ends]
        beds = {
            camera.name
            for camera in current.cameras
            if any(zone.kind == "bed" for zone in camera.zones)
        }
        return Situation(
            rooms={each.name: each.tile.look.monitoring for each in rooms},
            rooms_with_bed=frozenset(beds),
            recipients=tuple(each.name for each in current.messages),
            has_pin=bool(current.pin),
        )

    def _play(self) -> None:
        self._trial.sound(lambda problem: self._tell("sound", problem, heard=False))

    def _send(self) -> None:
        self._send_to(self._preferences.current.messages)

    def _send_to(self, recipients: Sequence[MessageSettings]) -> None:
        """One after the other: of several tries at once only the last would be answered."""

        def sent(problem: Message | None) -> None:
            if problem is None:
                self._send_to(recipients[1:])
            else:
                self._tell("recipient", problem, reached=False)

        if recipients:
            self._trial.message(recipients[0], "", sent)

    def _tell(self, name: str, problem: Message | None, **answers: bool) -> None:
        """Say what did not work; what went well, only somebody can say who was there."""
        dialog = self._dialog
        if problem is None or dialog is None or not isValid(dialog):
            return
        for key, value in answers.items():
            setattr(self._answers, key, value)
        dialog.refresh()
        dialog.show_problem(name, problem)

    def _test(self) -> None:
        self._open_self_test().examined.connect(self._on_examined)

    def _on_examined(self, passed: bool) -> None:
        self._answers.test_passed = passed
        if self._dialog is not None and isValid(self._dialog):
            self._dialog.refresh()

    def _draw_zones(self, name: str) -> None:
        room = self._rooms.named(name)
        if room is not None:
            self.zones_wanted.emit(room)
