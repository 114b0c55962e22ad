"""Takes the settings to another computer, and takes over those of another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from fallwatch.core.message import Message, joined, message_of
from fallwatch.settings import (
    Settings,
    WebSettings,
    WindowSettings,
    load_settings,
    save_settings,
)
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.preferences import Preferences
from fallwatch.ui.pin.pin_gate import Gate, no_gate
from fallwatch.ui.window.main_window import MainWindow

_TOPIC = "settings file"

#: What belongs to this computer, and is neither written nor taken over: a file of settings must
#: not open the page for phones to the network.
OF_THIS_COMPUTER = ("version", "pin", "web", "window", "assistant_seen", "closing_explained")


class SettingsTransfer(QObject):
    """Two entries in the menu. Passwords and addresses of recipients are in no such file.

    Args:
        window: Gets the entries.
        preferences: The settings.
        tasks: Reads and writes.
        gate: Asks for the PIN, where there is one.
        taken_over: Called with the settings before, when others were taken over.
    """

    def __init__(
        self,
        window: MainWindow,
        preferences: Preferences,
        tasks: BackgroundTasks,
        taken_over: Callable[[Settings], object],
        gate: Gate = no_gate,
    ) -> None:
        super().__init__(window)
        self._window, self._preferences, self._tasks = window, preferences, tasks
        self._taken_over = taken_over
        for words, ask in (
            (self.tr("&Export settings…"), self.ask_where_to_write),
            (self.tr("&Import settings…"), self.ask_what_to_read),
        ):
            action = QAction(words, window)
            action.triggered.connect(partial(_gated, gate, ask))
            window.watch_menu.addAction(action)

    def ask_where_to_write(self) -> None:
        """Ask for a file, and write the settings to it."""
        dialog = self._dialog(self.tr("Export settings"), self.write)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("toml")
        dialog.selectFile("fallwatch settings.toml")
        self._window.show_dialog(dialog)

    def ask_what_to_read(self) -> None:
        """Ask for a file, and take its settings over."""
        dialog = self._dialog(self.tr("Import settings"), self.read)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._window.show_dialog(dialog)

    def write(self, path: Path) -> None:
        """Write the settings to a file."""
        settings = self._preferences.current.model_copy(
            update={"pin": "", "web": WebSettings(), "window": WindowSettings()}
        )
        self._tasks.run(
            lambda: save_settings(settings, path),
            lambda _: self._say(
                Message("The settings are in {0}. Passwords are not in it.", (str(path),))
            ),
            otherwise=lambda error: self._say(message_of(error)),
        )

    def read(self, path: Path) -> None:
        """Take over the settings of a file; what is wrong in it stays as it is here."""
        self._tasks.run(
            partial(load_settings, path),
            lambda found: self._take(*found),
            otherwise=lambda error: self._say(message_of(error)),
        )

    def _take(self, settings: Settings, problems: list[Message]) -> None:
        if problems:
            self._say(joined([Message("Nothing was taken over."), *problems]))
            return
        before = self._preferences.current
        names = set(type(settings).model_fields) - set(OF_THIS_COMPUTER)
        self._preferences.change(**{name: getattr(settings, name) for name in names})
        self._taken_over(before)
        self._say(
            Message(
                "The settings were taken over. Enter passwords and recipients' addresses again. "
                "The page for phones stays as it was on this computer."
            )
        )

    def _dialog(self, title: str, chosen: Callable[[Path], None]) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setNameFilter(self.tr("Settings (*.toml)"))
        dialog.fileSelected.connect(lambda path: chosen(Path(path)))
        return dialog

    def _say(self, words: Message) -> None:
        self._window.messages.show_message(_TOPIC, words)


def _gated(gate: Gate, ask: Callable[[], object], *_: object) -> None:
    gate(ask)
