"""Joins the window to what works behind it: the rooms, the alarm dispatcher, the settings."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial

from PySide6.QtCore import QObject

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.core.message import NO_MESSAGE, Message, message_of
from fallwatch.core.protocols import AlarmDispatch, SourceError
from fallwatch.core.types import Alarm, Analysis
from fallwatch.runtime.analyzers import judge_config
from fallwatch.runtime.source_choice import choose
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.background.preferences import Preferences
from fallwatch.ui.rooms.room_presenter import RoomPresenter
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.window.camera_controller import CameraController
from fallwatch.ui.window.main_window import MainWindow

#: What is written into an event's history when somebody says so.
FALSE_ALARM = Message("false alarm")  # as `fallwatch.alarms.lifecycle.FALSE_ALARM`


class Controller(QObject):
    """Carries people's wishes to the rooms and the dispatcher, and their news to the window.

    The dispatcher and the settings write to disk, so all calls to them are background tasks.

    Args:
        tasks: Reads the record.
        answers: Takes acknowledgements and nothing else, so that none has to wait.
    """

    def __init__(
        self,
        window: MainWindow,
        rooms: Rooms,
        cameras: CameraController,
        bridge: Bridge,
        tasks: BackgroundTasks,
        preferences: Preferences,
        *,
        answers: BackgroundTasks,
        start: Callable[[], tuple[Alarm, ...]],
        dispatcher: AlarmDispatch,
        recent: Callable[[], Sequence[Alarm]],
    ) -> None:
        super().__init__(window)
        self._window, self._rooms, self._cameras, self._dispatcher = (
            window,
            rooms,
            cameras,
            dispatcher,
        )
        self._tasks, self._answers, self._preferences = tasks, answers, preferences
        self._alarms: tuple[Alarm, ...] | None = None
        self._reading = self._read_again = False
        self._start, self._recent = start, recent
        bridge.alarms_changed.connect(self._on_alarms)
        tasks.failed.connect(self.show_failure)
        rooms.analysed.connect(self._on_analysis)
        rooms.changed.connect(self._on_rooms_changed)
        self._join_window(window)

    def begin(self, first: str | None) -> None:
        """Start what need not be there for the first paint: old alarms first.

        Args:
            first: Camera or clip to watch instead of the cameras of the settings.
        """
        self._tasks.run(self._start, self._on_started)
        if first is not None:
            self.open(first)
        else:
            self._cameras.begin()

    def open(self, text: str) -> None:
        """Watch, once, a webcam's number, a network address or the path of a clip."""
        try:
            choice = choose(text, self._preferences.current)
        except SourceError as error:
            self._window.messages.show_message("source", error.message)
            return
        self._window.messages.clear_topic("source")
        self._rooms.open_guest(choice)

    def show_moment(self, event_id: str, analysis: Analysis) -> None:
        """Show the image of the moment something happened."""
        self._window.banner.show_image(event_id, analysis)

    def judge_anew(self) -> None:
        """Other settings hold: judge all rooms with them; their cameras stay open."""
        self._show_threshold()
        self._rooms.rejudge()

    def watch_anew(self) -> None:
        """Other settings hold that count from the start of a watch on."""
        self._show_threshold()
        self._rooms.restart()

    def refresh_events(self) -> None:
        """Read the list of events again; one reading answers all who asked before it began.

        The record is read on the thread on which acknowledgements are written, so readings must
        not pile up there.
        """
        if self._reading:
            self._read_again = True
            return
        self._reading = True
        self._tasks.run(self._recent, self._on_events, otherwise=self._on_unread)

    def _on_events(self, alarms: Sequence[Alarm]) -> None:
        self._end_reading()
        self._window.events.show_events(alarms)

    def _on_unread(self, error: BaseException) -> None:
        self._end_reading()
        self.show_failure(error)

    def _end_reading(self) -> None:
        self._reading = False
        if self._read_again:
            self._read_again = False
            self.refresh_events()

    def show_failure(self, error: BaseException) -> None:
        """Say what went wrong in the background."""
        self._window.messages.show_message("record", message_of(error))

    def _join_window(self, window: MainWindow) -> None:
        window.source_chosen.connect(self.open)
        window.toggled.connect(self._on_toggled)
        window.banner.acknowledged.connect(self._acknowledge)
        window.banner.false_alarm.connect(lambda event: self._acknowledge(event, FALSE_ALARM))
        window.tray.acknowledge_wanted.connect(window.banner.acknowledge)
        window.events.filter_changed.connect(self.refresh_events)
        window.grid.shown_changed.connect(self._on_shown_changed)
        self._on_shown_changed()

    def _show_threshold(self) -> None:
        """Of the room that is seen alone: it may have a sensitivity of its own."""
        alone = self._rooms.shown_alone
        camera = None if alone is None or alone.choice is None else alone.choice.camera
        config = judge_config(self._preferences.current, camera=camera)
        self._window.strip.set_threshold(config.threshold)

    def _on_toggled(self, start: bool) -> None:
        rooms = []
        for presenter in self._rooms.acted_upon:
            if presenter.is_watched == start:
                continue
            if start or presenter.choice is None or presenter.choice.ends:
                presenter.set_watched(start)
            else:
                rooms.append(presenter.name)
        if rooms:
            self._rooms.pause_wanted.emit(tuple(rooms))

    def _on_analysis(self, presenter: RoomPresenter, analysis: Analysis) -> None:
        if presenter is self._rooms.shown_alone:
            self._window.strip.add(analysis)

    def _on_shown_changed(self) -> None:
        self._window.strip.clear()
        # The strip belongs to one room: beside several images nobody could tell whose it is.
        self._window.live.show_strip(len(self._window.grid.tiles) < 2 or self._has_single())
        self._on_rooms_changed()

    def _has_single(self) -> bool:
        return self._window.grid.single is not None

    def _on_rooms_changed(self) -> None:
        self._show_threshold()
        self._mark_rooms()
        concerned = self._rooms.acted_upon
        watched = [each for each in concerned if each.is_watched]
        self._window.controls.set_active(
            bool(watched),
            possible=bool(concerned),
            pauses=any(each.choice and not each.choice.ends for each in watched),
        )

    def _acknowledge(self, event_id: str, outcome: Message = NO_MESSAGE) -> None:
        def failed(error: BaseException) -> None:
            self._window.banner.acknowledge_failed(event_id)
            self.show_failure(error)

        by = this_user()
        self._answers.run(
            partial(self._dispatcher.acknowledge, event_id, by, outcome), otherwise=failed
        )

    def _on_started(self, alarms: tuple[Alarm, ...]) -> None:
        """Show the alarms of the start, unless newer ones have been shown meanwhile."""
        if self._alarms is None:
            self._on_alarms(alarms)

    def _on_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        self._alarms = alarms
        # Should one fail, the others show the alarm all the same. Last in, first out.
        with ExitStack() as stack:
            stack.callback(self.refresh_events)
            stack.callback(self._mark_rooms)
            stack.callback(self._window.tray.show_alarms, alarms)
            stack.callback(self._window.banner.show_alarms, alarms)

    def _mark_rooms(self) -> None:
        waiting = [alarm for alarm in self._alarms or () if is_unacknowledged(alarm)]
        for presenter in self._rooms.all:
            presenter.tile.show_alarms([a for a in waiting if a.camera == presenter.name])


def this_user() -> str:
    """Whose session this is, for the record of who answered."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "this computer"
