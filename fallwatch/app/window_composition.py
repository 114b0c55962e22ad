"""Everything behind one window, joined."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication

from fallwatch.app.room import Watching
from fallwatch.app.window_services import WindowServices
from fallwatch.core.message import Message, joined
from fallwatch.core.types import Analysis
from fallwatch.runtime.analyzers import build_analyzer
from fallwatch.settings import Settings
from fallwatch.sources.camera_source import camera_source
from fallwatch.system.autostart import autostart
from fallwatch.ui.background.latest_task import LatestTask
from fallwatch.ui.events.events_controller import EventsController
from fallwatch.ui.rooms.gap_dialog import GapDialog
from fallwatch.ui.rooms.health_line import Health
from fallwatch.ui.rooms.room import Room
from fallwatch.ui.rooms.room_presenter import RoomContext
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.settings.recipient_store import RecipientStore
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import speak
from fallwatch.ui.text.times import local_now
from fallwatch.ui.window.camera_controller import CameraController
from fallwatch.ui.window.controller import Controller, this_user
from fallwatch.ui.window.main_window import MainWindow
from fallwatch.ui.window.self_test import Examine
from fallwatch.ui.window.settings_controller import SettingsController
from fallwatch.ui.window.snooze import SnoozeController
from fallwatch.ui.window.tools_menu import Tools


class WindowComposition:
    """The window and all its helpers. Neither events nor weights are read before it is painted.

    Args:
        application: Of Qt.
        first: Camera or clip to watch instead of the cameras of the settings.
        this_run: What holds for this run instead of the stored settings; it is not saved.
        weights_dir: Folder of classifier variants; the bundled one by default.
    """

    def __init__(
        self,
        application: QApplication,
        first: str | None,
        this_run: Settings | None = None,
        weights_dir: Path | None = None,
    ) -> None:
        back = self._back = WindowServices(this_run, weights_dir)
        self._dispatcher = back.dispatcher
        speak(application, back.preferences.current.language)
        self._theme = Theme(application)
        self.window = MainWindow(self._theme)
        watching = Watching(back, self._on_event)
        around = RoomContext(back.dispatcher, back.tasks, self.window.messages, time.monotonic)
        self._rooms = Rooms(
            self.window.grid,
            self._theme,
            lambda: Room(watching.make_monitor, back.bridge),
            around,
        )
        self._cameras = CameraController(
            self.window,
            self._theme,
            self._rooms,
            back.preferences,
            back.passwords,
            back.tasks,
            back.bridge,
        )
        self._controller = Controller(
            self.window,
            self._rooms,
            self._cameras,
            back.bridge,
            back.tasks,
            back.preferences,
            dispatcher=back.dispatcher,
            recent=lambda: back.store.find(self.window.events.filter.query),
            variants=lambda: _variants(back.weights_dir),
        )
        SnoozeController(back.snooze, self._rooms, self.window.controls)
        self._health = self._make_health()
        self._events = self._make_events()
        self._tools = self._make_tools()
        settings_desk = SettingsController(
            self.window,
            self._theme,
            back.preferences,
            back.tasks,
            autostart(),
            LatestTask(back.bridge, self.window),
            RecipientStore(back.passwords, back.store),
        )
        settings_desk.judging_changed.connect(self._controller.judge_anew)
        if back.problems:
            self.window.messages.show_message("settings", joined(back.problems))
        self.window.painted.connect(lambda: self._begin(first))

    def shutdown(self) -> None:
        """Stop all threads, in under two seconds, and leave camera alarms open."""
        self._cameras.close()
        self._health.close()
        self._rooms.shutdown()
        self._back.stop_recording()
        self._events.close()
        self._tools.close()
        self._back.close()

    def _begin(self, first: str | None) -> None:
        back = self._back
        self._controller.begin(first)
        back.tasks.run(lambda: back.uptime_file.read(local_now().date()), self._health.resume)
        back.start()

    def _on_event(self, event_id: str, analysis: Analysis) -> None:
        self._controller.show_moment(event_id, analysis)
        # Not every event changes which alarms are open, but each belongs into the list.
        self._controller.refresh_events()

    def _make_health(self) -> Health:
        back, window = self._back, self.window
        health = Health(self._rooms, window.health, waits=True)
        health.keep_wanted.connect(
            lambda records: back.tasks.run(partial(back.uptime_file.write, records))
        )
        window.health.clicked.connect(
            lambda: window.show_dialog(GapDialog(self._theme, health.logs, window))
        )
        return health

    def _make_events(self) -> EventsController:
        back, window = self._back, self.window
        events = EventsController(
            window.events,
            self._theme,
            back.store,
            back.media,
            back.bridge,
            window=window,
            show=window.show_dialog,
            who=this_user,
        )
        events.changed.connect(self._controller.refresh_events)
        events.failed.connect(partial(window.messages.show_message, "events"))
        return events

    def _make_tools(self) -> Tools:
        back = self._back
        return Tools(
            self.window,
            self._theme,
            back.bridge,
            settings=lambda: back.preferences.current,
            make_analyzer=lambda name: build_analyzer(
                name, back.preferences.current, back.weights_dir
            ),
            examine=self._self_test,
        )

    def _self_test(self) -> Examine:
        """The checks; a camera that is being watched cannot be opened once more."""
        from fallwatch.doctor import CheckOutcome, CheckResult, Checkup

        settings = self._back.preferences.current
        watched = {each.name: each.tile.look for each in self._rooms.all if each.is_watched}
        findings = [
            CheckResult(
                Message("Camera {0}", (name,)),
                CheckOutcome.GOOD if look.monitoring else CheckOutcome.BAD,
                Message("{0}. {1}", (look.title, look.detail)),
            )
            for name, look in watched.items()
        ]
        cameras = [
            (camera.name, partial(camera_source, camera, self._back.passwords))
            for camera in settings.cameras
            if camera.enabled and camera.name not in watched
        ]
        checkup = Checkup(settings, self._back.weights_dir, cameras=cameras, watched=findings)
        return checkup.findings


def _variants(weights_dir: Path) -> Sequence[str]:
    """Names of the classifiers at hand, read on a worker thread: it imports cv2."""
    from fallwatch.classifiers.manifest import available_variants

    return available_variants(weights_dir)
