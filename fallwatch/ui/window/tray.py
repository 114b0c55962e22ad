"""The icon in the system's tray, and the desktop notifications it sends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.core.types import Alarm, Priority
from fallwatch.ui.style.icons import icon
from fallwatch.ui.style.palette import OVERLAY_ALARM, OVERLAY_WATCH
from fallwatch.ui.text.plain_text import unmarked
from fallwatch.ui.text.words import headline, why

#: How long a notification stays, where the system lets us say.
_NOTIFY_MS = 15_000

#: More notifications at once are not read; the window has them all.
_MOST_AT_ONCE = 5


class Tray(QObject):
    """Says alarms beside the clock. Where the system has no tray, it does nothing.

    Signals:
        show_wanted: Somebody wants to see the window.
        acknowledge_wanted: Somebody answers the alarm that is shown.
        quit_wanted: Somebody wants to end fallwatch.
    """

    show_wanted = Signal()
    acknowledge_wanted = Signal()
    quit_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._known: set[str] = set()
        self._calm = icon("fallwatch")
        self._trouble = icon("state-stalled", OVERLAY_WATCH.paper, OVERLAY_WATCH.ink)
        self._trouble_words = self._pause_words = ""
        self._waiting: tuple[Alarm, ...] = ()
        self._alarm = icon("alarm", OVERLAY_ALARM.paper, OVERLAY_ALARM.ink)
        self._notice = icon("alarm", OVERLAY_WATCH.paper, OVERLAY_WATCH.ink)
        self.menu = QMenu(parent)
        self.menu.addAction(self.tr("Show fallwatch"), self.show_wanted.emit)
        self.acknowledge = self.menu.addAction(self.tr("Acknowledge"), self.acknowledge_wanted.emit)
        self.menu.addSeparator()
        self.menu.addAction(self.tr("Quit"), self.quit_wanted.emit)
        self.symbol = QSystemTrayIcon(self._calm, self)
        self.symbol.setContextMenu(self.menu)
        self.symbol.activated.connect(self._on_activated)
        self.symbol.messageClicked.connect(self.show_wanted)
        self.show_alarms(())
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.symbol.show()

    def show_alarms(self, alarms: Sequence[Alarm]) -> None:
        """Show what is open; an alarm that is new is also notified."""
        waiting = self._waiting = tuple(filter(is_unacknowledged, alarms))
        self.acknowledge.setEnabled(bool(waiting))
        self._refresh()
        new = [alarm for alarm in waiting if alarm.event_id not in self._known]
        self._known = {alarm.event_id for alarm in waiting}
        # The most urgent last: most systems show one at a time, and it has to be this one.
        for alarm in reversed(new[:_MOST_AT_ONCE]):
            if self.symbol.isVisible():
                title, words = unmarked(headline(alarm)), unmarked(why(alarm))
                self.symbol.showMessage(title, words, self._look_of((alarm,)), _NOTIFY_MS)

    @property
    def is_there(self) -> bool:
        """Whether the window can be had back from here."""
        return self.symbol.isVisible()

    def say_hidden(self) -> None:
        """Say that the watch goes on although the window is gone."""
        self.symbol.showMessage(
            self.tr("fallwatch goes on watching"),
            self.tr("The window is hidden. Click this symbol to see it; quit from its menu."),
            self._calm,
            _NOTIFY_MS,
        )

    def show_pauses(self, left_s: Mapping[str, float]) -> None:
        """Say which rooms are paused, and for how long still, in seconds."""
        rooms = [
            self.tr("{0} (for {1} min)").format(name, math.ceil(each / 60))
            for name, each in left_s.items()
        ]
        words = self.tr("Paused: {0}").format(", ".join(rooms)) if rooms else ""
        if words != self._pause_words:
            self._pause_words = words
            self._refresh()

    def show_trouble(self, words: str) -> None:
        """Show what is wrong for as long as it lasts, acknowledged or not; empty for nothing."""
        self._trouble_words = words
        self._refresh()

    def _refresh(self) -> None:
        if self._waiting:
            look, words = self._look_of(self._waiting), unmarked(headline(self._waiting[0]))
        elif self._trouble_words:
            look, words = self._trouble, unmarked(self._trouble_words)
        elif self._pause_words:
            look, words = self._calm, unmarked(self._pause_words)
        else:
            look, words = self._calm, self.tr("fallwatch: no alarm to acknowledge")
        self.symbol.setIcon(look)
        self.symbol.setToolTip(words)

    def _look_of(self, alarms: Sequence[Alarm]) -> QIcon:
        """Red for urgent alarms alone, as everywhere."""
        urgent = any(alarm.priority is Priority.HIGH for alarm in alarms)
        return self._alarm if urgent else self._notice

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.show_wanted.emit()
