"""One room: joins its monitor, its tile, its health and the alarm desk."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.core.types import Alarm, Analysis
from fallwatch.pipeline.health.fault_alarms import FaultAction, FaultAlarm, FaultAlarms
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.rooms.room import Room
from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.rooms.source_choice import SourceChoice
from fallwatch.ui.style.notice_bar import NoticeBar

_CLIP_OVER = (MonitorState.FINISHED, MonitorState.FAULTED)


class Dispatcher(Protocol):
    """The part of ``pipeline.alarm_dispatcher.AlarmDispatcher`` the window needs."""

    def start(self) -> tuple[Alarm, ...]: ...
    def raise_technical(
        self, camera: str, kind: str, message: Message, *, from_clip: bool = False
    ) -> object: ...
    def clear_technical(self, camera: str, kind: str) -> None: ...
    def acknowledge(self, event_id: str, by: str, outcome: Message = NO_MESSAGE) -> None: ...
    def close_clip_alarms(self, camera: str) -> None: ...


@dataclass(frozen=True, slots=True)
class RoomContext:
    """What every room needs of what there is once.

    Attributes:
        dispatcher: Raises and ends alarms.
        tasks: Does what writes to disk.
        messages: Where people are told what does not work.
        monotonic: Clock, in seconds.
    """

    dispatcher: Dispatcher
    tasks: BackgroundTasks
    messages: NoticeBar
    monotonic: Callable[[], float]


class RoomPresenter(QObject):
    """Carries the news of one room's monitor to its tile and to the desk.

    Signals:
        analysed: The newest ``Analysis``.
        status_changed: The newest ``MonitorStatus``.
        changed: The room began or ceased to be watched.
    """

    analysed = Signal(object)
    status_changed = Signal(object)
    changed = Signal()

    def __init__(self, room: Room, tile: RoomTile, around: RoomContext) -> None:
        super().__init__(tile)
        self.room, self.tile = room, tile
        self._around = around
        self._health = FaultAlarms()
        self._choice: SourceChoice | None = None
        self._over = False
        self.newest: Analysis | None = None
        room.opened.connect(self._on_opened)
        room.analysed.connect(self._on_analysis)
        room.status_changed.connect(self._on_status)
        room.ended.connect(self._on_ended)
        room.stuck.connect(self._on_stuck)
        room.idle.connect(self._on_idle)
        tile.menu.toggled.connect(self.set_watched)

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
        if choice != self._choice:
            self._follow(self._health.stopped())
            self._health = FaultAlarms()
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
        if status.state is MonitorState.FAULTED:
            self._say(status.message)
        elif look.monitoring:
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
            return
        self._follow(self._health.update(status, self._around.monotonic()))

    def _say(self, message: Message) -> None:
        named = message
        if self.name not in str(message):
            named = Message("{0}: {1}", (self.name, message))
        self._around.messages.show_message(self._topic, named)

    def _follow(self, news: Sequence[FaultAlarm]) -> None:
        dispatcher, tasks, camera = self._around.dispatcher, self._around.tasks, self.name
        for each in news:
            if each.change is FaultAction.RAISE:
                words = each.message or Message("No pictures come from {0}.", (camera,))
                tasks.run(partial(dispatcher.raise_technical, camera, each.kind, words))
            else:
                tasks.run(partial(dispatcher.clear_technical, camera, each.kind))

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
        self._follow(self._health.stopped())
        self.tile.show_stopped()
        self._around.messages.clear_topic(self._topic)
        self._tell_changed()

    def _tell_changed(self) -> None:
        self.tile.menu.set_active(self.is_watched)
        self.changed.emit()
