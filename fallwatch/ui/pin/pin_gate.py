"""Asks for the PIN, where one is set, before something that could end the watch."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from fallwatch.ui.background.preferences import Preferences
from fallwatch.ui.pin.pin import is_right
from fallwatch.ui.style.dialog_parts import plain_buttons
from fallwatch.ui.style.theme import Theme, set_ink
from fallwatch.ui.text.plain_text import plain_label

#: Does something at once, or after the PIN was entered.
Gate = Callable[[Callable[[], object]], None]


def no_gate(go_on: Callable[[], object]) -> None:
    """Ask for nothing."""
    go_on()


class PinDialog(QDialog):
    """One field for the PIN. Accepted only with the right one."""

    def __init__(self, theme: Theme, kept: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kept = kept
        self.setWindowTitle(self.tr("PIN"))
        words = plain_label(
            self.tr("Enter the PIN to pause or end the watch or to change settings.")
        )
        words.setWordWrap(True)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(self.tr("PIN"))
        self.problem = plain_label()
        set_ink(self.problem, theme.palette.error.ink)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        for widget in (words, self.field, self.problem):
            layout.addWidget(widget)
        layout.addWidget(plain_buttons(self, {"Ok": self.tr("Go on"), "Cancel": self.tr("Cancel")}))
        self.setMinimumWidth(360)

    def accept(self) -> None:
        """Close, if the PIN is right; else say so."""
        if is_right(self.field.text(), self._kept):
            super().accept()
            return
        self.problem.setText(self.tr("This PIN is not right."))
        self.field.selectAll()
        self.field.setFocus()


class PinGate(QObject):
    """Lets somebody do something: at once where no PIN is set, else with the right one."""

    def __init__(self, window: QWidget, theme: Theme, preferences: Preferences) -> None:
        super().__init__(window)
        self._window, self._theme, self._preferences = window, theme, preferences

    def __call__(self, go_on: Callable[[], object]) -> None:
        """Go on, at once or when the PIN was entered."""
        kept = self._preferences.current.pin
        if not kept:
            go_on()
            return
        dialog = PinDialog(self._theme, kept, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: go_on())
        dialog.open()
