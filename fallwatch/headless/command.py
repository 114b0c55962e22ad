"""Watching without a window: ``watch --headless``, ``watch --all`` and ``demo --headless``."""

from __future__ import annotations

import queue
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType, MappingProxyType

from rich.console import Console

from fallwatch import paths
from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Analysis, EventKind, FallEvent
from fallwatch.evaluation.clips.le2i import read_fall_frames
from fallwatch.headless.console_report import ConsoleReport
from fallwatch.headless.rooms import Choose, WatchedRooms, one_room, rooms_of, taken_already
from fallwatch.headless.runner import Inbox, report_waiting, watch_rooms
from fallwatch.headless.uptime_counter import UptimeCounter
from fallwatch.pipeline.health.status import MonitorState, cause_of
from fallwatch.pipeline.health.uptime_file import UPTIME_FILE, UptimeFile
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.guards.last_resort import LastResort
from fallwatch.runtime.guards.settings_follower import SettingsFile, SettingsFollower
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import SourceChoice, choose
from fallwatch.settings import (
    SETTINGS_FILE,
    BrokerSettings,
    Settings,
    SettingsError,
    WebSettings,
    merge_settings,
    read_settings,
)
from fallwatch.system.program.ending_signals import ending_signals
from fallwatch.system.program.tolerant_stream import tolerant
from fallwatch.system.secrets.passwords import Passwords
from fallwatch.web.access.devices import Role
from fallwatch.web.page_service import PageService

#: An alarm matches the annotated fall from this long before its start to this long after its end.
_MATCH_BEFORE_S, _MATCH_AFTER_S = 0.3, 5.0


class HeadlessError(Exception):
    """The source cannot be watched. The message names it and says what to do."""


@dataclass(slots=True)
class HeadlessResult:
    """What a headless run found.

    Attributes:
        events: In order.
        error: Why it ended early; None if it did not.
        unwritten: How many of them could not be written to standard output.
    """

    events: list[FallEvent] = field(default_factory=list)
    error: str | None = None
    unwritten: int = 0

    @property
    def alarms(self) -> list[FallEvent]:
        """The events that ask for help."""
        return [event for event in self.events if event.kind is not EventKind.RECOVERED]


def run_headless(
    source_text: str,
    settings: Settings,
    weights_dir: Path | None,
    *,
    realtime: bool = False,
    publish_clips: bool = False,
    stop: threading.Event | None = None,
) -> HeadlessResult:
    """Watch a source until its end, Ctrl-C or SIGTERM; print a JSON line for each event.

    Args:
        source_text: Name of a configured room, webcam number, file or address; the password of a
            user that it names is looked up.
        settings: Rooms, variant, sensitivity and times.
        weights_dir: Where the classifier variants lie; the bundled ones by default.
        realtime: Pace a file at its own speed.
        publish_clips: Publish the alarms of a file at the MQTT broker, too.
        stop: Ends the watch when it is set, instead of the signals.
    """
    try:
        choice = choose(source_text, settings)
    except SourceError as error:
        return HeadlessResult(error=str(error))
    if choice.ends and not publish_clips:
        # A file that is looked through is no room for Home Assistant to find.
        settings = settings.model_copy(update={"broker": BrokerSettings()})
    session = _Session(settings, weights_dir, room=choice.name, clips_too=publish_clips)
    follow = partial(one_room, source_text, choice)
    return session.run([choice], stop, choose=follow, at_full_speed=choice.ends and not realtime)


