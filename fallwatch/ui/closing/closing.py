"""Decides on closing the window and quitting, while rooms are watched."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from fallwatch.ui.background.preferences import Preferences
from fallwatch.ui.closing.quit_dialog import AlarmFirstDialog, QuitDialog
from fallwatch.ui.pin.pin_gate import Gate, no_gate
from fallwatch.ui.window.main_window import MainWindow


class Closing(QObject):
    """Hides the window instead of ending the watch, or asks first; never during an alarm.

    Args:
        window: The window.
        preferences: What shall happen when it is closed.
        watched: Names of the rooms that would not be watched any more.
        can_hide: Whether the window can be had back from the system's tray.
        gate: Asks for the PIN.
    """

    def __init__(
        self,
        window: MainWindow,
        preferences: Preferences,
        watched: Callable[[], Sequence[str]],
        can_hide: Callable[[], bool],
        gate: Gate = no_gate,
    ) -> None:
        super().__init__(window)
        self._window, self._preferences = window, preferences
        self._watched, self._can_hide, self._gate = watched, can_hide, gate
        self._dialog: QDialog | None = None
        window.asks_before_end = True
        window.close_wanted.connect(self.close)
        window.quit_wanted.connect(self.quit)

    def close(self) -> None:
        """The window's own cross was pressed."""
        if self._window.banner.shown is not None:
            self._show(AlarmFirstDialog(self._window))
        elif not self._watched():
            self.quit()
        elif self._preferences.current.closing == "tray" and self._can_hide():
            self._hide_if_allowed()
        else:
            self._ask(can_hide=self._can_hide())

    def quit(self) -> None:
        """Quit was chosen: in the menu, by its key or in the tray."""
        if self._window.banner.shown is not None:
            self._window.come_to_front()
            self._show(AlarmFirstDialog(self._window))
        elif self._watched():
            self._window.come_to_front()
            self._ask(can_hide=False)
        else:
            self._gate(self._window.end)

    def _ask(self, *, can_hide: bool) -> None:
        dialog = QuitDialog(self._watched(), can_hide=can_hide, parent=self._window)
        dialog.quit_chosen.connect(lambda: self._gate(self._end))
        dialog.hide_chosen.connect(self._hide_if_allowed)
        self._show(dialog)

    def _end(self) -> None:
        # The alarm may have come while somebody entered the PIN.
        if self._window.banner.shown is not None:
            self._show(AlarmFirstDialog(self._window))
        else:
            self._window.end()

    def _hide_if_allowed(self) -> None:
        # Who may not leave full screen may not hide it either.
        if self._window.isFullScreen():
            self._gate(self._hide)
        else:
            self._hide()

    def _hide(self) -> None:
        self._window.hide()
        if not self._preferences.current.closing_explained:
            self._preferences.change(closing_explained=True)
            self._window.tray.say_hidden()

    def _show(self, dialog: QDialog) -> None:
        """Show one question at a time."""
        if self._dialog is not None:
            self._dialog.reject()
        self._dialog = dialog
        dialog.finished.connect(lambda _: self._forget(dialog))
        self._window.show_dialog(dialog)

    def _forget(self, dialog: QDialog) -> None:
        if self._dialog is dialog:
            self._dialog = None
