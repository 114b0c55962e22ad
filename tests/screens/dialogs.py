"""The dialogs, for pictures of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

import numpy as np
from PySide6.QtWidgets import QApplication, QWidget

from fallwatch import paths
from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.core.types import Analysis, Frame
from fallwatch.core.zones import Zone, ZoneKind
from fallwatch.events.outbox import Delivery, LetterState, Part, QueuedMessage
from fallwatch.recording.evidence_track import EvidenceTrack, Point
from fallwatch.runtime.analyzers import judge_config
from fallwatch.runtime.review.event_figures import by_week
from fallwatch.runtime.review.night_review import Night
from fallwatch.settings import (
    CameraSettings,
    MessageSettings,
    QuietSettings,
    Settings,
    WebSettings,
)
from fallwatch.sources.probe import FoundWebcam
from fallwatch.sources.registry import make_source
from fallwatch.ui.assistant.assistant_dialog import AssistantDialog
from fallwatch.ui.assistant.points import Answers, Situation
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.background.latest_task import LatestTask
from fallwatch.ui.cameras.camera_dialog import CameraDialog
from fallwatch.ui.cameras.preview import Preview
from fallwatch.ui.cameras.smaller_stream import SmallerStream
from fallwatch.ui.cameras.zone_dialog import ZoneDialog
from fallwatch.ui.closing.quit_dialog import QuitDialog
from fallwatch.ui.events.event_dialog import EventDialog, Recordings
from fallwatch.ui.help import texts
from fallwatch.ui.help.page import PageDialog
from fallwatch.ui.pauses.pause_dialog import PauseDialog
from fallwatch.ui.pin.pin_gate import PinDialog
from fallwatch.ui.player.player import ClipPlayer
from fallwatch.ui.player.studio import ClipStudio
from fallwatch.ui.review.review_dialog import ReviewDialog, first_day
from fallwatch.ui.rooms.gap_dialog import GapDialog
from fallwatch.ui.settings.notify_page import Trial
from fallwatch.ui.settings.recipient_dialog import RecipientDialog
from fallwatch.ui.settings.settings_dialog import SettingsDialog
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.times import local_now
from fallwatch.ui.window.self_test import SelfTestDialog
from fallwatch.web.access.devices import Devices
from fallwatch.web.access.pairing import Pairing
from fallwatch.web.page_service import PageService
from tests.screens.scene import Scene, Screen, alarm_like, called, some_logs

_DEMO = paths.resources_dir() / "demo" / "demo_fall.mp4"


@contextmanager
def _camera_dialog(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    bridge = Bridge()
    camera = CameraSettings(
        name=called("Bedroom"), source="rtsp://192.168.1.20/stream1", user="care"
    )
    smaller = SmallerStream(LatestTask(bridge), lambda *_: "rtsp://192.168.1.20/stream2")
    dialog = CameraDialog(
        theme,
        LatestTask(bridge),
        preview := Preview(bridge),
        lambda: [FoundWebcam("0", "Integrated camera")],
        lambda camera, password: make_source(camera.source),
        camera=camera,
        smaller=smaller,
    )
    preview.frame_came.emit(scene.moments["demo_bed"].frame)
    large = Frame("Bedroom", 0, 0.0, np.zeros((1440, 2560, 3), np.uint8))
    smaller.tried(camera, None, large)
    while smaller.isHidden():
        QApplication.processEvents()
    yield dialog
    dialog.close()
    bridge.close()


@contextmanager
def _settings(
    theme: Theme, scene: Scene, phones: PageService | None = None, **changes: object
) -> Iterator[SettingsDialog]:
    quiet = QuietSettings(monday="22:00-06:00", tuesday="22:00-06:00", sunday="21:00-08:00")
    dialog = SettingsDialog(
        theme,
        Settings(quiet=quiet, messages=_who(), **changes),  # type: ignore[arg-type]
        starts_by_itself=True,
        play=lambda priority: None,
        trial=Trial(lambda answer: answer(None), lambda message, address, answer: answer(None)),
        variants=("efficientnet-b0", "resnet18-optimised"),
        phones=phones,
    )
    yield dialog
    dialog.close()


def _who() -> tuple[MessageSettings, ...]:
    return (
        MessageSettings(name=called("Anna's phone"), service="ntfy"),
        MessageSettings(name=called("The night nurse"), service="Mail", step=2),
    )


def _settings_page(page: Callable[[SettingsDialog], QWidget]) -> Screen:
    """The settings, turned to one page."""

    @contextmanager
    def screen(theme: Theme, scene: Scene) -> Iterator[QWidget]:
        with _settings(theme, scene) as dialog:
            dialog.tabs.setCurrentWidget(page(dialog))
            yield dialog

    return screen


class _Served:
    """The page for phones as it is served, without a server."""

    problem = push_problem = None
    address = "https://192.168.1.10:8765"
    fingerprint = ":".join(f"{number * 37 % 256:02X}" for number in range(32))

    def __init__(self, folder: Path) -> None:
        self.devices = Devices(folder / "devices.json")
        self.devices.add(called("Anna's phone"), "administer")
        self.devices.add(called("The night nurse's phone"), "acknowledge")
        self.pairing = Pairing()


@contextmanager
def _phone(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    web = WebSettings(enabled=True, reach="network")
    with TemporaryDirectory() as folder:
        served = cast("PageService", _Served(Path(folder)))
        with _settings(theme, scene, served, web=web) as dialog:
            dialog.tabs.setCurrentWidget(dialog.phone)
            yield dialog


@contextmanager
def _pairing(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    with _phone(theme, scene) as dialog:
        assert isinstance(dialog, SettingsDialog)
        dialog.show()
        dialog.phone.pair()
        yield dialog


@contextmanager
def _guide(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    dialog = PageDialog("fallwatch", texts.guide(), texts.guides_dir())
    yield dialog
    dialog.close()


@contextmanager
def _somebody(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    dialog = RecipientDialog(theme, lambda message, address, answer: answer(None), ())
    dialog.name.setText("Anna")
    yield dialog
    dialog.close()


@contextmanager
def _quit(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    dialog = QuitDialog([called("Living room"), called("Bedroom")], can_hide=True)
    yield dialog
    dialog.close()


@contextmanager
def _pause(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    dialog = PauseDialog(
        [called(each) for each in ("Living room", "Bedroom", "Hall")], [called("Bedroom")], "maria"
    )
    yield dialog
    dialog.close()


@contextmanager
def _pin(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    dialog = PinDialog(theme, "2468")
    yield dialog
    dialog.close()


@contextmanager
def _zones(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    bed = ((0.44, 0.34), (0.9, 0.3), (0.92, 0.64), (0.42, 0.56))
    picture = ((0.29, 0.03), (0.44, 0.03), (0.44, 0.19), (0.29, 0.19))
    zones = [Zone(ZoneKind.BED, bed, 900.0, "22:00-06:00"), Zone(ZoneKind.IGNORE, picture)]
    dialog = ZoneDialog(theme, called("Bedroom"), zones)
    dialog.editor.set_analysis(scene.moments["demo_bed"])
    dialog.editor.choose(0)
    yield dialog
    dialog.close()


@contextmanager
def _gaps(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    dialog = GapDialog(theme, some_logs())
    yield dialog
    dialog.close()


@contextmanager
def _event(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    alarm = alarm_like("e1", 25, acknowledged_by="maria")
    fall_s = next(event.decided_s for each in scene.before for event in each.events)
    track = EvidenceTrack(event_s=fall_s, points=_points(scene))
    sent = alarm.started_utc
    letters = (
        Delivery(
            QueuedMessage("e1", name, part, "1", sent), LetterState.DELIVERED, sent, NO_MESSAGE
        )
        for name, part in (
            (called("Anna's phone"), Part.TEXT),
            (called("Anna's phone"), Part.PICTURE),
        )
    )
    recordings = Recordings(clip=_DEMO, own_clip=True, track=track, deliveries=tuple(letters))
    dialog = EventDialog(theme, alarm, recordings, local_now())
    _wait_for_image(dialog.player)
    yield dialog
    dialog.close()


@contextmanager
def _clips(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    bridge = Bridge()
    tasks = BackgroundTasks(bridge, "fallwatch screens")
    studio = ClipStudio(
        theme,
        tasks,
        lambda name: _Judged(scene),
        max_fps=15.0,
        threshold=judge_config(Settings()).threshold,
        reports=Path(),
        evaluate_options=[],
    )
    studio.open_files([_DEMO, *sorted(set(_DEMO.parent.glob("*.mp4")) - {_DEMO})])
    _wait_for_image(studio.player)
    while studio.progress.value() < studio.progress.maximum() or studio.progress.maximum() == 0:
        QApplication.processEvents()
    yield studio
    studio.close()
    tasks.close()
    bridge.close()


class _Judged:
    """An analyzer that says again what it has said before."""

    def __init__(self, scene: Scene) -> None:
        self._said = {round(each.frame.timestamp_s, 2): each for each in scene.before}

    def step(self, frame: Frame) -> Analysis:
        return self._said.get(round(frame.timestamp_s, 2), Analysis(frame))

    def close(self) -> None: ...


@contextmanager
def _self_test(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    bridge = Bridge()
    dialog = SelfTestDialog(theme, lambda: iter(()), bridge)
    for finding in _FINDINGS:
        dialog._add(finding)
    dialog._finish(NO_MESSAGE)
    yield dialog
    dialog.close()
    bridge.close()


@dataclass(frozen=True, slots=True)
class _Finding:
    name: Message
    outcome: str
    words: Message
    remedy: Message = NO_MESSAGE


_FINDINGS = (
    _Finding(
        Message("Camera {0}", ("Bedroom",)),
        "good",
        Message("It gives images of {0}, and they change.", ("1280 x 720",)),
    ),
    _Finding(
        Message("Analysis"),
        "good",
        Message("{1} frames a second can be judged (with {0}).", ("resnet18-optimised", 21)),
    ),
    _Finding(
        Message("Alarm sound"),
        "bad",
        Message("The player {0} gave up at once.", ("aplay",)),
        Message("Install fallwatch again."),
    ),
    _Finding(
        Message("Disk space"),
        "good",
        Message("{0} GB are free for events, snapshots and clips.", ("212",)),
    ),
    _Finding(
        Message("Bundled fall"),
        "good",
        Message("It was seen, recorded and told {0} s after it began.", ("0.7",)),
    ),
)


def _points(scene: Scene) -> tuple[Point, ...]:
    return tuple(Point(a.frame.timestamp_s, a.p_fall, a.score) for a in scene.before)


def _wait_for_image(player: ClipPlayer) -> None:
    while player.view.image is None:
        QApplication.processEvents()


@contextmanager
def _assistant(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    now = Situation(
        {called("Living room"): True, called("Bedroom"): True},
        frozenset({called("Bedroom")}),
        ("Anna",),
    )
    dialog = AssistantDialog(theme, lambda: now, Answers(heard=True, test_passed=True))
    yield dialog
    dialog.close()


@contextmanager
def _ready(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    beds = frozenset({called("Living room"), called("Bedroom")})
    now = Situation(
        {called("Living room"): True, called("Bedroom"): True}, beds, ("Anna",), has_pin=True
    )
    answers = Answers(heard=True, reached=True, test_passed=True)
    dialog = AssistantDialog(theme, lambda: now, answers)
    yield dialog
    dialog.close()


@contextmanager
def _review(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    day = first_day(local_now())
    dialog = ReviewDialog(theme, day)
    bedroom = "-" * 560 + "p" * 40 + "l" * 420 + "p" * 60 + "-" * 360
    living = "-" * 300 + "p" * 240 + "-" * 500 + "p" * 80 + "z" * 30 + "-" * 290
    hall = "-" * 620 + "f" * 55 + "-" * 765
    alarms = (
        alarm_like("e1", 300, acknowledged_by="maria", outcome="real"),
        alarm_like("e2", 120, camera="Bedroom", kind="on_floor", acknowledged_by="maria"),
    )
    rooms = {called("Living room"): living, called("Bedroom"): bedroom, called("Hall"): hall}
    figures = by_week(alarms)
    watched = {(each.week, each.room): 98.4 for each in figures}
    dialog.show_night(Night(day, rooms, alarms, figures, watched, clips=2))
    dialog.player.show_controls(True)
    dialog.player.open(_DEMO)
    _wait_for_image(dialog.player)
    yield dialog
    dialog.close()


DIALOGS: dict[str, Screen] = {
    "camera": _camera_dialog,
    "zones": _zones,
    "settings": _settings,
    "notifications": _settings_page(lambda dialog: dialog.notify),
    "somebody": _somebody,
    "phone": _phone,
    "pairing": _pairing,
    "guide": _guide,
    "alarm-settings": _settings_page(lambda dialog: dialog.alarm),
    "record": _settings_page(lambda dialog: dialog.record),
    "quiet-hours": _settings_page(lambda dialog: dialog.quiet),
    "advanced": _settings_page(lambda dialog: dialog.advanced),
    "this-computer": _settings_page(lambda dialog: dialog.computer),
    "quit": _quit,
    "pause": _pause,
    "pin": _pin,
    "gaps": _gaps,
    "event": _event,
    "clips": _clips,
    "self-test": _self_test,
    "assistant": _assistant,
    "assistant-ready": _ready,
    "night-review": _review,
}