def run_all(
    settings: Settings,
    weights_dir: Path | None,
    *,
    stop: threading.Event | None = None,
    web: WebSettings | None = None,
    pair: Role | None = None,
) -> HeadlessResult:
    """Watch all configured rooms that are to be watched, until Ctrl-C or SIGTERM.

    Args:
        settings: Rooms, variant, sensitivity and times.
        weights_dir: Where the classifier variants lie; the bundled ones by default.
        stop: Ends the watch when it is set, instead of the signals.
        web: The page for phones in this run, instead of the settings'.
        pair: What one more phone may do, for which a code is shown at the start.
    """
    choices, broken = rooms_of(settings)
    if broken and not choices:
        return HeadlessResult(error=_all_broken(broken))
    if not choices:
        return HeadlessResult(
            error="No room is to be watched: the settings hold no camera that is switched on. "
            "Add one in the window, with fallwatch gui."
        )
    session = _Session(settings, weights_dir, web=web, pair=pair)
    result = session.run(choices, stop, choose=rooms_of, broken=broken)
    if broken and result.error is None:
        result.error = _all_broken(broken)
    return result


def _all_broken(broken: Mapping[str, Message]) -> str:
    return " ".join(f"{room}: {message}" for room, message in broken.items())


def run_demo(settings: Settings, weights_dir: Path | None) -> bool:
    """Play the bundled fall through the whole chain; print what was found.

    Returns:
        True if and only if the fall was found, once, and nothing else was taken for one.

    Raises:
        HeadlessError: The clip could not be analysed.
    """
    console = Console(stderr=True, highlight=False, emoji=False)
    clip = paths.resources_dir() / "demo" / "demo_fall.mp4"
    fall = read_fall_frames(clip.with_suffix(".txt"))
    assert fall is not None
    result = run_headless(str(clip), settings, weights_dir)
    if result.error is not None:
        raise HeadlessError(result.error)
    start_s, end_s = fall.seconds(fps=15.0)
    good = [
        event
        for event in result.alarms
        if start_s - _MATCH_BEFORE_S <= event.decided_s <= end_s + _MATCH_AFTER_S
    ]
    false = len(result.alarms) - len(good)
    if len(good) == 1 and false == 0:
        delay_s = good[0].decided_s - start_s
        console.print(
            f"[bold green]✔[/] Fall found, {delay_s:.1f} s after it began. No false alarm."
        )
        return True
    console.print(
        f"[bold red]✘[/] The fall was found {len(good)} times, with {false} false alarms."
    )
    return False


