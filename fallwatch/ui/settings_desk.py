"""Shows the settings and carries out what was changed in them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.autostart import Autostart
from fallwatch.core.protocols import AlarmChannel
from fallwatch.core.types import Alarm, AlarmState, Priority
from fallwatch.ui.errands import Errands
from fallwatch.ui.main_window import MainWindow
from fallwatch.ui.preferences import Preferences
from fallwatch.ui.settings_dialog import SettingsDialog
from fallwatch.ui.theme import Theme
from fallwatch.ui.told import told

#: Settings that new monitors take up.
_OF_MONITORS = ("sensitivity", "on_floor_after_s", "long_lie_after_s", "max_people", "analysis_fps")


class SettingsDesk(QObject):
    """Opens the settings dialog.

    Signals:
        judging_changed: Rooms have to be watched anew for the change to count.
    """

    judging_changed = Signal()

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        preferences: Preferences,
        errands: Errands,
        autostart: Autostart,
        make_sound: Callable[[], AlarmChannel] = SoundChannel,
    ) -> None:
        super().__init__(window)
        self._window, self._theme = window, theme
        self._preferences, self._errands = preferences, errands
        self._autostart, self._make_sound = autostart, make_sound
        self._sound: AlarmChannel | None = None
        window.settings_wanted.connect(self.show)

    def show(self) -> None:
        """Show the dialog."""
        self._errands.run(self._autostart.is_on, self._show)

    def _show(self, starts_by_itself: bool) -> None:
        dialog = SettingsDialog(
            self._theme,
            self._preferences.current,
            starts_by_itself=starts_by_itself,
            play=lambda priority: self._play(dialog, priority),
            parent=self._window,
        )
        dialog.accepted.connect(lambda: self._take(dialog, starts_by_itself))
        self._window.show_dialog(dialog)

    def _take(self, dialog: SettingsDialog, started_by_itself: bool) -> None:
        before = self._preferences.current
        self._preferences.change(**dialog.values)
        after = self._preferences.current
        if any(getattr(before, key) != getattr(after, key) for key in _OF_MONITORS):
            self.judging_changed.emit()
        wanted = dialog.computer.start.isChecked()
        if wanted != started_by_itself:
            self._errands.run(partial(self._autostart.set_on, wanted))

    def _play(self, dialog: SettingsDialog, priority: Priority) -> None:
        def failed(error: BaseException) -> None:
            if isValid(dialog):  # it may have been closed meanwhile
                dialog.say(told(str(error)))

        dialog.say("")
        self._errands.run(partial(self._sound_out, priority), otherwise=failed)

    def _sound_out(self, priority: Priority) -> None:
        """On the errand thread."""
        if self._sound is None:
            self._sound = self._make_sound()
        self._sound.quiet()
        self._sound.deliver(Alarm("", "", "preview", priority, AlarmState.UNACKNOWLEDGED, "", 0.0))
