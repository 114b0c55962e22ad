"""The composition root without a window: what ``watch --headless`` and ``demo --headless`` run."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.markup import escape

from fallwatch import paths
from fallwatch.alarms.channels.registry import enabled_channels
from fallwatch.alarms.priority import is_technical
from fallwatch.core.protocols import FrameSource, SourceError
from fallwatch.core.types import Alarm, EventKind, FallEvent
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.notifications import Notifications
from fallwatch.dispatch.policy import escalation_policy
from fallwatch.evaluation.clips.le2i import read_fall_frames
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.headless.console_report import ConsoleReport
from fallwatch.headless.runner import Listener, watch_clip, watch_live
from fallwatch.pipeline.monitor import MonitorState
from fallwatch.recording.housekeeping import housekeeping
from fallwatch.recording.media import MEDIA_FOLDER, MediaFolder
from fallwatch.recording.privacy import PrivacyMode, apply_privacy
from fallwatch.recording.recording_thread import Recording, Tap
from fallwatch.runtime.analyzers import build_analyzer
from fallwatch.settings import BrokerSettings, Settings
from fallwatch.sources.camera_source import addressed_source
from fallwatch.system.passwords import Passwords, split_login

#: An alarm matches the annotated fall from this long before its start to this long after its end.
_MATCH_BEFORE_S, _MATCH_AFTER_S = 0.3, 5.0

#: What a monitor promises of a camera; without a window nothing is tried again at the start.
_RETRYING = " Trying again."


class HeadlessError(Exception):
    """The source cannot be watched. The message names it and says what to do."""


@dataclass(slots=True)
class HeadlessResult:
    """What a headless run found.

    Attributes:
        events: In order.
        error: Why it ended early; None if it did not.
    """

    events: list[FallEvent] = field(default_factory=list)
    error: str | None = None

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
) -> HeadlessResult:
    """Watch a source until its end, Ctrl-C or SIGTERM; print a JSON line for each event.

    Args:
        source_text: Webcam number, file or address; the password of a user that it names is looked
            up.
        settings: Variant, sensitivity and times.
        weights_dir: Where the classifier variants lie; the bundled ones by default.
        realtime: Pace a file at its own speed.
        publish_clips: Tell the MQTT broker of the alarms of a file, too.
    """
    console = Console(stderr=True, highlight=False)
    result = HeadlessResult()
    passwords = Passwords()
    try:
        source = addressed_source(source_text, passwords, realtime=realtime)
    except SourceError as error:
        result.error = str(error)
        return result
    if not (source.is_live or publish_clips):
        # A file that is looked through is no room for Home Assistant to find.
        settings = settings.model_copy(update={"broker": BrokerSettings()})
    with (
        _stop_signals() as stop,
        _alarm_dispatcher(settings, console, source.name, passwords, publish_clips) as (
            dispatcher,
            notifications,
        ),
    ):
        try:
            with (
                _recording(source_text, settings, dispatcher)
                if source.is_live
                else nullcontext() as tap,
                ConsoleReport(
                    console, source, dispatcher, result.events, tap, notifications.on_status
                ) as report,
            ):
                make_again = partial(addressed_source, source_text, passwords, realtime=True)
                _watch(source, make_again, settings, weights_dir, report, stop, realtime=realtime)
        except (SourceError, HeadlessError) as error:
            result.error = str(error)
    return result


def run_demo(settings: Settings, weights_dir: Path | None) -> bool:
    """Play the bundled fall through the whole chain; print what was found.

    Returns:
        True if and only if the fall was found, once, and nothing else was taken for one.

    Raises:
        HeadlessError: The clip could not be analysed.
    """
    console = Console(stderr=True, highlight=False)
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


def _watch(
    source: FrameSource,
    make_again: Callable[[], FrameSource],
    settings: Settings,
    weights_dir: Path | None,
    report: ConsoleReport,
    stop: threading.Event,
    *,
    realtime: bool,
) -> None:
    listener = Listener(report.on_event, report.on_analysis, report.on_status)
    if not source.is_live and not realtime:
        source.open()  # before the models: a wrong name is told at once
        analyzer = build_analyzer(source.name, settings, weights_dir)
        with closing(analyzer):
            watch_clip(source, analyzer, listener, stop, settings.analysis_fps)
        return
    status = watch_live(
        make_again,
        lambda: build_analyzer(source.name, settings, weights_dir),
        listener,
        stop,
        settings.analysis_fps,
    )
    if status.state is MonitorState.FAULTED:
        raise HeadlessError(str(status.message).removesuffix(_RETRYING))


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set instead of killing the process."""
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _recording(source_text: str, settings: Settings, dispatcher: AlarmDispatcher) -> Iterator[Tap]:
    """Where the pictures of a camera go in, to be kept around each event."""
    mode = _privacy_of(source_text, settings)
    media = MediaFolder(paths.data_dir() / MEDIA_FOLDER)
    store = EventStore(paths.data_dir() / STORE_FILE)

    keep_house = housekeeping(store, media, lambda: settings)
    recording = Recording(media, dispatcher, housekeeping=keep_house)
    recording.start()
    try:
        yield recording.tap(render=lambda analysis: apply_privacy(analysis, mode))
    finally:
        recording.stop()
        store.close()


def _privacy_of(source_text: str, settings: Settings) -> PrivacyMode:
    """What the settings say of the camera, whoever looks at it."""
    modes = {split_login(each.source)[0]: each.privacy for each in settings.cameras}
    return modes.get(split_login(source_text.strip())[0], "off")


@contextmanager
def _alarm_dispatcher(
    settings: Settings, console: Console, room: str, passwords: Passwords, publish_clips: bool
) -> Iterator[tuple[AlarmDispatcher, Notifications]]:
    """A started desk that tells of technical alarms on standard error, and tells those outside."""
    told: set[str] = set()

    def on_change(alarms: tuple[Alarm, ...]) -> None:
        for alarm in alarms:
            if is_technical(alarm.kind) and alarm.event_id not in told:
                told.add(alarm.event_id)
                console.print(f"[yellow]![/] {escape('; '.join(map(str, alarm.evidence)))}")
        notifications.on_alarms(alarms)

    store = EventStore(paths.data_dir() / STORE_FILE)
    media = MediaFolder(paths.data_dir() / MEDIA_FOLDER)
    notifications = Notifications(
        settings, store, media, passwords, room=room, clips_too=publish_clips
    )
    channels = [*enabled_channels(settings), *notifications.channels]
    dispatcher = AlarmDispatcher(store, channels, escalation_policy(settings), on_change=on_change)
    try:
        for alarm in dispatcher.start():
            if not is_technical(alarm.kind):
                console.print(
                    f"[bold red]Not yet acknowledged:[/] {alarm.kind} in {escape(alarm.camera)}, "
                    f"{alarm.started_utc} (fallwatch events acknowledge {alarm.event_id})"
                )
        notifications.start(dispatcher)
        yield dispatcher, notifications
    finally:
        dispatcher.stop()
        notifications.stop()
        store.close()
