"""Makes a picture of every screen, without a screen: ``python -m fallwatch.ui.screenshots OUT``.

The rooms show the project's own demo clips, judged by the real analysis; nothing is invented but
the events in the list. Pictures of the same state are the same, whatever computer made them, apart
from its fonts.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from fallwatch import paths
from fallwatch.core.types import Alarm, AlarmState, Analysis, Priority
from fallwatch.core.zones import Zone, ZoneKind
from fallwatch.pipeline.build import build_analyzer, judge_config
from fallwatch.pipeline.clip_runner import analyze_clip
from fallwatch.pipeline.health import WatchLog
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.pipeline.privacy import PrivacyMode, private
from fallwatch.pipeline.probe import FoundWebcam
from fallwatch.settings import CameraSettings, MessageSettings, QuietSettings, Settings
from fallwatch.sources.registry import make_source
from fallwatch.sources.video_file import VideoFileSource
from fallwatch.ui.bridge import Bridge
from fallwatch.ui.camera_dialog import CameraDialog
from fallwatch.ui.gap_dialog import GapDialog
from fallwatch.ui.main_window import MainWindow
from fallwatch.ui.message_dialog import MessageDialog
from fallwatch.ui.notify_page import Trial
from fallwatch.ui.preview import Preview
from fallwatch.ui.room_tile import RoomTile
from fallwatch.ui.settings_dialog import SettingsDialog
from fallwatch.ui.source_choice import SourceChoice
from fallwatch.ui.theme import Theme
from fallwatch.ui.trials import Trials
from fallwatch.ui.zone_dialog import ZoneDialog

#: Width and height of the windows, in pixels.
SIZES = ((1280, 800), (1920, 1080))

#: Clips of the rooms, and the second of each that is shown.
_MOMENTS = {"demo_fall": 5.2, "demo_daily": 6.0, "demo_bed": 9.5}


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to show.

    Attributes:
        moments: One analysis for each clip, by the clip's name.
        before: The analyses of the fall up to its moment.
    """

    moments: dict[str, Analysis]
    before: tuple[Analysis, ...]


