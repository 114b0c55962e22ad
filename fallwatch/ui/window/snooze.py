"""Shows silences and their ends: one room's, and that of all."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer

from fallwatch.alarms.channels.snooze import Snooze
from fallwatch.ui.rooms.room_presenter import RoomPresenter
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.window.control_bar import ControlBar

#: Twice a second: no second of the countdown is left out.
REFRESH_MS = 500


class SnoozeController(QObject):
    """Carries people's wish for silence to the alarm sounds, and counts down until it ends."""

    def __init__(self, snooze: Snooze, rooms: Rooms, controls: ControlBar) -> None:
        super().__init__(controls)
        self._snooze, self._rooms, self._controls = snooze, rooms, controls
        rooms.added.connect(self._join)
        controls.muted.connect(partial(self._silence, None))
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()

    def refresh(self) -> None:
        """Show what is left of each silence."""
        self._controls.show_mute(self._snooze.left_s(None))
        for presenter in self._rooms.all:
            presenter.tile.show_silence(self._snooze.left_s(presenter.name))

    def _join(self, presenter: RoomPresenter) -> None:
        presenter.tile.menu.silenced.connect(lambda minutes: self._silence(presenter.name, minutes))

    def _silence(self, camera: str | None, minutes: int) -> None:
        if minutes > 0:
            self._snooze.begin(camera, minutes * 60.0)
        else:
            self._snooze.end(camera)
        self.refresh()
