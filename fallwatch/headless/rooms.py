"""Rooms watched without a window, as the settings say from one moment to the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.headless.console_report import ConsoleReport
from fallwatch.pipeline.health.faults import CAMERA_LOST
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.changes import OF_JUDGING, OF_MONITORS, differ, differs_in_judging
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import SourceChoice, choose, choose_camera
from fallwatch.runtime.visits.care_visits import NOT_WATCHED
from fallwatch.settings import Settings

#: What is to be watched by some settings, and the rooms whose source is none, and why.
Choose = Callable[[Settings], tuple[Sequence[SourceChoice], Mapping[str, Message]]]


def taken_already(rooms: Sequence[str]) -> Message:
    """Why rooms are not watched: two watchers of one would be two alarms of each fall."""
    return Message(
        "{0}: watched already on this computer, in the window or by another fallwatch. Stop that "
        "one first.",
        (", ".join(rooms),),
    )


def rooms_of(settings: Settings) -> tuple[Sequence[SourceChoice], Mapping[str, Message]]:
    """All rooms that are switched on; and those whose source is none, and why."""
    choices: list[SourceChoice] = []
    broken: dict[str, Message] = {}
    for camera in settings.cameras:
        try:
            if camera.enabled:
                choices.append(choose_camera(camera))
        except SourceError as error:
            broken[camera.name] = error.message
    return choices, broken


def one_room(
    text: str, first: SourceChoice, settings: Settings
) -> tuple[Sequence[SourceChoice], Mapping[str, Message]]:
    """What was asked for by its name or address, as the settings have it now.

    A room that they have no more is watched on as it was: whoever named it wants it watched.
    """
    try:
        now = choose(text, settings)
    except SourceError:
        return [first], {}
    return [now if now.name == first.name and now.is_room == first.is_room else first], {}


class WatchedRooms:
    """The watches of a run. All methods are called on one thread.

    Args:
        choose: What is to be watched.
        new_watch: Makes a watch of a choice.
        services: Hold the locks of rooms, and raise alarms of those that cannot be watched.
        report: Says which rooms come and go.
    """

    def __init__(
        self,
        choose: Choose,
        new_watch: Callable[[SourceChoice], RoomWatch],
        services: AlarmServices,
        report: ConsoleReport,
    ) -> None:
        self._choose, self._new_watch = choose, new_watch
        self._services, self._report = services, report
        self._watches: dict[str, RoomWatch] = {}
        self._broken: Mapping[str, Message] = MappingProxyType({})
        self._claimed: set[str] = set()
        self._is_finished = False
        self._clips: set[str] = set()

    def __iter__(self) -> Iterator[RoomWatch]:
        """The watches of the moment."""
        return iter(tuple(self._watches.values()))

    def claim(self, choices: Sequence[SourceChoice]) -> list[str]:
        """Lock rooms for this process; a clip that ends needs none.

        Returns:
            Those that another process watches.
        """
        self._clips.update(choice.name for choice in choices if choice.is_clip)
        rooms = [choice.name for choice in choices if not choice.ends]
        taken = [room for room in rooms if not self._services.room_locks.claim(room)]
        self._claimed.update(room for room in rooms if room not in taken)
        return taken

    def begin(self, choices: Sequence[SourceChoice], broken: Mapping[str, Message]) -> None:
        """Watch the first rooms; they are claimed."""
        for choice in choices:
            self._start(choice)
        self._name_broken(broken)

    def follow(self, before: Settings, now: Settings) -> None:
        """Others have changed the settings: rooms come and go, and are watched otherwise."""
        if self._is_finished:
            return
        choices, broken = self._choose(now)
        wanted = {choice.name: choice for choice in choices}
        for name in [name for name in self._watches if name not in wanted]:
            self._end(name)
        all_anew = differ(before, now, OF_MONITORS)
        rejudge = differ(before, now, OF_JUDGING)
        for name, choice in wanted.items():
            watch = self._watches.get(name)
            if watch is None:
                self._come(choice)
            elif all_anew or not _goes_on(watch.choice, choice):
                self._restart(watch, choice)
            elif rejudge or watch.choice != choice:
                watch.rejudge(choice, now)
        self._name_broken(broken)

    def finish(self) -> None:
        """The watches are about to be stopped: what is changed now counts at the next start."""
        self._is_finished = True

    def close_clip_alarms(self) -> None:
        """The alarms of recorded clips end with the run."""
        for name in self._clips:
            self._services.dispatcher.close_clip_alarms(name)

    def release(self) -> None:
        """Let other processes watch the rooms."""
        for room in self._claimed:
            self._services.room_locks.release(room)
        self._claimed.clear()

    def _come(self, choice: SourceChoice) -> None:
        if self.claim([choice]):
            self._report.warn(taken_already([choice.name]))
        else:
            self._start(choice)

    def _start(self, choice: SourceChoice) -> None:
        self._report.begin(choice.name)
        watch = self._watches[choice.name] = self._new_watch(choice)
        watch.start()

    def _restart(self, watch: RoomWatch, choice: SourceChoice) -> None:
        watch.stop()
        if choice.camera is not None:
            self._services.passwords.look_again(choice.camera.source, choice.camera.user)
        self._clips.update([choice.name] if choice.is_clip else [])
        self._start(choice)

    def _end(self, name: str) -> None:
        self._watches.pop(name).stop()
        self._services.faults.stopped(name)
        self._services.visits.end(name, NOT_WATCHED)
        self._services.room_locks.release(name)
        self._claimed.discard(name)
        self._report.leave(name)

    def _name_broken(self, broken: Mapping[str, Message]) -> None:
        for name, message in broken.items():
            if self._broken.get(name) != message:
                self._services.dispatcher.raise_technical(name, CAMERA_LOST, message)
        for name in self._broken.keys() - broken.keys() - self._watches.keys():
            self._services.dispatcher.clear_technical(name, CAMERA_LOST)
        self._broken = dict(broken)


def _goes_on(watched: SourceChoice, wanted: SourceChoice) -> bool:
    """Whether a watch can go on with its camera open, though perhaps judging otherwise."""
    if watched.camera is None or wanted.camera is None:
        return watched == wanted
    return watched.camera == wanted.camera or differs_in_judging(watched.camera, wanted.camera)
