"""Adds somebody who is sent word of alarms."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fallwatch.alarms.messages.destination import host_of, is_public
from fallwatch.core.message import Message
from fallwatch.settings import MessageSettings
from fallwatch.ui.settings.recipient_services import WAYS, Way
from fallwatch.ui.style.dialog_parts import ROW_GAP_PX, easy_form, plain_buttons
from fallwatch.ui.style.fields import ComboBox, SpinBox
from fallwatch.ui.style.theme import Theme, set_ink
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.ui.text.translate import translate

#: Sends a test message: settings, address, and what to call when it went out or failed.
TryMessage = Callable[[MessageSettings, str, Callable[[Message | None], None]], None]


class RecipientDialog(QDialog):
    """Asks who is told, by which service, and when; a test sends a message at once.

    Args:
        theme: Colours.
        try_message: Sends a test message; answers with None or what went wrong.
        taken: Names that are there already.
        parent: The window.
    """

    def __init__(
        self,
        theme: Theme,
        try_message: TryMessage,
        taken: Collection[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._try, self._taken = theme, try_message, taken
        self.setWindowTitle(self.tr("Add somebody who is told"))
        self.name = QLineEdit()
        self.name.setMaxLength(60)
        self.name.setPlaceholderText(self.tr("Anna's phone"))
        self.way = ComboBox()
        for each in WAYS:
            self.way.addItem(_tr_way(each.title))
        self.fields: dict[tuple[int, str], QLineEdit] = {}
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        set_ink(self.hint, theme.palette.muted.ink)
        self.later = QCheckBox(self.tr("&Then, if nobody acknowledges within"))
        self.after = SpinBox()
        self.after.setRange(10, 3600)
        self.after.setSuffix(self.tr(" seconds"))
        self.after.setValue(60)
        self.after.setEnabled(False)
        self.after.setAccessibleName(self.later.text().replace("&", ""))
        self.later.toggled.connect(self.after.setEnabled)
        self.snapshots = QCheckBox(self.tr("Send the snaps&hot of the alarm too"))
        # Whether somebody has decided on it; until then it follows the service.
        self._snapshots_decided = False
        self.snapshots.clicked.connect(self._decide_snapshots)
        self.sent = plain_label()
        self.sent.setWordWrap(True)
        set_ink(self.sent, theme.palette.muted.ink)
        self.test_button = QPushButton(self.tr("Send a t&est message"))
        self.test_button.setAutoDefault(False)
        self.test_button.clicked.connect(self.test)
        self.words = plain_label()
        self.words.setWordWrap(True)
        self.words.setMinimumHeight(self.fontMetrics().height() * 2)
        self.buttons = plain_buttons(self, {"Save": self.tr("Add"), "Cancel": self.tr("Cancel")})
        self._lay_out()
        self.name.textChanged.connect(self._check)
        self.way.currentIndexChanged.connect(self._show_way)
        self._show_way()

    @property
    def message(self) -> MessageSettings:
        """Who is told, as the settings keep it."""
        return MessageSettings(
            name=self.name.text().strip() or self.name.placeholderText(),
            service=self.way.currentText()[:60],
            step=2 if self.later.isChecked() else 1,
            after_s=float(self.after.value()) if self.later.isChecked() else 0.0,
            pictures=self.snapshots.isChecked(),
        )

    @property
    def address(self) -> str:
        """The Apprise address; it holds secrets."""
        row = self.way.currentIndex()
        way = WAYS[row]
        values = {field.key: self.fields[row, field.key].text().strip() for field in way.fields}
        return way.address(values)

    def test(self) -> None:
        """Send a message now."""
        self.test_button.setEnabled(False)
        self._say(self.tr("Sending…"), self._theme.palette.muted.ink)
        self._try(self.message, self.address, self._on_tried)

    def _on_tried(self, problem: Message | None) -> None:
        self._check()
        if problem is None:
            words = self.tr("The service has taken the message. Look whether it has arrived.")
            self._say(words, self._theme.palette.calm.ink)
        else:
            self._say(translate(problem), self._theme.palette.error.ink)

    def _lay_out(self) -> None:
        form = self._form = QFormLayout()
        easy_form(form)
        form.setVerticalSpacing(8)
        form.addRow(self.tr("&Name"), self.name)
        form.addRow(self.tr("By &way of"), self.way)
        for row, way in enumerate(WAYS):
            self._add_fields(row, way)
        form.addRow(self.hint)
        when = QHBoxLayout()
        when.setSpacing(ROW_GAP_PX)
        when.addWidget(self.later)
        when.addWidget(self.after)
        when.addStretch(1)
        # From side to side: beside the labels German has no room for it.
        form.addRow(when)
        form.addRow(self.snapshots)
        form.addRow(self.sent)
        form.addRow("", self.test_button)
        secret = QLabel(
            self.tr("Addresses and passwords are kept in the system's keyring, where there is one.")
        )
        secret.setWordWrap(True)
        set_ink(secret, self._theme.palette.muted.ink)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(12)
        layout.addLayout(form)
        layout.addStretch(1)
        layout.addWidget(self.words)
        layout.addWidget(secret)
        layout.addWidget(self.buttons)
        self.resize(580, 560)

    def _add_fields(self, row: int, way: Way) -> None:
        for field in way.fields:
            edit = self.fields[row, field.key] = QLineEdit(field.default)
            edit.setPlaceholderText(field.example)
            if field.secret:
                edit.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
            label = _tr_way(field.label)
            edit.setAccessibleName(label.replace("&", ""))
            edit.textChanged.connect(self._check)
            self._form.addRow(label, edit)

    def _show_way(self) -> None:
        chosen = self.way.currentIndex()
        for (row, _), edit in self.fields.items():
            self._form.setRowVisible(edit, row == chosen)
        self.hint.setText(_tr_way(WAYS[chosen].hint))
        self._check()

    def _check(self) -> None:
        row = self.way.currentIndex()
        complete = all(
            self.fields[row, field.key].text().strip() for field in WAYS[row].fields if field.needed
        )
        self._tell_what_is_sent()
        name = self.name.text().strip()
        problem = self.tr("There is one of this name already.") if name in self._taken else ""
        self._say(problem, self._theme.palette.error.ink)
        self.test_button.setEnabled(complete)
        save = self.buttons.button(QDialogButtonBox.StandardButton.Save)
        save.setEnabled(complete and bool(name) and not problem)

    def _decide_snapshots(self) -> None:
        self._snapshots_decided = True
        self._tell_what_is_sent()

    def _tell_what_is_sent(self) -> None:
        """Say what leaves this computer, and where it goes."""
        public = is_public(self.address)
        if not self._snapshots_decided:
            self.snapshots.setChecked(not public)
        where = host_of(self.address) or self.tr("the service")
        words = self.tr("Sent to {0}: room, time and reason of each alarm, but no snapshot.")
        if self.snapshots.isChecked():
            words = self.tr(
                "Sent to {0}: room, time and reason of each alarm, and its snapshot as the room's "
                "privacy allows."
            )
        words = words.format(where)
        if public:
            words += " " + self.tr("That is outside of your own network.")
        self.sent.setText(words)

    def _say(self, words: str, ink: str) -> None:
        self.words.setText(words)
        set_ink(self.words, ink)


def _tr_way(text: str) -> str:
    """The ways are data; their texts are collected from `WAYS` itself."""
    return QCoreApplication.translate("Ways", text)
