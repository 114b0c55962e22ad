"""The self-test: does everything that an alarm depends on work, here and now?"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.markup import escape

from fallwatch import paths
from fallwatch.alarms.channels.registry import enabled_channels
from fallwatch.alarms.raising import THIS_COMPUTER, technical_alarm
from fallwatch.classifiers.manifest import WeightsError
from fallwatch.core.image_checks.blocked import blindness
from fallwatch.core.image_checks.luma_thumbnail import sight
from fallwatch.core.message import NO_MESSAGE, Message, plain
from fallwatch.core.protocols import (
    AlarmChannel,
    ChannelError,
    FrameAnalyzer,
    FrameSource,
    SourceError,
)
from fallwatch.core.types import Alarm, Analysis, FallEvent
from fallwatch.evaluation.clips.le2i import read_fall_frames
from fallwatch.evaluation.score.clip_result import Event
from fallwatch.evaluation.score.matching import Verdict, match
from fallwatch.events.integrity import problem_of_record
from fallwatch.events.store import STORE_FILE
from fallwatch.events.times import utc_now, utc_text
from fallwatch.pipeline.cpu_scheduler import SLOWEST_FPS
from fallwatch.pose.networks import PoseModelError
from fallwatch.recording.recording_thread import MIN_FREE_BYTES
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.analyzers import build_analyzer
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import choose
from fallwatch.settings import BrokerSettings, Settings
from fallwatch.sources.camera_source import camera_source
from fallwatch.sources.decoding.decoder_choice import codecs_by_hardware
from fallwatch.sources.decoding.trial import try_decoder
from fallwatch.system.device_choice import device_named, devices
from fallwatch.system.keep_awake import Inhibitor, KeepAwakeError, system_inhibitor
from fallwatch.system.secrets.password_file import PASSWORD_FILE, PasswordFile
from fallwatch.system.secrets.passwords import Passwords

# The first frames take longer: the models settle.
_WARM_UP = 15

# How long a camera may show the very same image; noise changes every real one.
_FROZEN_S = 3.0

_DEMO_FPS = 15.0

_TOLD_WITHIN_S = 2.0

# Decoding the demo clip in another process takes a second; on a busy computer many times that.
_TRIED_FOR_S = 60.0


class CheckOutcome(str, Enum):
    """What came of one check."""

    GOOD = "good"
    REMARK = "remark"  # nothing is broken, but somebody should know
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found, in plain words.

    Attributes:
        name: What was looked at.
        outcome: Whether it works.
        words: What was found.
        remedy: What to do; empty where nothing needs to be done.
    """

    name: Message
    outcome: CheckOutcome
    words: Message
    remedy: Message = NO_MESSAGE


#: A camera's name, and what makes its source.
Camera = tuple[str, Callable[[], FrameSource]]


@dataclass(frozen=True, slots=True)
class Checkup:
    """What the self-test looks at.

    Attributes:
        settings: The user's settings.
        weights_dir: Folder of classifier variants; None for the bundled ones.
        cameras: Cameras to open. One that is being watched already cannot be opened again.
        watched: What is known of the cameras that are being watched.
        channels: The ways alarms are told; each tells a test.
        make_analyzer: Loads the models.
    """

    settings: Settings
    weights_dir: Path | None = None
    cameras: Sequence[Camera] = ()
    watched: Sequence[CheckResult] = ()
    channels: Callable[[Settings], Sequence[AlarmChannel]] = enabled_channels
    make_analyzer: Callable[[str, Settings, Path | None], FrameAnalyzer] = build_analyzer

    def findings(self) -> Iterator[CheckResult]:
        """Do the checks one by one, the quick ones first; the last takes some seconds."""
        try:
            folder = paths.data_dir()
        except paths.HomeError as error:
            yield CheckResult(Message("Data folder"), CheckOutcome.BAD, plain(str(error)))
        else:
            yield check_folder(folder)
            yield check_room(folder)
            yield check_record(folder / STORE_FILE)
        yield check_sleep(system_inhibitor())
        yield from check_channels(self.channels(self.settings))
        yield from self.watched
        if not (self.cameras or self.watched):
            words = Message("No camera is set up yet. Recorded clips can be opened all the same.")
            yield CheckResult(Message("Camera"), CheckOutcome.REMARK, words)
        for name, make in self.cameras:
            yield check_camera(name, make)
        yield check_device(self.settings.inference_device)
        yield check_decoder(self.settings.decoder)
        yield from self._check_chain()

    def _check_chain(self) -> Iterator[CheckResult]:
        try:
            analyzer = self.make_analyzer("self-test", self.settings, self.weights_dir)
        except (WeightsError, PoseModelError) as error:
            yield CheckResult(
                Message("Analysis"),
                CheckOutcome.BAD,
                error.message,
                Message("Install fallwatch again."),
            )
            return
        trial = _Trial(self.settings)
        trial.run(analyzer)
        if self.watched:
            yield _speed_left(trial.fps, self.settings.variant)
        else:
            yield check_speed(trial.fps, len(self.cameras), self.settings.variant)
        yield trial.verdict()


