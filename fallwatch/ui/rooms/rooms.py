"""All rooms: the configured cameras, and a clip or camera opened once beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.runtime.changes import differs_in_judging
from fallwatch.runtime.source_choice import SourceChoice, choose_camera
from fallwatch.settings import CameraSettings
from fallwatch.ui.rooms.room import Room, shut_down
from fallwatch.ui.rooms.room_grid import RoomGrid
from fallwatch.ui.rooms.room_presenter import RoomContext, RoomPresenter
from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.style.theme import Theme


class Rooms(QObject):
    """Makes, changes and removes rooms.

    Signals:
        added: A ``RoomPresenter`` has come.
        changed: There are other rooms, or others of them are watched.
        analysed: A ``RoomPresenter`` and its newest ``Analysis``.
        zones_wanted: A ``RoomPresenter`` whose zones somebody wants to draw.
        privacy_chosen: Name of a camera and the privacy somebody chose.
        edit_wanted: Name of a camera somebody wants to change.
        remove_wanted: Name of a camera somebody wants removed.
        pause_wanted: Names of the rooms that somebody wants to pause.
    """

    added = Signal(object)
    changed = Signal()
    analysed = Signal(object, object)
    zones_wanted = Signal(object)
    privacy_chosen = Signal(str, str)
    edit_wanted = Signal(str)
    remove_wanted = Signal(str)
    pause_wanted = Signal(object)

    def __init__(
        self, grid: RoomGrid, theme: Theme, make_room: Callable[[], Room], around: RoomContext
    ) -> None:
        super().__init__(grid)
        self._grid, self._theme = grid, theme
        self._make_room, self._around = make_room, around
        self._all: list[RoomPresenter] = []
        self._leaving: list[RoomPresenter] = []

    @property
    def all(self) -> tuple[RoomPresenter, ...]:
        """All rooms, as they are shown."""
        return tuple(self._all)

    @property
    def shown_alone(self) -> RoomPresenter | None:
        """The one room that is seen; None if several are, or none."""
        tile = self._grid.single
        return next((each for each in self._all if each.tile is tile), None)

    @property
    def acted_upon(self) -> tuple[RoomPresenter, ...]:
        """Whom Start and Stop mean: the room seen alone, or all."""
        alone = self.shown_alone
        return self.all if alone is None else (alone,)

    @property
    def watched_names(self) -> tuple[str, ...]:
        """Names of the rooms that are watched; a clip that ends is none."""
        return tuple(
            each.name
            for each in self._all
            if each.is_watched and each.choice and not each.choice.ends
        )

    def named(self, name: str) -> RoomPresenter | None:
        """The room of this name."""
        return next((each for each in self._all if each.name == name), None)

    def show_cameras(self, cameras: Sequence[CameraSettings]) -> None:
        """Have these cameras, in this order; those that are the same go on undisturbed."""
        wanted = {camera.name: camera for camera in cameras}
        for presenter in self.all:
            choice = presenter.choice
            if choice is not None and choice.is_room and choice.name not in wanted:
                self.remove(presenter)
        for camera in cameras:
            known = self.named(camera.name)
            if known is None:
                self._begin(camera, self._add())
            elif known.choice is None or known.choice.camera == camera:
                continue
            elif differs_in_judging(known.choice.camera, camera):
                known.rejudge(replace(known.choice, camera=camera))
            else:
                known.is_changing = known.is_watched
                self._begin(camera, known, watched=known.is_watched)

    def open_guest(self, choice: SourceChoice) -> None:
        """Watch a clip or camera once, in place of the last such; it is enlarged."""
        known = self.named(choice.name) if choice.is_room else None
        guest = next((p for p in self._all if p.choice and not p.choice.is_room), None)
        guest = known or guest or self._add()
        self._grid.enlarge(guest.tile if len(self._all) > 1 else None)
        guest.open(choice)

    def remove(self, presenter: RoomPresenter) -> None:
        """Stop watching a room and take it away."""
        self._all.remove(presenter)
        self._grid.remove(presenter.tile)
        if presenter.room.is_settled:
            self._forget(presenter)
        else:
            self._leaving.append(presenter)
            presenter.room.idle.connect(lambda: self._forget(presenter))
            presenter.room.stop()
        self.changed.emit()

    def rejudge(self) -> None:
        """Other settings hold for how all rooms are judged; their cameras stay open."""
        for presenter in self._all:
            presenter.rejudge()

    def restart(self) -> None:
        """Watch all that are watched with new monitors: other settings hold."""
        for presenter in self._all:
            presenter.restart()

    def shutdown(self) -> None:
        """Stop all and wait for it, when the window is gone."""
        shut_down([each.room for each in (*self._all, *self._leaving)])

    def _add(self) -> RoomPresenter:
        tile = RoomTile(self._theme)
        presenter = RoomPresenter(self._make_room(), tile, self._around)
        presenter.changed.connect(self.changed)
        presenter.analysed.connect(lambda analysis: self.analysed.emit(presenter, analysis))
        presenter.pause_wanted.connect(lambda: self.pause_wanted.emit((presenter.name,)))
        tile.menu.zones_wanted.connect(lambda: self.zones_wanted.emit(presenter))
        tile.menu.privacy_chosen.connect(
            lambda mode: self.privacy_chosen.emit(presenter.name, mode)
        )
        tile.menu.edit_wanted.connect(lambda: self.edit_wanted.emit(presenter.name))
        tile.menu.remove_wanted.connect(lambda: self._on_remove(presenter))
        self._all.append(presenter)
        self._grid.add(tile)
        self.added.emit(presenter)
        return presenter

    def _begin(
        self, camera: CameraSettings, presenter: RoomPresenter, watched: bool = False
    ) -> None:
        try:
            choice = choose_camera(camera)
        except SourceError as error:
            # Kept in the list: who wrote it can change it.
            choice = SourceChoice(camera.source, camera.name, False, camera)
            presenter.show(choice)
            self._around.messages.show_message(
                f"room {camera.name}", Message("{0}: {1}", (camera.name, error.message))
            )
            return
        if camera.enabled or watched:
            presenter.show(choice)
            presenter.open(choice)
        else:
            presenter.show(choice)

    def _on_remove(self, presenter: RoomPresenter) -> None:
        if presenter.choice is not None and presenter.choice.is_room:
            self.remove_wanted.emit(presenter.name)
        else:
            self.remove(presenter)

    def _forget(self, presenter: RoomPresenter) -> None:
        if presenter in self._leaving:
            self._leaving.remove(presenter)
        presenter.room.shutdown()
        presenter.tile.deleteLater()
