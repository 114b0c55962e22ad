"""Joins the window to what works behind it: the room's monitor, the alarm desk, the settings."""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

from fallwatch.core.protocols import SourceError
from fallwatch.core.types import Alarm, Analysis
from fallwatch.pipeline.build import judge_config
from fallwatch.pipeline.health import CAMERA_LOST, CameraHealth, HealthChange
from fallwatch.pipeline.monitor import MonitorState, MonitorStatus
from fallwatch.settings import CameraSettings
from fallwatch.ui.bridge import Bridge
from fallwatch.ui.errands import Errands
from fallwatch.ui.main_window import MainWindow
from fallwatch.ui.preferences import Preferences
from fallwatch.ui.room import Room
from fallwatch.ui.source_choice import SourceChoice, choose

#: pyqtgraph takes some tenths of a second to import: not in the moment of the first paint.
_LOAD_STRIP_AFTER_MS = 150

_CLIP_OVER = (MonitorState.FINISHED, MonitorState.FAULTED)


class Desk(Protocol):
    """The part of ``pipeline.alarm_desk.AlarmDesk`` the window needs."""

    def start(self) -> tuple[Alarm, ...]: ...
    def raise_technical(
        self, camera: str, kind: str, message: str, *, from_clip: bool = False
    ) -> object: ...
    def clear_technical(self, camera: str, kind: str) -> None: ...
    def acknowledge(self, event_id: str, by: str) -> None: ...
    def close_clip_alarms(self, camera: str) -> None: ...


