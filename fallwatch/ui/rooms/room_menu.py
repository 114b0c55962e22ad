"""The menu of one room, behind the button of its tile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

#: For how long a room's alarms may be without sound. It ends by itself.
SNOOZE_MIN = (5, 15, 30, 60)


class RoomMenu(QMenu):
    """The menu of a room.

    Signals:
        toggled: Somebody wants to start (True), or to pause or stop (False) watching this room.
        silenced: Somebody wants no alarm sound from this room for so many minutes; 0: sound again.
        visit_wanted: A carer is in the room (True), or has left it (False).
        zones_wanted: Somebody wants to draw its zones.
        privacy_chosen: ``off``, ``blur`` or ``skeleton``.
        edit_wanted: Somebody wants to change its camera.
        remove_wanted: Somebody wants the room gone.
    """

    toggled = Signal(bool)
    silenced = Signal(int)
    visit_wanted = Signal(bool)
    zones_wanted = Signal()
    privacy_chosen = Signal(str)
    edit_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._active = False
        self._is_room = True
        self._visited = False
        self.visit = self._add("", lambda: self.visit_wanted.emit(not self._visited))
        self._start_stop = self._add(self.tr("Start"), lambda: self.toggled.emit(not self._active))
        self._snooze = self.addMenu(self.tr("No alarm sound for…"))
        for minutes in SNOOZE_MIN:
            words = self.tr("{0} minutes").format(minutes)
            action = self._snooze.addAction(words)
            action.triggered.connect(partial(self._silence, minutes))
        self._sound_on = self._add(self.tr("Sound on again"), partial(self.silenced.emit, 0))
        self._sound_on.setVisible(False)
        self.addSeparator()
        self._zones = self._add(
            self.tr("Zones: beds and places to ignore…"), self.zones_wanted.emit
        )
        self._make_privacy()
        self._edit = self._add(self.tr("Change camera…"), self.edit_wanted.emit)
        self._remove = self._add(self.tr("Remove room…"), self.remove_wanted.emit)

    def set_active(self, active: bool) -> None:
        """Offer to pause the room, or stop the clip, while it is watched; else to start."""
        self._active = active
        words = self.tr("Start")
        if active:
            words = self.tr("Pause watching…") if self._is_room else self.tr("Stop")
        self._start_stop.setText(words)
        self.set_visited(self._visited)

    def set_visited(self, visited: bool) -> None:
        """Offer to end the visit, if there is one; else to begin one."""
        self._visited = visited
        self.visit.setText(self.tr("The visit is over") if visited else self.tr("I am in the room"))
        self.visit.setVisible(self._is_room and (visited or self._active))

    def set_silenced(self, silenced: bool) -> None:
        """Offer to end the silence, if there is one."""
        self._sound_on.setVisible(silenced)

    @property
    def privacy_actions(self) -> list[QAction]:
        """One for each privacy that can be chosen."""
        return self._modes.actions()

    def set_privacy(self, mode: str) -> None:
        """Show which privacy is in use."""
        for action in self.privacy_actions:
            action.setChecked(action.data() == mode)

    def set_configured(self, configured: bool) -> None:
        """A clip has no settings of its own; it can be stopped and closed."""
        self._is_room = configured
        self.set_active(self._active)
        for action in (self._zones, self._privacy.menuAction(), self._edit):
            action.setVisible(configured)
        self._remove.setText(self.tr("Remove room…") if configured else self.tr("Close"))

    def _make_privacy(self) -> None:
        self._privacy = self.addMenu(self.tr("Privacy"))
        self._modes = QActionGroup(self)
        for mode, words in (
            ("off", self.tr("Show people")),
            ("blur", self.tr("Blur people")),
            ("skeleton", self.tr("Skeletons only, no image")),
        ):
            action = self._privacy.addAction(words)
            action.setCheckable(True)
            action.setData(mode)
            action.triggered.connect(partial(self._choose_privacy, mode))
            self._modes.addAction(action)

    def _choose_privacy(self, mode: str) -> None:
        self.privacy_chosen.emit(mode)

    def _silence(self, minutes: int) -> None:
        self.silenced.emit(minutes)

    def _add(self, words: str, slot: Callable[[], object]) -> QAction:
        action = self.addAction(words)
        action.triggered.connect(lambda: slot())
        return action
