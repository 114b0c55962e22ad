"""One room: joins its watch and its tile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmDispatch
from fallwatch.core.types import Analysis
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.runtime.source_choice import SourceChoice
from fallwatch.settings import Settings
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.rooms.room import Room
from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.style.notice_bar import NoticeBar

_CLIP_OVER = (MonitorState.FINISHED, MonitorState.FAULTED)


class Faults(Protocol):
    """The part of `fallwatch.dispatch.room_faults.RoomFaults` that the window needs."""

    def stopped(self, camera: str) -> None: ...


@dataclass(frozen=True, slots=True)
class RoomContext:
    """What every room needs of what there is once.

    Attributes:
        dispatcher: Ends the alarms of clips.
        faults: Ends the fault alarms of rooms that are not watched any more.
        tasks: Does what writes to disk.
        messages: Where people read what does not work.
        settings: What holds at this moment.
    """

    dispatcher: AlarmDispatch
    faults: Faults
    tasks: BackgroundTasks
    messages: NoticeBar
    settings: Callable[[], Settings] = Settings


class RoomPresenter(QObject):
    """Carries what comes from the watch over one room to its tile.

    Signals:
        analysed: The newest ``Analysis``.
        status_changed: The newest ``MonitorStatus``.
        changed: The room began or ceased to be watched.
        pause_wanted: Somebody wants this room not to be watched for a while.
    """

    analysed = Signal(object)
    status_changed = Signal(object)
    changed = Signal()
    pause_wanted = Signal()

    def __init__(self, room: Room, tile: RoomTile, around: RoomContext) -> None:
        super().__init__(tile)
        self.room, self.tile = room, tile
        self._around = around
        self._choice: SourceChoice | None = None
        self._over = False
        #: Whether it begins again because somebody changed its settings.
        self.is_changing = False
        self.newest: Analysis | None = None
        room.opened.connect(self._on_opened)
        room.analysed.connect(self._on_analysis)
        room.status_changed.connect(self._on_status)
        room.ended.connect(self._on_ended)
        room.stuck.connect(self._on_stuck)
        room.idle.connect(self._on_idle)
        tile.menu.toggled.connect(self.wish_watched)

    @property
    def choice(self) -> SourceChoice | None:
        """What is, or was last, watched in this room."""
        return self._choice

    @property
    def name(self) -> str:
        """What the room is called, in every event and on the screen."""
        return "" if self._choice is None else self._choice.name

    @property
    def is_watched(self) -> bool:
        """Whether somebody wants it watched, and it is not a clip that is over."""
        return self.room.is_active and not self._over

    def show(self, choice: SourceChoice) -> None:
        """Be this room, without watching it yet."""
        self._choice = choice
        self.tile.open(choice)
        self.tile.show_stopped()
        self._tell_changed()

    def open(self, choice: SourceChoice) -> None:
        """Watch a source."""
        self._around.messages.clear_topic(self._topic)
        self.room.open(choice)

    def restart(self) -> None:
        """Other settings hold: watch it with a new monitor, if it is watched."""
        self.is_changing = self.is_watched
        self.room.restart()

    def rejudge(self, choice: SourceChoice | None = None) -> None:
        """Other settings hold for how this room is judged: its camera stays open.

        Args:
            choice: The same source with the room's own settings as they are now.
        """
        choice = choice or self._choice
        if choice is None:
            return
        self._choice = choice
        self.tile.follow(choice)
        self.room.rejudge(choice, self._around.settings())

    def wish_watched(self, watched: bool) -> None:
        """Somebody wants to start or stop: a room is never stopped without an end."""
        if watched or self._choice is None or self._choice.ends:
            self.set_watched(watched)
        else:
            self.pause_wanted.emit()

    def set_watched(self, watched: bool) -> None:
        """Start or stop."""
        if not watched:
            self.room.stop()
        elif self._choice is not None:
            self.open(self._choice)

    @property
    def _topic(self) -> str:
        return f"room {self.name}"

    def _on_opened(self, choice: SourceChoice) -> None:
        if self._choice is not None and choice != self._choice:
            self._around.faults.stopped(self.name)
        self._choice = choice
        self._over = False
        self.tile.open(choice)
        self._tell_changed()

    def _on_analysis(self, analysis: Analysis) -> None:
        self.newest = analysis
        self.tile.show_analysis(analysis)
        self.analysed.emit(analysis)

    def _on_status(self, status: MonitorStatus) -> None:
        look = self.tile.show_status(status)
        if look.live:
            self.is_changing = False
            # What kept it from being opened holds no more.
            self._around.messages.clear_topic(self._topic)
        self.status_changed.emit(status)
        choice = self._choice
        if choice is None:
            return
        if choice.is_clip:
            # What is over can be started again; a camera goes on trying by itself.
            over = choice.ends and status.state in _CLIP_OVER
            if over != self._over:
                self._over = over
                self._tell_changed()

    def _on_ended(self, choice: SourceChoice) -> None:
        if choice.is_clip:
            self._around.tasks.run(partial(self._around.dispatcher.close_clip_alarms, choice.name))

    def _on_stuck(self, names: list[str]) -> None:
        self._around.messages.show_message(
            f"stuck {self.name}",
            Message(
                "{0} did not stop in time and was left behind ({1}). If the camera does not "
                "start again, unplug it, plug it in and restart fallwatch.",
                (self.name, ", ".join(names)),
            ),
        )

    def _on_idle(self) -> None:
        self._around.faults.stopped(self.name)
        self.tile.show_stopped()
        self._around.messages.clear_topic(self._topic)
        self._tell_changed()

    def _tell_changed(self) -> None:
        self.tile.menu.set_active(self.is_watched)
        self.changed.emit()