def all_is_well(findings: Sequence[CheckResult]) -> bool:
    """Whether no check failed; remarks are no failure."""
    return all(finding.outcome is not CheckOutcome.BAD for finding in findings)


def print_findings(findings: Iterable[CheckResult]) -> list[CheckResult]:
    """Print each finding as soon as it is there; returns all."""
    console = Console(highlight=False, emoji=False)
    marks = {
        CheckOutcome.GOOD: "[green]✔[/]",
        CheckOutcome.REMARK: "[yellow]•[/]",
        CheckOutcome.BAD: "[red]✘[/]",
    }
    table = []
    for finding in findings:
        table.append(finding)
        words = f"[bold]{escape(str(finding.name))}:[/] {escape(str(finding.words))}"
        remedy = f" {escape(str(finding.remedy))}" if finding.remedy else ""
        console.print(f"{marks[finding.outcome]} {words}{remedy}")
    bad = sum(finding.outcome is CheckOutcome.BAD for finding in table)
    console.print(f"{bad} of {len(table)} checks failed." if bad else "All is well.")
    return table


def configured_cameras(settings: Settings) -> list[Camera]:
    """The cameras that are to be watched."""
    passwords = Passwords()
    return [
        (camera.name, partial(camera_source, camera, passwords))
        for camera in settings.cameras
        if camera.enabled
    ]


