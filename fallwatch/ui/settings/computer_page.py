"""The page of the settings about this computer."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit

from fallwatch.settings import Settings
from fallwatch.ui.pin.pin import hashed
from fallwatch.ui.settings.settings_pages import Page
from fallwatch.ui.style.fields import ComboBox


class ComputerPage(Page):
    """Language, appearance, starting with the computer, and how fallwatch ends."""

    def __init__(self, settings: Settings, starts_by_itself: bool) -> None:
        super().__init__()
        self.start = QCheckBox(self.tr("&Start fallwatch with the computer"))
        self.start.setChecked(starts_by_itself)
        self.form.addRow(self.start)
        self.language = ComboBox()
        # Each language is called by its own name: who needs it can read that.
        for key, words in (
            ("system", self.tr("As the computer")),
            ("en", "English"),
            ("de", "Deutsch"),
        ):
            self.language.addItem(words, key)
        self.language.setCurrentIndex(self.language.findData(settings.language))
        self.form.addRow(self.tr("&Language, from the next start"), self.language)
        self.appearance = ComboBox()
        for key, words in (
            ("system", self.tr("As the computer")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            self.appearance.addItem(words, key)
        self.appearance.setCurrentIndex(self.appearance.findData(settings.appearance))
        self.form.addRow(self.tr("&Appearance"), self.appearance)
        self.closing = ComboBox()
        for key, words in (
            ("tray", self.tr("Go on watching, hidden beside the clock")),
            ("ask", self.tr("Ask")),
        ):
            self.closing.addItem(words, key)
        self.closing.setCurrentIndex(self.closing.findData(settings.closing))
        self.form.addRow(self.tr("When the window is &closed"), self.closing)
        self.dim = self.number(
            Settings,
            "kiosk_dim_after_minutes",
            self.tr("&Dim full screen (F11) after"),
            self.tr("min"),
            settings.kiosk_dim_after_minutes,
        )
        self.dim.setSpecialValueText(self.tr("never"))
        self._pin = settings.pin
        self.pin = QLineEdit()
        self.pin.setEchoMode(QLineEdit.EchoMode.Password)
        self.pin.setMaxLength(40)
        if self._pin:
            self.pin.setPlaceholderText(self.tr("A PIN is set"))
        self.form.addRow(self.tr("&PIN for pausing, quitting and settings"), self.pin)
        self.no_pin = QCheckBox(self.tr("&Ask for no PIN any more"))
        self.no_pin.setVisible(bool(self._pin))
        self.no_pin.toggled.connect(self.pin.setDisabled)
        self.form.addRow(self.no_pin)
        self.hint(self.tr("Alarms can always be acknowledged without a PIN."))

    def values(self) -> dict[str, Any]:
        """What is entered, as values of the settings."""
        pin = self._pin
        if self.no_pin.isChecked():
            pin = ""
        elif self.pin.text():
            pin = hashed(self.pin.text())
        return {
            "language": self.language.currentData(),
            "appearance": self.appearance.currentData(),
            "closing": self.closing.currentData(),
            "kiosk_dim_after_minutes": self.dim.value(),
            "pin": pin,
        }
