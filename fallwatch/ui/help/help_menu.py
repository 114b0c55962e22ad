"""The help menu."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog

from fallwatch.core.message import Message, message_of
from fallwatch.runtime.support_report import Finding, write_report
from fallwatch.settings import Settings
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.help import texts
from fallwatch.ui.help.page import PageDialog
from fallwatch.ui.window.main_window import MainWindow

#: Topic of what the window says about a report.
_TOPIC = "report"


class HelpMenu(QObject):
    """Adds the menu and opens what is in it.

    Args:
        window: Gets the menu.
        tasks: Writes the report.
        settings: In use.
        examine: The checks of the self-test; they take some seconds.
        logs: Files that belong into a report.
        assist: Opens the set-up assistant.
    """

    def __init__(
        self,
        window: MainWindow,
        tasks: BackgroundTasks,
        *,
        settings: Callable[[], Settings],
        examine: Callable[[], Callable[[], Iterator[Finding]]],
        logs: Callable[[], list[Path]],
        assist: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window, self._tasks = window, tasks
        self._settings, self._examine, self._logs = settings, examine, logs
        menu = window.menuBar().addMenu(self.tr("&Help"))
        for words, key, slot in (
            (self.tr("&Guide"), "F1", self.show_guide),
            (self.tr("&Keys"), "", self.show_keys),
            (self.tr("Set-up &assistant…"), "", assist),
            (self.tr("&Collect a report…"), "", self.ask_for_report),
            (self.tr("A&bout fallwatch"), "", self.show_about),
        ):
            action = QAction(words, window)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(partial(_call, slot))
            menu.addAction(action)

    def show_guide(self) -> None:
        """Show the guide."""
        self._show(self.tr("Guide"), texts.guide(), texts.guides_dir())

    def show_keys(self) -> None:
        """Show the keys."""
        self._show(self.tr("Keys"), texts.keys())

    def show_about(self) -> None:
        """Show versions and licences."""
        self._show(self.tr("About fallwatch"), texts.about())

    def ask_for_report(self) -> None:
        """Ask where a report shall lie, and write it."""
        dialog = QFileDialog(self._window, self.tr("Collect a report"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(self.tr("Archive (*.zip)"))
        dialog.setDefaultSuffix("zip")
        dialog.selectFile(f"fallwatch report {datetime.now():%Y-%m-%d}.zip")
        dialog.fileSelected.connect(lambda path: self.write(Path(path)))
        self._window.show_dialog(dialog)

    def write(self, path: Path) -> None:
        """Do the checks, and write the report."""
        self._say(Message("The report is being collected. A short sound plays."))
        settings, findings, logs = self._settings(), self._examine(), self._logs()

        def work() -> None:
            write_report(path, settings, findings(), logs)

        self._tasks.run(
            work,
            lambda _: self._say(
                Message("The report is in {0}. Read it before you send it.", (str(path),))
            ),
            otherwise=lambda error: self._say(message_of(error)),
        )

    def _show(self, title: str, markdown: str, folder: Path | None = None) -> None:
        self._window.show_dialog(PageDialog(title, markdown, folder, self._window))

    def _say(self, words: Message) -> None:
        self._window.messages.show_message(_TOPIC, words)


def _call(slot: Callable[[], object], *_: object) -> None:
    slot()