def check_folder(folder: Path) -> CheckResult:
    """Whether the folder of the record can be written."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"self-test")
            file.flush()
    except OSError as error:
        return _unwritable(folder, error)
    return CheckResult(
        Message("Data folder"), CheckOutcome.GOOD, Message("{0} can be written.", (str(folder),))
    )


def _unwritable(folder: Path, error: OSError) -> CheckResult:
    words = Message("{0} cannot be written ({1}).", (str(folder), error.strerror or str(error)))
    return CheckResult(
        Message("Data folder"),
        CheckOutcome.BAD,
        words,
        Message("Check who owns the folder, and the disk."),
    )


def check_room(folder: Path, free_bytes: int | None = None) -> CheckResult:
    """Whether there is room for snapshots and clips."""
    free = shutil.disk_usage(folder).free if free_bytes is None else free_bytes
    words = Message("{0} GB are free for events, snapshots and clips.", (f"{free / 1e9:.1f}",))
    if free < MIN_FREE_BYTES:
        remedy = Message(
            "Free some space: without it events are recorded without clips, or not at all."
        )
        return CheckResult(Message("Disk space"), CheckOutcome.BAD, words, remedy)
    return CheckResult(Message("Disk space"), CheckOutcome.GOOD, words)


def check_record(path: Path) -> CheckResult:
    """Whether the record of events is whole."""
    problem = problem_of_record(path)
    if problem is not None:
        remedy = Message(
            "Move {0} to another place; fallwatch then begins a new record.", (str(path),)
        )
        return CheckResult(Message("Event record"), CheckOutcome.BAD, problem, remedy)
    words = Message("It is whole.") if path.exists() else Message("Nothing has been recorded yet.")
    return CheckResult(Message("Event record"), CheckOutcome.GOOD, words)


def check_sleep(inhibitor: Inhibitor | None) -> CheckResult:
    """Whether the computer stays awake while it watches."""
    name = Message("Sleep")
    if inhibitor is None:
        words = Message("No service of this system puts it to sleep.")
        return CheckResult(name, CheckOutcome.GOOD, words)
    try:
        inhibitor.hold(display=False)
    except KeepAwakeError as error:
        return CheckResult(name, CheckOutcome.BAD, error.message)
    finally:
        inhibitor.release()
    words = Message("This computer stays awake while a room is watched, unless its lid is closed.")
    return CheckResult(name, CheckOutcome.GOOD, words)


def check_channels(channels: Sequence[AlarmChannel]) -> Iterator[CheckResult]:
    """Tell a test on each channel."""
    if not channels:
        words = Message(
            "The alarm sound is switched off, and there is no other way to tell alarms."
        )
        remedy = Message(
            "Switch the sound on in the settings: nobody hears an alarm in the window alone."
        )
        yield CheckResult(Message("Alarm sound"), CheckOutcome.REMARK, words, remedy)
    message = Message("This is the self-test of fallwatch. Nothing has happened.")
    alarm = technical_alarm(
        THIS_COMPUTER,
        "self_test",
        message,
        "self-test",
        started_utc=utc_text(utc_now()),
        from_clip=False,
    )
    for channel in channels:
        is_sound = channel.name == "sound"
        name = Message("Alarm sound") if is_sound else Message("Alarm: {0}", (channel.name,))
        try:
            channel.deliver(alarm)
        except ChannelError as error:
            yield CheckResult(name, CheckOutcome.BAD, error.message)
        else:
            if is_sound:
                time.sleep(1.0)  # Let it be heard before the channel is closed.
            yield CheckResult(
                name, CheckOutcome.GOOD, Message("A test was told. Did you notice it?")
            )
        finally:
            channel.close()


def check_camera(
    name: str, make: Callable[[], FrameSource], monotonic: Callable[[], float] = time.monotonic
) -> CheckResult:
    """Whether a camera gives images in which something is seen, and not one for ever."""
    title = Message("Camera {0}", (name,))
    try:
        source = make()
        with closing(source):
            source.open()
            first = source.read()
            changes = False
            until_s = monotonic() + _FROZEN_S
            while monotonic() < until_s:
                image = source.read().image_bgr
                changes = changes or not np.array_equal(image, first.image_bgr)
                # The first images of a camera are often dark: only the last word counts.
                if changes and blindness(sight(image)) is None:
                    size = f"{first.width_px} x {first.height_px}"
                    words = Message("It gives images of {0}, and they change.", (size,))
                    return CheckResult(title, CheckOutcome.GOOD, words)
    except SourceError as error:
        return CheckResult(title, CheckOutcome.BAD, error.message)
    if changes:
        words = Message("It gives images, but nothing is to be seen in them.")
        remedy = Message("Switch a light on, and check that nothing covers the lens.")
        return CheckResult(title, CheckOutcome.BAD, words, remedy)
    words = Message("It has shown the very same image for {0} seconds.", (f"{_FROZEN_S:.0f}",))
    return CheckResult(
        title, CheckOutcome.BAD, words, Message("Switch the camera off and on again.")
    )


def check_device(setting: str) -> CheckResult:
    """What judges the frames, and what else could.

    Args:
        setting: As in the settings: ``auto``, ``cpu``, ``gpu`` or ``npu``.
    """
    name, chosen, found = Message("Device"), device_named(setting), devices()
    if chosen not in found:
        words = Message("There is no {0} here; the processor judges the frames.", (chosen,))
        remedy = Message("Install its driver, or choose the processor in Settings > Advanced.")
        return CheckResult(name, CheckOutcome.REMARK, words, remedy)
    words = Message("Frames are judged by {0}.", (found[chosen],))
    others = [full for device, full in found.items() if device != chosen]
    if setting != "auto" or not others:
        return CheckResult(name, CheckOutcome.GOOD, words)
    remedy = Message(
        "This computer also has {0}. fallwatch bench --devices shows whether that is faster.",
        (", ".join(others),),
    )
    return CheckResult(name, CheckOutcome.GOOD, words, remedy)


def check_decoder(
    setting: str, codecs: Callable[[], frozenset[str]] = codecs_by_hardware
) -> CheckResult:
    """What decodes network cameras, and what else could. Takes a second.

    Args:
        setting: As in the settings: ``processor`` or ``auto``.
        codecs: Those that were measured to be decoded rightly, and for less, by hardware.
    """
    name = Message("Decoder")
    with tempfile.TemporaryDirectory() as folder:
        images = Path(folder) / "images.npy"
        trial = try_decoder(_demo_clip(), images, by_hardware=True, longest_s=_TRIED_FOR_S)
    measured = ", ".join(sorted(codecs())) if setting == "auto" else ""
    by_processor = Message("The processor decodes network cameras.")
    if trial is None:
        words = Message("{0} The hardware decoder of this computer fails.", (by_processor,))
        remedy = Message("Update the driver of the graphics processor, or leave it as it is.")
        return CheckResult(name, CheckOutcome.REMARK, words, remedy)
    if not trial.accelerator:
        words = Message(
            "{0} The FFmpeg inside OpenCV has no other decoder on this computer.", (by_processor,)
        )
        return CheckResult(name, CheckOutcome.GOOD, words)
    if measured:
        words = Message("{0} decodes network cameras that send {1}.", (trial.accelerator, measured))
        return CheckResult(name, CheckOutcome.GOOD, words)
    words = Message("{0} {1} could do it, too.", (by_processor, trial.accelerator))
    remedy = Message("fallwatch bench --decoders shows whether that is right, and spares anything.")
    return CheckResult(name, CheckOutcome.GOOD, words, remedy)


def check_speed(fps: float, cameras: int, variant: str) -> CheckResult:
    """Whether the models are fast enough for the cameras."""
    each = fps / max(1, cameras)
    words = Message("{1} frames a second can be judged (with {0}).", (variant, f"{fps:.0f}"))
    if cameras > 1:
        words = Message(
            "{1} frames a second can be judged, {2} for each of {3} cameras (with {0}).",
            (variant, f"{fps:.0f}", f"{each:.0f}", cameras),
        )
    if each < SLOWEST_FPS:
        remedy = Message(
            "At least {0} for each camera are needed. Close other programs, or watch fewer "
            "cameras.",
            (f"{SLOWEST_FPS:.0f}",),
        )
        return CheckResult(Message("Analysis"), CheckOutcome.BAD, words, remedy)
    return CheckResult(Message("Analysis"), CheckOutcome.GOOD, words)


def _speed_left(fps: float, variant: str) -> CheckResult:
    """What the models do beside the rooms that are being watched, which have their own rates."""
    words = Message(
        "{1} frames a second more can be judged, besides (with {0}).", (variant, f"{fps:.0f}")
    )
    return CheckResult(Message("Analysis"), CheckOutcome.GOOD, words)


def _demo_clip() -> Path:
    return paths.resources_dir() / "demo" / "demo_fall.mp4"


class _TestChannel:
    """Remembers that it was told."""

    name = "self-test"

    def __init__(self) -> None:
        self.told = threading.Event()

    def deliver(self, alarm: Alarm) -> None:
        self.told.set()

    def stop(self) -> None:
        """Nothing sounds here."""

    def close(self) -> None:
        """Nothing is open."""


class _Trial:
    """The bundled fall on its way from the file to a channel, with a record of its own."""

    def __init__(self, settings: Settings) -> None:
        self.fps = 0.0
        # Whoever is notified of alarms shall not hear of a trial.
        self._settings = settings.model_copy(update={"messages": (), "broker": BrokerSettings()})
        self._clip = _demo_clip()
        self._events: list[FallEvent] = []
        self._channel = _TestChannel()
        self._recorded = 0
        self._problem = NO_MESSAGE
        self._judged = 0
        self._began_s = 0.0

    def run(self, analyzer: FrameAnalyzer) -> None:
        with tempfile.TemporaryDirectory() as folder:
            services = AlarmServices(
                lambda: self._settings,
                Passwords(file=PasswordFile(Path(folder) / PASSWORD_FILE)),
                folder=Path(folder),
                channels=[self._channel],
            )
            watch = RoomWatch(
                choose(str(self._clip), self._settings),
                self._settings,
                services,
                on_analysis=self._on_analysis,
                on_event=lambda raised: self._events.append(raised.event),
                make_analyzer=lambda: analyzer,
                records_clips=False,
            )
            services.start()
            try:
                watch.run_through(threading.Event())
                self._recorded = len(services.store.recent())
                self._channel.told.wait(_TOLD_WITHIN_S if self._recorded else 0.0)
            except SourceError as error:
                self._problem = error.message
            finally:
                services.stop()

    def _on_analysis(self, analysis: Analysis) -> None:
        self._judged += 1
        if self._judged == _WARM_UP:
            self._began_s = time.perf_counter()
        elif self._judged > _WARM_UP:
            self.fps = (self._judged - _WARM_UP) / (time.perf_counter() - self._began_s)

    def verdict(self) -> CheckResult:
        name = Message("Bundled fall")
        again = Message("Install fallwatch again, or choose another classifier.")
        if self._problem:
            return CheckResult(name, CheckOutcome.BAD, self._problem, again)
        fall = read_fall_frames(self._clip.with_suffix(".txt"))
        assert fall is not None
        fall_s = fall.seconds(_DEMO_FPS)
        judged = match([Event.of(event) for event in self._events], [fall_s])
        found = [each for each in judged if each.verdict is Verdict.FOUND]
        false = [each for each in judged if each.verdict is Verdict.FALSE]
        if not found or false:
            words = Message(
                "Of 1 fall {0} was found, with {1} false alarms.", (len(found), len(false))
            )
            return CheckResult(name, CheckOutcome.BAD, words, again)
        if not self._recorded or not self._channel.told.is_set():
            words = Message("It was seen, but did not become a recorded alarm that is told.")
            return CheckResult(name, CheckOutcome.BAD, words, again)
        words = Message(
            "It was seen, recorded and told {0} s after it began.",
            (f"{found[0].delay_s([fall_s]):.1f}",),
        )
        return CheckResult(name, CheckOutcome.GOOD, words)
