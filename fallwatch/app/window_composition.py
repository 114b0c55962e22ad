"""The composition of the window: all its parts, built and joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication

from fallwatch import paths
from fallwatch.app.window_services import WindowServices
from fallwatch.core.message import Message, joined
from fallwatch.core.types import Analysis
from fallwatch.dispatch.event_report import RaisedEvent
from fallwatch.pipeline.health.occupancy import Minute
from fallwatch.pipeline.monitor import MonitorStatus
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.analyzers import build_analyzer
from fallwatch.runtime.changes import OF_JUDGING, OF_MONITORS, differ
from fallwatch.runtime.guards.last_resort import LastResort
from fallwatch.runtime.room_watch import RoomWatch
from fallwatch.runtime.source_choice import SourceChoice
from fallwatch.settings import Settings
from fallwatch.sources.camera_source import camera_source
from fallwatch.system.autostart import autostart
from fallwatch.system.program.log_file import LOG_FILE
from fallwatch.system.program.native_log import NATIVE_LOG
from fallwatch.ui.assistant.assistant_controller import AssistantController
from fallwatch.ui.background.latest_task import LatestTask
from fallwatch.ui.closing.closing import Closing
from fallwatch.ui.events.events_controller import EventsController
from fallwatch.ui.help.help_menu import HelpMenu
from fallwatch.ui.kiosk.kiosk import Kiosk
from fallwatch.ui.pauses.care_controller import CareController
from fallwatch.ui.pauses.pause_controller import PauseController
from fallwatch.ui.pin.pin_gate import PinGate
from fallwatch.ui.review.review_controller import ReviewController
from fallwatch.ui.rooms.gap_dialog import GapDialog
from fallwatch.ui.rooms.health_line import Health
from fallwatch.ui.rooms.room import Room
from fallwatch.ui.rooms.room_presenter import RoomContext
from fallwatch.ui.rooms.rooms import Rooms
from fallwatch.ui.rooms.worst_room import WorstRoom
from fallwatch.ui.screen.window_place import keep_place, restore_place
from fallwatch.ui.settings.recipient_store import RecipientStore
from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import speak
from fallwatch.ui.text.times import local_now
from fallwatch.ui.window.camera_controller import CameraController
from fallwatch.ui.window.controller import Controller, this_user
from fallwatch.ui.window.main_window import MainWindow
from fallwatch.ui.window.self_test import Examine
from fallwatch.ui.window.settings_controller import SettingsController
from fallwatch.ui.window.settings_transfer import SettingsTransfer
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
        services = self._services = WindowServices(this_run, weights_dir)
        self._last_resort = LastResort(services.alarms.dispatcher)
        self._last_resort.install()
        speak(application, services.preferences.current.language)
        self._theme = Theme(application)
        self._theme.choose(services.preferences.current.appearance)
        self.window = MainWindow(self._theme)
        restore_place(self.window, services.preferences.current.window)
        self._gate = PinGate(self.window, self._theme, services.preferences)
        alarms = services.alarms
        around = RoomContext(
            alarms.dispatcher,
            alarms.faults,
            services.record,
            self.window.messages,
            lambda: services.preferences.current,
        )
        self._rooms = Rooms(
            self.window.grid,
            self._theme,
            lambda: Room(self._watch, services.bridge),
            around,
        )
        self._cameras = CameraController(
            self.window,
            self._theme,
            self._rooms,
            services.preferences,
            alarms.passwords,
            services.passwords,
            services.bridge,
            gate=self._gate,
        )
        self._controller = Controller(
            self.window,
            self._rooms,
            self._cameras,
            services.bridge,
            services.record,
            services.preferences,
            answers=services.answers,
            start=services.start,
            dispatcher=alarms.dispatcher,
            recent=lambda: alarms.store.find(self.window.events.filter.query),
        )
        for tasks in (services.tasks, services.passwords):
            tasks.failed.connect(self._controller.show_failure)
        SnoozeController(services.snooze, self._rooms, self.window.controls)
        self._pauses = PauseController(
            self.window,
            self._rooms,
            services.record,
            alarms.dispatcher.record_past,
            this_user,
            self._gate,
            on_paused=self._on_paused,
            visits_left_s=lambda: {
                name: alarms.visits.left_s(name) for name in alarms.visits.rooms
            },
        )
        self._pauses.recorded.connect(self._controller.refresh_events)
        CareController(self._rooms, alarms.visits, this_user, self._gate)
        alarms.visits.listen(
            lambda room, words: services.bridge.post(self._controller.refresh_events)
        )
        self._worst = WorstRoom(self._rooms, self.window)
        self._worst.changed.connect(self.window.show_trouble)
        services.bridge.alarms_changed.connect(self._worst.show_alarms)
        self._health = self._make_health()
        self._events = self._make_events()
        starts = autostart()
        services.tasks.run(starts.renew)
        self._tools = self._make_tools()
        #: For a screen on the wall.
        self.kiosk = Kiosk(
            self.window,
            self._gate,
            lambda: services.preferences.current.kiosk_dim_after_minutes,
        )
        self._worst.changed.connect(self.kiosk.show_trouble)
        self._closing = Closing(
            self.window,
            services.preferences,
            lambda: (*self._rooms.watched_names, *self._pauses.pauses.rooms),
            lambda: self.window.tray.is_there,
            self._gate,
        )
        settings_desk = SettingsController(
            self.window,
            self._theme,
            services.preferences,
            services.tasks,
            starts,
            LatestTask(services.bridge, self.window),
            RecipientStore(alarms.passwords, alarms.store),
            passwords=services.passwords,
            gate=self._gate,
            variants=lambda: _variants(services.weights_dir),
            phones=services.page,
        )
        settings_desk.judging_changed.connect(self._controller.judge_anew)
        settings_desk.watching_changed.connect(self._controller.watch_anew)
        self._review = ReviewController(
            self.window,
            self._theme,
            self._rooms,
            services.record,
            store=alarms.store,
            files=alarms.occupancy.files,
            media=alarms.media,
            dispatcher=alarms.dispatcher,
            who=this_user,
        )
        self._review.changed.connect(self._controller.refresh_events)
        self._assistant = AssistantController(
            self.window,
            self._theme,
            self._rooms,
            services.preferences,
            settings_desk.trial,
            self._tools.open_self_test,
        )
        self._assistant.zones_wanted.connect(
            lambda room: self._gate(partial(self._cameras.draw_zones, room))
        )
        HelpMenu(
            self.window,
            services.tasks,
            settings=lambda: services.preferences.current,
            examine=self._self_test,
            logs=lambda: [paths.cache_dir() / name for name in (LOG_FILE, NATIVE_LOG)],
            assist=self._assistant.open,
        )
        services.preferences.on_outside = self._on_settings_from_outside
        SettingsTransfer(
            self.window,
            services.preferences,
            services.tasks,
            self._on_settings_from_outside,
            self._gate,
        )
        if services.problems:
            self.window.messages.show_message("settings", joined(services.problems))
        self.window.painted.connect(lambda: self._begin(first))

    @property
    def alarms(self) -> AlarmServices:
        """What raises and records alarms."""
        return self._services.alarms

    def shutdown(self) -> None:
        """Stop all threads, in under two seconds, and leave camera alarms open."""
        keep_place(self.window, self._services.preferences)
        # Nothing that is stopped below has to wait for a prompt any more.
        self.alarms.passwords.close()
        self._cameras.close()
        self._worst.close()
        self._health.close()
        self._rooms.shutdown()
        self._events.close()
        self._assistant.close()
        self._review.close()
        self._tools.close()
        self._services.close()
        self._last_resort.uninstall()

    def _begin(self, first: str | None) -> None:
        services = self._services
        self._controller.begin(first)
        if first is None:
            self._assistant.offer_once()
        services.tasks.run(
            lambda: services.uptime_file.read(local_now().date()), self._health.resume
        )

    def _watch(
        self,
        choice: SourceChoice,
        on_analysis: Callable[[Analysis], None],
        on_status: Callable[[MonitorStatus], None],
    ) -> RoomWatch:
        """A watch with the settings as they are now; not yet started."""
        services = self._services
        return RoomWatch(
            choice,
            services.preferences.current,
            services.alarms,
            weights_dir=services.weights_dir,
            on_analysis=on_analysis,
            on_event=lambda raised: services.bridge.post(partial(self._on_event, raised)),
            on_status=on_status,
        )

    def _on_settings_from_outside(self, before: Settings) -> None:
        """Others have changed the settings; alarms and recipients follow by themselves."""
        now = self._services.preferences.current
        self._theme.choose(now.appearance)
        if now.cameras != before.cameras:
            self._cameras.begin()
        if differ(before, now, OF_MONITORS):
            self._controller.watch_anew()
        elif differ(before, now, OF_JUDGING):
            self._controller.judge_anew()

    def _on_event(self, raised: RaisedEvent) -> None:
        self._controller.show_moment(raised.alarm.event_id, raised.analysis)
        # Not every event changes which alarms are open, but each belongs into the list.
        self._controller.refresh_events()

    def _on_paused(self, name: str) -> None:
        alarms = self._services.alarms
        alarms.occupancy.see(name, Minute.PAUSED)
        pause = self._pauses.pauses.get(name)
        if pause is not None:
            alarms.live_views.pause(name, pause.by, pause.until_unix_s)
            alarms.room_states.pause(name, pause.by, pause.until_unix_s)

    def _make_health(self) -> Health:
        services, window = self._services, self.window
        health = Health(self._rooms, window.health, waits=True)
        health.keep_wanted.connect(
            lambda records: services.tasks.run(partial(services.uptime_file.write, records))
        )
        window.health.clicked.connect(
            lambda: window.show_dialog(GapDialog(self._theme, health.logs, window))
        )
        return health

    def _make_events(self) -> EventsController:
        services, window = self._services, self.window
        events = EventsController(
            window.events,
            self._theme,
            services.alarms.store,
            services.alarms.media,
            services.bridge,
            window=window,
            show=window.show_dialog,
            who=this_user,
        )
        events.changed.connect(self._controller.refresh_events)
        window.banner.set_stored(events.snapshots.get)
        events.snapshots.loaded.connect(window.banner.stored_changed)
        events.failed.connect(partial(window.messages.show_message, "events"))
        return events

    def _make_tools(self) -> Tools:
        services = self._services
        return Tools(
            self.window,
            self._theme,
            services.bridge,
            settings=lambda: services.preferences.current,
            make_analyzer=lambda name: build_analyzer(
                name, services.preferences.current, services.weights_dir
            ),
            examine=self._self_test,
        )

    def _self_test(self) -> Examine:
        """The checks; a camera that is being watched cannot be opened once more."""
        from fallwatch.doctor import CheckOutcome, CheckResult, Checkup

        settings = self._services.preferences.current
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
            (camera.name, partial(camera_source, camera, self._services.alarms.passwords))
            for camera in settings.cameras
            if camera.enabled and camera.name not in watched
        ]
        checkup = Checkup(settings, self._services.weights_dir, cameras=cameras, watched=findings)
        return checkup.findings


def _variants(weights_dir: Path) -> Sequence[str]:
    """Names of the classifiers at hand, read on a worker thread: it imports cv2."""
    from fallwatch.classifiers.manifest import available_variants

    return available_variants(weights_dir)
