"""The settings, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QDialog, QTabWidget, QVBoxLayout, QWidget

from fallwatch.core.types import Priority
from fallwatch.settings import Settings
from fallwatch.ui.settings.computer_page import ComputerPage
from fallwatch.ui.settings.notify_page import NotifyPage, Trial
from fallwatch.ui.settings.phone_page import PhonePage
from fallwatch.ui.settings.settings_pages import (
    AdvancedPage,
    AlarmPage,
    QuietPage,
    RecordPage,
    WatchingPage,
)
from fallwatch.ui.style.dialog_parts import plain_buttons
from fallwatch.ui.style.theme import Theme, set_ink
from fallwatch.ui.text.plain_text import plain_label
from fallwatch.web.page_service import PageService


class SettingsDialog(QDialog):
    """All that a caregiver may want otherwise. Nothing changes before it is accepted.

    Args:
        theme: Colours.
        settings: What holds now.
        starts_by_itself: Whether fallwatch starts with the computer.
        play: Plays the sound of a priority.
        trial: How ways to tell people are tried.
        variants: Names of the classifiers at hand.
        phones: The page for phones, as it is served now.
        parent: The window.
    """

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        *,
        starts_by_itself: bool,
        play: Callable[[Priority], None],
        trial: Trial,
        variants: Sequence[str] = (),
        phones: PageService | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.watching = WatchingPage(settings)
        self.alarm = AlarmPage(settings, play)
        self.notify = NotifyPage(theme, settings, trial)
        self.phone = PhonePage(settings, phones)
        self.quiet = QuietPage(settings)
        self.record = RecordPage(settings)
        self.computer = ComputerPage(settings, starts_by_itself)
        self.advanced = AdvancedPage(settings, variants)
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Pages of the settings"))
        for page, words in (
            (self.watching, self.tr("Watching")),
            (self.alarm, self.tr("Alarm")),
            (self.notify, self.tr("Notifications")),
            (self.phone, self.tr("Phone")),
            (self.quiet, self.tr("Quiet hours")),
            (self.record, self.tr("Record")),
            (self.computer, self.tr("This computer")),
            (self.advanced, self.tr("Advanced")),
        ):
            self.tabs.addTab(page, words)
        self.problem = plain_label()
        self.problem.setWordWrap(True)
        set_ink(self.problem, theme.palette.error.ink)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.problem)
        layout.addWidget(
            plain_buttons(self, {"Save": self.tr("Save"), "Cancel": self.tr("Cancel")})
        )
        self.tabs.tabBar().ensurePolished()
        margins = layout.contentsMargins()
        # All tabs are in sight, whatever the language: a tab cut off is a page nobody finds.
        tabs_px = self.tabs.tabBar().sizeHint().width() + margins.left() + margins.right()
        self.resize(max(760, tabs_px), 520)

    @property
    def values(self) -> dict[str, Any]:
        """What is entered, as values of the settings."""
        pages = (
            self.watching,
            self.alarm,
            self.notify,
            self.phone,
            self.quiet,
            self.record,
            self.computer,
            self.advanced,
        )
        return {key: value for page in pages for key, value in page.values().items()}

    def say(self, words: str) -> None:
        """Tell what did not work."""
        self.problem.setText(words)
