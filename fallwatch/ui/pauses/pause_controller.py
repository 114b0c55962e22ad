"""Pauses rooms, counts down, and has them watched again in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from fallwatch.runtime.pauses import WATCH_PAUSED, Pauses, Record, pause_message
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.pauses.pause_dialog import PauseDialog
from fallwatch.ui.pin.pin_gate import Gate, no_gate
from fallwatch.ui.rooms.room_presenter import RoomPresenter
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.window.main_window import MainWindow

#: Twice a second: no second of the countdown is left out.
REFRESH_MS = 500


class PauseController(QObject):
    """Asks which rooms shall not be watched, and for how long, and sees to it that it ends.

    Signals:
        recorded: The record says now that a room was paused.
    """

    recorded = Signal()

    def __init__(
        self,
        window: MainWindow,
        rooms: Rooms,
        tasks: BackgroundTasks,
        record: Record,
        who: Callable[[], str],
        gate: Gate = no_gate,
        pauses: Pauses | None = None,
        on_paused: Callable[[str], object] = lambda name: None,
        visits_left_s: Callable[[], Mapping[str, float]] = dict,
    ) -> None:
        super().__init__(window)
        self._window, self._rooms, self._tasks = window, rooms, tasks
        self._record, self._who, self._gate = record, who, gate
        self.pauses = pauses or Pauses()
        self._on_paused, self._visits_left_s = on_paused, visits_left_s
        rooms.pause_wanted.connect(lambda names: gate(partial(self.ask, names)))
        rooms.changed.connect(self.refresh)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()

    def ask(self, names: Sequence[str]) -> None:
        """Ask whether these rooms, or others, shall be paused."""
        watched = self._rooms.watched_names
        if not watched:
            return
        dialog = PauseDialog(watched, names, self._who(), self._window)
        dialog.accepted.connect(lambda: self._take(dialog))
        self._window.show_dialog(dialog)

    def refresh(self) -> None:
        """Show what is left of each pause, and end those that are over."""
        for name in self.pauses.take_over():
            presenter = self._rooms.named(name)
            if presenter is not None and not presenter.is_watched:
                presenter.set_watched(True)
        known = {each.name: each for each in self._rooms.all}
        for name in self.pauses.rooms:
            presenter = known.get(name)
            # Somebody has removed the room, or watches it again.
            if presenter is None or presenter.is_watched:
                self.pauses.end(name)
        for name in self.pauses.rooms:
            self._on_paused(name)
        for presenter in known.values():
            self._show(presenter)
        self._window.tray.show_pauses(
            {each: self.pauses.left_s(each) for each in self.pauses.rooms}
            | dict(self._visits_left_s())
        )

    def _show(self, presenter: RoomPresenter) -> None:
        pause = self.pauses.get(presenter.name)
        by = "" if pause is None else pause.by
        presenter.tile.show_pause(self.pauses.left_s(presenter.name), by)

    def _take(self, dialog: PauseDialog) -> None:
        minutes: int = dialog.minutes.currentData()
        by = dialog.by.text().strip()
        for name in dialog.chosen:
            presenter = self._rooms.named(name)
            if presenter is None or not presenter.is_watched:
                continue  # it went while the question was open
            presenter.set_watched(False)
            self.pauses.begin(name, minutes * 60.0, by)
            self._tasks.run(
                partial(self._record, name, WATCH_PAUSED, pause_message(minutes), by),
                lambda _: self.recorded.emit(),
            )
        self.refresh()
