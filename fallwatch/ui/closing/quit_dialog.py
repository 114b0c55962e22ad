"""The question before the watch ends, and why it cannot end during an alarm."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMessageBox, QPushButton, QWidget

from fallwatch.ui.text.plain_text import plain_question


class QuitDialog(QMessageBox):
    """Names the rooms that will not be watched any more; Enter and Escape keep watching.

    Signals:
        quit_chosen: Somebody wants to quit all the same.
        hide_chosen: Somebody wants only the window out of the way.
    """

    quit_chosen = Signal()
    hide_chosen = Signal()

    def __init__(
        self, rooms: Sequence[str], *, can_hide: bool, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        plain_question(self)
        self.setWindowTitle(self.tr("Quit fallwatch"))
        self.setIcon(QMessageBox.Icon.Warning)
        self.setText(self.tr("Stop watching and quit?"))
        self.setInformativeText(
            self.tr(
                "These rooms will no longer be watched: {0}. Nobody will be told of a fall there."
            ).format(", ".join(rooms))
        )
        self.quit_button = QPushButton(self.tr("Quit"))
        self.keep_button = QPushButton(self.tr("Keep watching"))
        self.addButton(self.quit_button, QMessageBox.ButtonRole.DestructiveRole)
        self.quit_button.clicked.connect(self.quit_chosen)
        if can_hide:
            self.hide_button = QPushButton(self.tr("Only hide the window"))
            self.addButton(self.hide_button, QMessageBox.ButtonRole.ActionRole)
            self.hide_button.clicked.connect(self.hide_chosen)
        self.addButton(self.keep_button, QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.keep_button)
        self.setEscapeButton(self.keep_button)


class AlarmFirstDialog(QMessageBox):
    """An alarm waits: it is answered before anything ends."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        plain_question(self)
        self.setWindowTitle(self.tr("An alarm waits"))
        self.setIcon(QMessageBox.Icon.Warning)
        self.setText(self.tr("An alarm is not acknowledged yet."))
        self.setInformativeText(self.tr("Acknowledge it first. Then fallwatch can be closed."))
        self.keep_button = QPushButton(self.tr("Keep watching"))
        self.addButton(self.keep_button, QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.keep_button)
        self.setEscapeButton(self.keep_button)