def main() -> int:
    """Make the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m fallwatch.ui.screenshots", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures; made if missing")
    parser.add_argument("--dark", action="store_true", help="in the dark appearance")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    scene = _judge_clips()
    # Importing cv2 points Qt to plug-ins of its own.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    theme = Theme(QApplication([]))
    if options.dark:
        theme.follow(Qt.ColorScheme.Dark)
    options.out.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES:
        for name, show in _SCREENS.items():
            with show(theme, scene) as widget:
                if isinstance(widget, MainWindow):
                    widget.resize(width, height)
                elif (width, height) != SIZES[0]:
                    continue
                _save(widget, options.out / f"{name}-{width}x{height}.png")
    return 0


def _save(widget: QWidget, path: Path) -> None:
    widget.show()
    for _ in range(5):
        QApplication.processEvents()
    if not widget.grab().save(str(path)):
        raise OSError(f"{path} could not be written. Check the folder and the space on its disk.")
    sys.stdout.write(f"{path}\n")


def _judge_clips() -> Scene:
    moments: dict[str, Analysis] = {}
    before: list[Analysis] = []
    for clip, until_s in _MOMENTS.items():
        analyzer = build_analyzer(clip, Settings())
        path = paths.resources_dir() / "demo" / f"{clip}.mp4"
        for analysis in analyze_clip(VideoFileSource(path), analyzer):
            if clip == "demo_fall":
                before.append(analysis)
            moments[clip] = analysis
            if analysis.frame.timestamp_s >= until_s:
                break
        analyzer.close()
    return Scene(moments, tuple(before))


def _alarm(event_id: str, minutes_ago: float, **changes: object) -> Alarm:
    began = datetime.now(timezone.utc) - timedelta(minutes=minutes_ago)
    base = Alarm(
        event_id=event_id,
        camera="Living room",
        kind="fall",
        priority=Priority.HIGH,
        state=AlarmState.CLOSED,
        started_utc=began.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        score=0.93,
        evidence=("fell fast", "lies on the floor", "the classifier sees a fallen person"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def _events(*first: Alarm) -> list[Alarm]:
    return [
        *first,
        _alarm("e2", 47, kind="camera_lost", priority=Priority.MEDIUM, camera="Hall"),
        _alarm("e3", 312, acknowledged_by="maria", acknowledged_utc=_alarm("", 310).started_utc),
        _alarm("e4", 1530, kind="on_floor", camera="Bedroom", acknowledged_by="jo"),
    ]


def _tile(window: MainWindow, theme: Theme, name: str, analysis: Analysis | None) -> RoomTile:
    tile = RoomTile(theme)
    window.grid.add(tile)
    tile.open(SourceChoice("0", name, False, CameraSettings(name=name, source="0")))
    if analysis is not None:
        tile.show_analysis(analysis)
        tile.show_status(MonitorStatus(name, MonitorState.RUNNING, "", 15.0, 0.1))
        tile.menu.set_active(True)
    return tile


def _window(theme: Theme, *alarms: Alarm) -> MainWindow:
    window = MainWindow(theme)
    window.controls.show_variants(["efficientnet-b0", "resnet18-optimised"], "resnet18-optimised")
    window.controls.show_sensitivity("normal")
    window.strip.set_threshold(judge_config(Settings()).threshold)
    window.events.show_events(_events(*alarms))
    window.health.show_logs(_logs())
    return window


@contextmanager
def _empty(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    window = MainWindow(theme)
    yield window
    window.close()


@contextmanager
def _calm(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    window = _window(theme)
    _tile(window, theme, "Living room", scene.moments["demo_daily"])
    _tile(window, theme, "Bedroom", scene.moments["demo_bed"]).show_silence(272)
    lost = _tile(window, theme, "Hall", scene.moments["demo_daily"])
    message = "Webcam 2 sends no picture. Check its plug, and that no other program uses it."
    lost.show_status(MonitorStatus("Hall", MonitorState.FAULTED, message, 0.0, 64.0))
    _tile(window, theme, "Kitchen", None).show_stopped()
    window.messages.show_message("room Hall", f"Hall: {message}")
    window.controls.set_active(True)
    window.strip.hide()
    yield window
    window.close()


@contextmanager
def _nine(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    window = _window(theme)
    clips = list(scene.moments.values())
    for number in range(9):
        _tile(window, theme, f"Room {number + 1}", clips[number % 3])
    window.grid.tiles[4].show_status(
        MonitorStatus("", MonitorState.STALLED, "No new picture for 12 s.", 0.0, 12.0)
    )
    window.controls.set_active(True)
    window.strip.hide()
    yield window
    window.close()


@contextmanager
def _alarmed(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    alarm = _alarm("e1", 0.2, state=AlarmState.UNACKNOWLEDGED)
    window = _window(theme, alarm)
    for name, clip in (("Living room", "demo_fall"), ("Bedroom", "demo_bed")):
        _tile(window, theme, name, scene.moments[clip])
    window.grid.tiles[0].show_alarms([alarm])
    window.banner.show_picture("e1", scene.moments["demo_fall"])
    window.banner.show_alarms((alarm,))
    window.controls.set_active(True)
    window.strip.hide()
    yield window
    window.close()


@contextmanager
def _enlarged(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    alarm = _alarm("e1", 0.2, state=AlarmState.UNACKNOWLEDGED)
    window = _window(theme, alarm)
    tile = _tile(window, theme, "Living room", scene.moments["demo_fall"])
    tile.show_alarms([alarm])
    for analysis in scene.before:
        window.strip.add(analysis)
    window.strip.refresh()
    window.banner.show_picture("e1", scene.moments["demo_fall"])
    window.banner.show_alarms((alarm,))
    window.controls.set_active(True)
    yield window
    window.close()


@contextmanager
def _camera_dialog(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    bridge = Bridge()
    camera = CameraSettings(name="Bedroom", source="rtsp://192.168.1.20/stream1", user="care")
    dialog = CameraDialog(
        theme,
        Trials(bridge),
        preview := Preview(bridge),
        lambda: [FoundWebcam("0", "Integrated camera")],
        lambda camera, password: make_source(camera.source),
        camera=camera,
    )
    preview.pictured.emit(scene.moments["demo_bed"].frame)
    yield dialog
    dialog.close()
    bridge.close()


@contextmanager
def _settings(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    quiet = QuietSettings(monday="22:00-06:00", tuesday="22:00-06:00", sunday="21:00-08:00")
    dialog = SettingsDialog(
        theme,
        Settings(quiet=quiet, messages=_WHO),
        starts_by_itself=True,
        play=lambda priority: None,
        trial=Trial(lambda answer: answer(None), lambda message, address, answer: answer(None)),
    )
    yield dialog
    dialog.close()


_WHO = (
    MessageSettings(name="Anna's phone", service="ntfy (an app for phones)"),
    MessageSettings(name="The night nurse", service="Mail", step=2),
)


@contextmanager
def _notifications(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    with _settings(theme, scene) as dialog:
        assert isinstance(dialog, SettingsDialog)
        dialog.tabs.setCurrentWidget(dialog.notify)
        yield dialog


@contextmanager
def _somebody(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    dialog = MessageDialog(theme, lambda message, address, answer: answer(None), ())
    dialog.name.setText("Anna")
    yield dialog
    dialog.close()


@contextmanager
def _quiet_hours(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    with _settings(theme, scene) as dialog:
        assert isinstance(dialog, SettingsDialog)
        dialog.tabs.setCurrentWidget(dialog.quiet)
        yield dialog


@contextmanager
def _zones(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    bed = ((0.44, 0.34), (0.9, 0.3), (0.92, 0.64), (0.42, 0.56))
    picture = ((0.29, 0.03), (0.44, 0.03), (0.44, 0.19), (0.29, 0.19))
    zones = [Zone(ZoneKind.BED, bed), Zone(ZoneKind.IGNORE, picture)]
    dialog = ZoneDialog(theme, "Bedroom", zones)
    dialog.editor.set_analysis(scene.moments["demo_bed"])
    dialog.editor.choose(0)
    yield dialog
    dialog.close()


@contextmanager
def _gaps(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    dialog = GapDialog(theme, _logs())
    yield dialog
    dialog.close()


def _logs() -> dict[str, WatchLog]:
    """Two rooms since eight o'clock, one of them with a camera that was unplugged."""
    begin = datetime.now().astimezone().replace(hour=8, minute=0, second=0)
    logs = {"Living room": WatchLog(), "Hall": WatchLog()}
    for name, log in logs.items():
        for second in range(0, 3600, 4):
            lost = name == "Hall" and 1200 <= second < 1330
            reason = "Webcam 2 sends no picture. Check its plug."
            log.look(not lost, reason, begin + timedelta(seconds=second))
    return logs


@contextmanager
def _privacy(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    window = _window(theme)
    modes: tuple[tuple[str, str, PrivacyMode], ...] = (
        ("Living room – blurred", "demo_daily", "blur"),
        ("Bedroom – skeletons only", "demo_bed", "skeleton"),
    )
    for name, clip, mode in modes:
        _tile(window, theme, name, private(scene.moments[clip], mode))
    window.controls.set_active(True)
    window.strip.hide()
    yield window
    window.close()


_SCREENS: dict[str, Callable[[Theme, Scene], AbstractContextManager[QWidget]]] = {
    "empty": _empty,
    "rooms": _calm,
    "nine-rooms": _nine,
    "alarm": _alarmed,
    "one-room": _enlarged,
    "camera": _camera_dialog,
    "privacy": _privacy,
    "zones": _zones,
    "settings": _settings,
    "notifications": _notifications,
    "somebody": _somebody,
    "quiet-hours": _quiet_hours,
    "gaps": _gaps,
}


if __name__ == "__main__":
    raise SystemExit(main())
