"""Care visits in the window: begun and ended in a room's menu, counted down on its tile."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer

from fallwatch.runtime.visits.care_visits import NOT_WATCHED, CareVisits, ended_by
from fallwatch.ui.pauses.pause_controller import REFRESH_MS
from fallwatch.ui.pin.pin_gate import Gate, no_gate
from fallwatch.ui.rooms.room_presenter import RoomPresenter
from fallwatch.ui.rooms.rooms import Rooms


class CareController(QObject):
    """Begins and ends visits as the room menus ask, and shows what is left of each.

    Args:
        rooms: The rooms.
        visits: Their visits.
        who: Who sits at this computer.
        gate: Asks for the PIN before a room's alarms are paused; a visit is ended without it.
    """

    def __init__(
        self,
        rooms: Rooms,
        visits: CareVisits,
        who: Callable[[], str],
        gate: Gate = no_gate,
    ) -> None:
        super().__init__(rooms)
        self._rooms, self._visits, self._who, self._gate = rooms, visits, who, gate
        rooms.added.connect(self._join)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()

    def refresh(self) -> None:
        """Show what is left of each visit; those to rooms nobody watches are over."""
        known = {each.name: each for each in self._rooms.all}
        for name in self._visits.rooms:
            presenter = known.get(name)
            if presenter is None or not presenter.is_watched:
                self._visits.end(name, NOT_WATCHED)
        for presenter in known.values():
            name = presenter.name
            presenter.tile.show_visit(self._visits.left_s(name), self._visits.by(name))

    def _join(self, presenter: RoomPresenter) -> None:
        presenter.tile.menu.visit_wanted.connect(partial(self._on_visit_wanted, presenter))

    def _on_visit_wanted(self, presenter: RoomPresenter, begins: bool) -> None:
        if begins:
            self._gate(partial(self._begin, presenter))
        else:
            self._visits.end(presenter.name, ended_by(self._who()), self._who())
            self.refresh()

    def _begin(self, presenter: RoomPresenter) -> None:
        # It may have gone while the PIN was asked for.
        if presenter in self._rooms.all and presenter.is_watched:
            self._visits.begin(presenter.name, self._who())
        self.refresh()