class _Session:
    """Alarm services and console for one run."""

    def __init__(
        self,
        settings: Settings,
        weights_dir: Path | None,
        *,
        room: str | None = None,
        clips_too: bool = False,
        web: WebSettings | None = None,
        pair: Role | None = None,
    ) -> None:
        self._pair = pair
        self._settings, self._weights_dir = settings, weights_dir
        path = paths.config_dir() / SETTINGS_FILE
        self._file = SettingsFile(path, _stored(path))
        # Nobody may be left to read it: that must not end the watch.
        self._report = ConsoleReport(
            Console(file=tolerant(sys.stderr), highlight=False, emoji=False)
        )
        self._inbox: Inbox = queue.SimpleQueue()
        self._rooms: WatchedRooms | None = None
        self._services = AlarmServices(
            lambda: self._settings,
            Passwords(),
            # Not on the thread that raises alarms: a terminal may be held, and the words with it.
            on_alarms=lambda alarms: self._inbox.put(partial(self._report.on_alarms, alarms)),
            room=room,
            clips_too=clips_too,
        )
        self._services.visits.listen(
            lambda room, words: self._inbox.put(partial(self._report.visit, room, words))
        )
        self._uptime = UptimeCounter(
            self._services.live_views,
            UptimeFile(paths.data_dir() / UPTIME_FILE),
            visitor=self._services.visits.by,
        )
        self._page = PageService(lambda: web or self._settings.web, self._services)
        self._follower = SettingsFollower(
            [self._look_at_file, self._services.follow, self._page.follow]
        )

    def run(
        self,
        choices: Sequence[SourceChoice],
        stop: threading.Event | None,
        *,
        choose: Choose,
        at_full_speed: bool = False,
        broken: Mapping[str, Message] = MappingProxyType({}),
    ) -> HeadlessResult:
        """Watch until the end.

        Args:
            choices: What is watched first.
            stop: Ends the watch; None for Ctrl-C and SIGTERM.
            choose: What is watched by other settings, while it goes on.
            at_full_speed: Whether the only choice, a clip, is analysed as fast as possible.
            broken: Rooms whose source is none, and why: an alarm, and the others are watched.
        """
        result = HeadlessResult(self._report.events)
        with ExitStack() as stack:
            rooms = WatchedRooms(choose, self._new_watch, self._services, self._report)
            stack.callback(rooms.release)
            taken = rooms.claim(choices)
            if taken:
                result.error = str(taken_already(taken))
                return result
            if stop is None:
                stop = stack.enter_context(_stop_signals())
            stack.enter_context(LastResort(self._services.dispatcher))
            stack.callback(self._services.stop)
            stack.callback(self._uptime.stop)
            stack.callback(self._page.stop)
            stack.callback(self._follower.stop)
            self._report.open_at_start(self._services.start())
            self._uptime.start()
            self._page.follow()
            self._report.page(self._page, self._pair)
            self._follower.start()
            stack.enter_context(self._report)
            stack.callback(rooms.close_clip_alarms)
            try:
                if at_full_speed:
                    self._run_through(choices[0], stop)
                else:
                    self._watch(rooms, choices, stop, broken)
            except (SourceError, HeadlessError) as error:
                result.error = str(error)
            result.unwritten = self._report.finish(stop)
        return result

    def _look_at_file(self) -> None:
        """Take over what others have changed: alarms and recipients here, rooms where they run."""
        found = self._file.look()
        if found is not None:
            seen, now = found
            before, self._settings = self._settings, merge_settings(seen, self._settings, now)
            self._inbox.put(partial(self._follow_rooms, before, self._settings))

    def _follow_rooms(self, before: Settings, now: Settings) -> None:
        if self._rooms is not None:
            self._rooms.follow(before, now)

    def _run_through(self, choice: SourceChoice, stop: threading.Event) -> None:
        self._report.begin(choice.name)
        watch = self._new_watch(choice, _at_once)
        try:
            watch.run_through(stop)
        finally:
            report_waiting(self._inbox)
            self._report.warn(watch.warning)
        self._report.end(choice.name)

    def _watch(
        self,
        rooms: WatchedRooms,
        choices: Sequence[SourceChoice],
        stop: threading.Event,
        broken: Mapping[str, Message],
    ) -> None:
        self._rooms = rooms
        rooms.begin(choices, broken)
        over = watch_rooms(rooms, self._inbox, stop)
        for watch, status in over:
            if status.state is MonitorState.FAULTED and not watch.choice.is_room:
                raise HeadlessError(str(cause_of(status.message)))
        for watch, _ in over:
            self._report.warn(watch.warning)
            self._report.end(watch.choice.name)

    def _new_watch(
        self, choice: SourceChoice, put: Callable[[Callable[[], object]], None] | None = None
    ) -> RoomWatch:
        """A watch whose reports are put where the caller's thread does them."""
        report, put = self._report, put or self._inbox.put

        def show_progress(analysis: Analysis) -> None:
            if choice.ends:
                report.on_analysis(analysis, watch.duration_s)

        watch = RoomWatch(
            choice,
            self._settings,
            self._services,
            weights_dir=self._weights_dir,
            on_analysis=show_progress,
            on_event=lambda raised: put(partial(report.on_event, raised)),
            on_status=lambda status: put(partial(report.on_status, status)),
            records_clips=False,
        )
        return watch


def _stored(path: Path) -> Settings:
    """What the file holds: what the command line changes for this run is not in there."""
    try:
        return read_settings(path) or Settings()
    except SettingsError:
        return Settings()


def _at_once(job: Callable[[], object]) -> None:
    job()


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that is set by a request to end, which would have killed the process.

    Those are Ctrl-C, SIGTERM, and SIGHUP, which a terminal sends when it is closed.
    """
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, handle) for number in ending_signals()}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
