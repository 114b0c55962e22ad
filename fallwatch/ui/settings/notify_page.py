"""The settings page that lists who and what is told of alarms, each with its test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from fallwatch.core.message import Message
from fallwatch.settings import MAX_MESSAGES, OTHER_CHANNELS, MessageSettings, Settings
from fallwatch.ui.screen.dialog_size import fit_to_screen
from fallwatch.ui.settings.recipient_dialog import RecipientDialog, TryMessage
from fallwatch.ui.style.theme import Theme, set_ink
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.ui.text.translate import translate


@dataclass(frozen=True, slots=True)
class Trial:
    """How ways to tell people are tried. Each answers with None or what went wrong.

    Attributes:
        sound: Sounds an alarm.
        message: Sends a message to an address; an empty one stands for the one that is kept.
    """

    sound: Callable[[Callable[[Message | None], None]], None]
    message: TryMessage


class NotifyPage(QWidget):
    """Sound, everybody who is sent messages, and the broker.

    Args:
        theme: Colours.
        settings: What holds now.
        trial: How the ways are tried.
    """

    def __init__(self, theme: Theme, settings: Settings, trial: Trial) -> None:
        super().__init__()
        self._theme, self._trial = theme, trial
        self._broker = settings.broker.address
        self._kept = settings.messages
        self.messages = list(settings.messages)
        #: Addresses that were entered just now, by name.
        self.addresses: dict[str, str] = {}
        self.add_button = QPushButton(self.tr("&Add somebody…"))
        self.add_button.setAutoDefault(False)
        self.add_button.clicked.connect(self.add)
        self.words = plain_label()
        self.words.setWordWrap(True)
        self.words.setMinimumHeight(self.fontMetrics().height() * 3)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        hint = QLabel(self.tr("Recipients added or removed here count at once."))
        hint.setWordWrap(True)
        set_ink(hint, theme.palette.muted.ink)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(10)
        layout.addWidget(self._area, 1)
        layout.addWidget(self.words)
        layout.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(hint)
        self._fill()

    def values(self) -> dict[str, Any]:
        """What is entered, as values of the settings."""
        return {"messages": tuple(self.messages)}

    @property
    def removed(self) -> list[str]:
        """Names of those who were there and are not any more."""
        names = {message.name for message in self.messages}
        return [message.name for message in self._kept if message.name not in names]

    def add(self) -> RecipientDialog:
        """Ask for somebody who shall be told."""
        taken = {*OTHER_CHANNELS, *(message.name for message in self.messages)}
        dialog = RecipientDialog(self._theme, self._trial.message, taken, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda result: self._take(dialog, result))
        fit_to_screen(dialog)
        dialog.open()
        return dialog

    def remove(self, message: MessageSettings) -> None:
        """Tell somebody no more."""
        self.messages.remove(message)
        self.addresses.pop(message.name, None)
        self._fill()

    def _take(self, dialog: RecipientDialog, result: int) -> None:
        if result == QDialog.DialogCode.Accepted:
            self.messages.append(dialog.message)
            self.addresses[dialog.message.name] = dialog.address
            self._fill()

    def _fill(self) -> None:
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(10)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(0, 1)
        self._add_row(
            grid, self.tr("Sound on this computer"), self.tr("At once"), self._trial.sound
        )
        for message in self.messages:
            self._add_message(grid, message)
        if self._broker:
            words = self.tr("MQTT broker\n{0}").format(self._broker)
            grid.addWidget(QLabel(words), grid.rowCount(), 0)
        grid.setRowStretch(grid.rowCount(), 1)
        self._area.setWidget(rows)
        # The area would fill them with the colour of a window of its own.
        rows.setAutoFillBackground(False)
        self.add_button.setEnabled(len(self.messages) < MAX_MESSAGES)

    def _add_message(self, grid: QGridLayout, message: MessageSettings) -> None:
        when = self.tr("At once")
        if message.after_s:
            when = self.tr("Then, if nobody acknowledges within {0} seconds")
            when = when.format(f"{message.after_s:g}")
        elif message.step == 2:
            when = self.tr("Then, if nobody acknowledges for a while")
        detail = f"{message.service} · {when}" if message.service else when

        def send(answer: Callable[[Message | None], None]) -> None:
            self._trial.message(message, self.addresses.get(message.name, ""), answer)

        row = self._add_row(grid, message.name, detail, send)
        button = QPushButton(self.tr("Remove"))
        button.setAccessibleName(self.tr("Remove {0}").format(message.name))
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self.remove(message))
        grid.addWidget(button, row, 2)

    def _add_row(
        self,
        grid: QGridLayout,
        name: str,
        detail: str,
        attempt: Callable[[Callable[[Message | None], None]], None],
    ) -> int:
        row = grid.rowCount()
        label = QLabel(f"{name}\n{detail}")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        button = QPushButton(self.tr("Test"))
        button.setAccessibleName(self.tr("Test {0}").format(name))
        button.setAutoDefault(False)

        def begin() -> None:
            self._say(self.tr("{0}: trying…").format(name), self._theme.palette.muted.ink)
            attempt(lambda problem: self._on_tried(name, problem))

        button.clicked.connect(begin)
        grid.addWidget(label, row, 0)
        grid.addWidget(button, row, 1)
        return row

    def _on_tried(self, name: str, problem: Message | None) -> None:
        if problem is None:
            words = self.tr("{0}: it works. Look or listen whether it has arrived.").format(name)
            self._say(words, self._theme.palette.calm.ink)
        else:
            self._say(f"{name}: {translate(problem)}", self._theme.palette.error.ink)

    def _say(self, words: str, ink: str) -> None:
        self.words.setText(words)
        set_ink(self.words, ink)