class Controller(QObject):
    """Carries people's wishes to the monitor and the desk, and their news to the window.

    The desk and the settings write to disk, so all calls to them are errands.
    """

    def __init__(
        self,
        window: MainWindow,
        room: Room,
        bridge: Bridge,
        errands: Errands,
        preferences: Preferences,
        *,
        desk: Desk,
        recent: Callable[[], Sequence[Alarm]],
        variants: Callable[[], Sequence[str]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(window)
        self._window, self._room, self._desk = window, room, desk
        self._errands, self._preferences = errands, preferences
        self._recent, self._variants, self._monotonic = recent, variants, monotonic
        self._health = CameraHealth()
        self._watched: SourceChoice | None = None
        self._camera = ""
        bridge.alarms_changed.connect(self._on_alarms)
        errands.failed.connect(self._on_failure)
        self._join_room(room)
        self._join_window(window)

    def begin(self, first: str | None) -> None:
        """Start what need not be there for the first paint: old alarms first.

        Args:
            first: Camera or clip to watch at once.
        """
        self._errands.run(self._desk.start, self._on_alarms)
        self._errands.run(self._variants, self._on_variants)
        if first is not None:
            self.open(first)
        QTimer.singleShot(_LOAD_STRIP_AFTER_MS, self._window.strip, self._window.strip.load)

    def open(self, text: str) -> None:
        """Watch a webcam's number, a network address or the path of a clip."""
        try:
            choice = choose(text)
        except SourceError as error:
            self._window.messages.show_message("source", str(error))
            return
        self._window.messages.clear_topic("source")
        self._room.open(choice)

    def refresh_events(self) -> None:
        """Read the list of events again."""
        self._errands.run(self._recent, self._window.events.show_events)

    def _join_room(self, room: Room) -> None:
        room.opened.connect(self._on_opened)
        room.analysed.connect(self._on_analysis)
        room.status_changed.connect(self._on_status)
        room.ended.connect(self._on_ended)
        room.stuck.connect(self._on_stuck)
        room.idle.connect(self._on_idle)

    def _join_window(self, window: MainWindow) -> None:
        settings = self._preferences.current
        window.source_chosen.connect(self.open)
        window.toggled.connect(self._on_toggled)
        window.banner.acknowledged.connect(self._acknowledge)
        window.controls.variant_chosen.connect(lambda name: self._change(variant=name))
        window.controls.sensitivity_chosen.connect(lambda key: self._change(sensitivity=key))
        window.controls.show_variants([], settings.variant)
        window.controls.show_sensitivity(settings.sensitivity)
        window.strip.set_threshold(judge_config(settings).threshold)
        if settings.cameras:
            window.set_last_camera(settings.cameras[0].source)

    def _change(self, **values: str) -> None:
        if self._preferences.change(**values):
            self._window.strip.set_threshold(judge_config(self._preferences.current).threshold)
            self._room.restart()

    def _on_toggled(self, start: bool) -> None:
        choice = self._room.choice
        if not start:
            self._room.stop()
        elif choice is not None:
            self.open(choice.text)

    def _on_variants(self, names: Sequence[str]) -> None:
        self._window.controls.show_variants(names, self._preferences.current.variant)

    def _on_opened(self, choice: SourceChoice) -> None:
        if choice != self._watched:
            self._follow(self._health.stopped())
            self._health = CameraHealth()
            self._camera = choice.name
        self._watched = choice
        self._window.tile.open(choice)
        self._window.strip.clear()
        self._window.controls.set_active(True)

    def _on_analysis(self, analysis: Analysis) -> None:
        self._window.tile.show_analysis(analysis)
        self._window.strip.add(analysis)

    def _on_status(self, status: MonitorStatus) -> None:
        look = self._window.tile.show_status(status)
        if status.state is MonitorState.FAULTED:
            self._window.messages.show_message("source", status.message)
        elif look.monitoring:
            self._window.messages.clear_topic("source")
        choice = self._watched
        if choice is None:
            return
        if choice.is_clip:
            # What is over can be started again; a camera goes on trying by itself.
            self._window.controls.set_active(status.state not in _CLIP_OVER)
            return
        self._camera = status.camera or self._camera
        if look.monitoring:
            self._remember_camera(choice)
        self._follow(self._health.update(status.state, self._monotonic()), status.message)

    def _remember_camera(self, choice: SourceChoice) -> None:
        """A camera that was seen working is opened again at the next start."""
        camera = CameraSettings(name="Room 1", source=choice.text)
        if self._preferences.change(cameras=(camera,)):
            self._window.set_last_camera(choice.text)

    def _follow(self, change: HealthChange | None, message: str = "") -> None:
        camera = self._camera
        if change is HealthChange.RAISE:
            words = message or self.tr("No pictures come from {0}.").format(camera)
            self._errands.run(partial(self._desk.raise_technical, camera, CAMERA_LOST, words))
        elif change is HealthChange.CLEAR:
            self._errands.run(partial(self._desk.clear_technical, camera, CAMERA_LOST))

    def _on_ended(self, choice: SourceChoice, camera: str) -> None:
        if choice.is_clip:
            self._errands.run(partial(self._desk.close_clip_alarms, camera))

    def _on_stuck(self, names: list[str]) -> None:
        self._window.messages.show_message(
            "stuck",
            self.tr(
                "{0} did not stop in time and was left behind ({1}). If the camera does not "
                "start again, unplug it, plug it in and restart fallwatch."
            ).format(self._camera, ", ".join(names)),
        )

    def _on_idle(self) -> None:
        self._follow(self._health.stopped())
        self._window.tile.show_stopped()
        self._window.messages.clear_topic("source")
        self._window.controls.set_active(False)

    def _acknowledge(self, event_id: str) -> None:
        def failed(error: BaseException) -> None:
            self._window.banner.acknowledge_failed(event_id)
            self._on_failure(error)

        by = _who()
        self._errands.run(partial(self._desk.acknowledge, event_id, by), otherwise=failed)

    def _on_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        self._window.banner.show_alarms(alarms)
        self.refresh_events()

    def _on_failure(self, error: BaseException) -> None:
        self._window.messages.show_message("record", str(error) or type(error).__name__)


def _who() -> str:
    """Whose session this is, for the record of who answered."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "this computer"
