"""What can be done with one room: the menu behind the button of its tile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

#: For how long a room's alarms may be without sound. It ends by itself.
SNOOZE_MIN = (5, 15, 30, 60)


class RoomMenu(QMenu):
    """The menu of a room.

    Signals:
        toggled: Somebody wants to start (True) or stop (False) watching this room.
        silenced: Somebody wants no alarm sound from this room for so many minutes; 0: sound again.
        edit_wanted: Somebody wants to change its camera.
        remove_wanted: Somebody wants the room gone.
    """

    toggled = Signal(bool)
    silenced = Signal(int)
    edit_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._active = False
        self._start_stop = self._add(self.tr("Start"), lambda: self.toggled.emit(not self._active))
        self._snooze = self.addMenu(self.tr("No alarm sound for…"))
        for minutes in SNOOZE_MIN:
            words = self.tr("{0} minutes").format(minutes)
            action = self._snooze.addAction(words)
            action.triggered.connect(partial(self._silence, minutes))
        self._sound_on = self._add(self.tr("Sound on again"), partial(self.silenced.emit, 0))
        self._sound_on.setVisible(False)
        self.addSeparator()
        self._edit = self._add(self.tr("Change camera…"), self.edit_wanted.emit)
        self._remove = self._add(self.tr("Remove room…"), self.remove_wanted.emit)

    def set_active(self, active: bool) -> None:
        """Offer Stop while the room is watched, else Start."""
        self._active = active
        self._start_stop.setText(self.tr("Stop") if active else self.tr("Start"))

    def set_silenced(self, silenced: bool) -> None:
        """Offer to end the silence, if there is one."""
        self._sound_on.setVisible(silenced)

    def set_configured(self, configured: bool) -> None:
        """A clip has no settings of its own; it can be closed."""
        self._edit.setVisible(configured)
        self._remove.setText(self.tr("Remove room…") if configured else self.tr("Close"))

    def _silence(self, minutes: int) -> None:
        self.silenced.emit(minutes)

    def _add(self, words: str, slot: Callable[[], object]) -> QAction:
        action = self.addAction(words)
        action.triggered.connect(lambda: slot())
        return action
