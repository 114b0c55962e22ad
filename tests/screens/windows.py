"""The main window in its states, for pictures of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QWidget

from fallwatch.core.message import Message
from fallwatch.core.presence.bed_exit import out_of_bed_for
from fallwatch.core.types import Alarm, AlarmState, Analysis, Priority
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.recording.privacy import PrivacyMode, apply_privacy
from fallwatch.runtime.analyzers import build_analyzer, judge_config
from fallwatch.runtime.source_choice import SourceChoice
from fallwatch.settings import CameraSettings, Settings
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.help.help_menu import HelpMenu
from fallwatch.ui.rooms.room_tile import RoomTile
from fallwatch.ui.rooms.worst_room import worst_trouble
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.window.main_window import MainWindow
from fallwatch.ui.window.tools_menu import Tools
from tests.screens.scene import Scene, Screen, alarm_like, called, some_events, some_logs


def _tile(window: MainWindow, theme: Theme, name: str, analysis: Analysis | None) -> RoomTile:
    tile, name = RoomTile(theme), called(name)
    window.grid.add(tile)
    tile.open(SourceChoice("0", name, False, CameraSettings(name=name, source="0")))
    if analysis is not None:
        tile.show_analysis(analysis)
        tile.show_status(MonitorStatus(name, MonitorState.RUNNING, Message(""), 15.0, 0.1))
        tile.menu.set_active(True)
    return tile


@contextmanager
def _empty(theme: Theme, scene: Scene) -> Iterator[MainWindow]:
    """The window with all its menus, as at the first start."""
    window, bridge = MainWindow(theme), Bridge()
    tasks = BackgroundTasks(bridge, "fallwatch screens")
    tools = Tools(
        window,
        theme,
        bridge,
        settings=Settings,
        make_analyzer=lambda name: build_analyzer(name, Settings()),
        examine=lambda: lambda: iter(()),
    )
    HelpMenu(
        window,
        tasks,
        settings=Settings,
        examine=lambda: lambda: iter(()),
        logs=list,
        assist=lambda: None,
    )
    yield window
    tools.close()
    tasks.close()
    window.close()
    bridge.close()


@contextmanager
def _window(theme: Theme, *alarms: Alarm) -> Iterator[MainWindow]:
    with _empty(theme, Scene({}, ())) as window:
        window.strip.set_threshold(judge_config(Settings()).threshold)
        window.events.show_events(some_events(*alarms))
        window.health.show_logs(some_logs())
        yield window


@contextmanager
def _calm(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    with _window(theme) as window:
        _tile(window, theme, "Living room", scene.moments["demo_daily"])
        _tile(window, theme, "Bedroom", scene.moments["demo_bed"]).show_silence(272)
        lost = _tile(window, theme, "Hall", scene.moments["demo_daily"])
        message = Message(
            "Webcam {0} sends no image. Check its plug, and that no other program uses it.", (2,)
        )
        lost.show_status(MonitorStatus(called("Hall"), MonitorState.FAULTED, message, 0.0, 64.0))
        _tile(window, theme, "Kitchen", None).show_pause(872.0, "maria")
        rooms = [(tile.name.text(), tile.look) for tile in window.grid.tiles]
        window.show_trouble(worst_trouble(rooms, ()))
        window.controls.set_active(True, pauses=True)
        window.live.show_strip(False)
        yield window


@contextmanager
def _visited(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    with _window(theme) as window:
        _tile(window, theme, "Living room", scene.moments["demo_daily"])
        bedroom = _tile(window, theme, "Bedroom", scene.moments["demo_bed"])
        bedroom.show_visit(1523.0, "maria")
        bedroom.show_status(
            MonitorStatus(called("Bedroom"), MonitorState.RUNNING, Message(""), 15.0, 0.1)
        )
        bedroom.show_silence(272)
        _tile(window, theme, "Kitchen", None).show_pause(872.0, "maria")
        window.controls.set_active(True, pauses=True)
        window.live.show_strip(False)
        yield window


@contextmanager
def _out_of_bed(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    alarm = alarm_like(
        "e1",
        0.2,
        state=AlarmState.UNACKNOWLEDGED,
        kind="bed_exit",
        camera="Bedroom",
        priority=Priority.LOW,
        evidence=(out_of_bed_for(900.0),),
    )
    with _window(theme, alarm) as window:
        _tile(window, theme, "Bedroom", scene.moments["demo_daily"]).show_alarms([alarm])
        window.banner.show_alarms((alarm,))
        window.controls.set_active(True, pauses=True)
        window.live.show_strip(False)
        yield window


@contextmanager
def _full_screen(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    with _window(theme) as window:
        for name in ("Living room", "Bedroom"):
            _tile(window, theme, name, scene.moments["demo_daily"])
        window.controls.set_active(True, pauses=True)
        window.controls.show_kiosk(True)
        window.menuBar().hide()
        window.live.show_strip(False)
        yield window


@contextmanager
def _nine(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    with _window(theme) as window:
        clips = list(scene.moments.values())
        for number in range(9):
            _tile(window, theme, f"Room {number + 1}", clips[number % 3])
        window.grid.tiles[4].show_status(
            MonitorStatus(
                "", MonitorState.STALLED, Message("No new image for {0} s.", (12,)), 0.0, 12.0
            )
        )
        window.controls.set_active(True, pauses=True)
        window.live.show_strip(False)
        yield window


@contextmanager
def _alarmed(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    alarm = alarm_like("e1", 0.2, state=AlarmState.UNACKNOWLEDGED)
    with _window(theme, alarm) as window:
        for name, clip in (("Living room", "demo_fall"), ("Bedroom", "demo_bed")):
            _tile(window, theme, name, scene.moments[clip])
        window.grid.tiles[0].show_alarms([alarm])
        window.banner.show_image("e1", scene.moments["demo_fall"])
        window.banner.show_alarms((alarm,))
        window.controls.set_active(True, pauses=True)
        window.live.show_strip(False)
        yield window


@contextmanager
def _enlarged(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    alarm = alarm_like("e1", 0.2, state=AlarmState.UNACKNOWLEDGED)
    with _window(theme, alarm) as window:
        tile = _tile(window, theme, "Living room", scene.moments["demo_fall"])
        tile.show_alarms([alarm])
        for analysis in scene.before:
            window.strip.add(analysis)
        window.strip.refresh()
        window.banner.show_image("e1", scene.moments["demo_fall"])
        window.banner.show_alarms((alarm,))
        window.controls.set_active(True, pauses=True)
        yield window


@contextmanager
def _privacy(theme: Theme, scene: Scene) -> Iterator[QWidget]:
    with _window(theme) as window:
        modes: tuple[tuple[str, str, PrivacyMode], ...] = (
            ("Living room – blurred", "demo_daily", "blur"),
            ("Bedroom – skeletons only", "demo_bed", "skeleton"),
        )
        for name, clip, mode in modes:
            analysis = scene.moments[clip]
            # As in a room that has long been known to be empty but for who is found there.
            image = apply_privacy(analysis, mode, np.zeros((48, 64), np.bool_))
            frame = replace(analysis.frame, image_bgr=image)
            _tile(window, theme, name, replace(analysis, frame=frame))
        window.controls.set_active(True, pauses=True)
        window.live.show_strip(False)
        yield window


WINDOWS: dict[str, Screen] = {
    "empty": _empty,
    "rooms": _calm,
    "care-visit": _visited,
    "out-of-bed": _out_of_bed,
    "full-screen": _full_screen,
    "nine-rooms": _nine,
    "alarm": _alarmed,
    "one-room": _enlarged,
    "privacy": _privacy,
}
