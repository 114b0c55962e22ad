"""The composition root of the window: the one place where its parts are built and joined."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication

from fallwatch import paths
from fallwatch.alarms.hush import Hush
from fallwatch.alarms.hushed_channels import hushed_channels
from fallwatch.autostart import autostart
from fallwatch.core.protocols import FrameSource
from fallwatch.core.types import Alarm, Analysis, EventKind, FallEvent
from fallwatch.events.media import MEDIA_FOLDER, MediaFolder
from fallwatch.events.retention import keep_house
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.events.times import utc_now
from fallwatch.passwords import Passwords
from fallwatch.pipeline.alarm_desk import AlarmDesk
from fallwatch.pipeline.build import build_analyzer, escalation_policy, zones_of
from fallwatch.pipeline.camera_source import camera_source
from fallwatch.pipeline.monitor import Monitor, MonitorStatus
from fallwatch.pipeline.outreach import Outreach
from fallwatch.pipeline.privacy import PrivacyMode, apply_privacy, private
from fallwatch.pipeline.recording import Recording
from fallwatch.pipeline.reporting import started_unix_s
from fallwatch.settings import SETTINGS_FILE, Settings, load_settings, save_settings
from fallwatch.sources.registry import make_source
from fallwatch.ui.bridge import Bridge
from fallwatch.ui.cameras import Cameras
from fallwatch.ui.controller import Controller, this_user
from fallwatch.ui.errands import Errands
from fallwatch.ui.event_desk import EventDesk
from fallwatch.ui.gap_dialog import GapDialog
from fallwatch.ui.health_line import Health
from fallwatch.ui.language import speak
from fallwatch.ui.main_window import MainWindow
from fallwatch.ui.preferences import Preferences
from fallwatch.ui.quit_signals import QuitSignals
from fallwatch.ui.room import Room
from fallwatch.ui.room_presenter import Surroundings
from fallwatch.ui.rooms import Rooms
from fallwatch.ui.self_test import Examine
from fallwatch.ui.settings_desk import SettingsDesk
from fallwatch.ui.silence import Silence
from fallwatch.ui.source_choice import SourceChoice
from fallwatch.ui.theme import Theme
from fallwatch.ui.told import told
from fallwatch.ui.tools import Tools

#: What is left of the two seconds for closing once the monitor had its share.
_DESK_STOP_TIMEOUT_S = 0.6

#: The same for the recorder; up to its last second every clip is on disk already.
_RECORDING_STOP_TIMEOUT_S = 0.2

#: The same for messages, which wait in the outbox, and for the farewell to the broker.
_OUTREACH_STOP_TIMEOUT_S = 0.3


def run_window(
    source: str | None,
    *,
    demo: bool = False,
    settings: Settings | None = None,
    weights_dir: Path | None = None,
    on_painted: Callable[[], object] = lambda: None,
) -> int:
    """Show the window until it is closed.

    Args:
        source: Webcam number, network address or clip to watch; by default the last camera.
        demo: Play the bundled clip instead.
        settings: What holds for this run instead of the stored settings; it is not saved.
        weights_dir: Folder of classifier variants; the bundled one by default.
        on_painted: Called when the window has been painted for the first time.

    Returns:
        The exit status.
    """
    application = make_application()
    first = demo_clip() if demo else source
    desktop = Desktop(application, first, settings, weights_dir)
    desktop.window.painted.connect(on_painted)
    signals = QuitSignals(desktop.window.close)
    desktop.window.show()
    try:
        return application.exec()
    finally:
        signals.close()
        desktop.shutdown()


def demo_clip() -> str:
    """Path of the bundled clip with a fall in it."""
    return str(paths.resources_dir() / "demo" / "demo_fall.mp4")


def make_application() -> QApplication:
    """The Qt application, free of what other libraries did to its environment."""
    # Importing cv2 sets this to a folder of Qt 5 plugins, with which Qt 6 cannot start.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("fallwatch")
    application.setApplicationDisplayName("fallwatch")
    return application


class Desktop:
    """Everything behind one window. Nothing is read from events or weights before it is painted."""

    def __init__(
        self,
        application: QApplication,
        first: str | None,
        this_run: Settings | None = None,
        weights_dir: Path | None = None,
    ) -> None:
        settings_path = paths.config_dir() / SETTINGS_FILE
        stored, problems = load_settings(settings_path)
        self._weights_dir = weights_dir or paths.weights_dir()
        self._bridge = Bridge()
        self._errands = Errands(self._bridge, "fallwatch errands")
        self._preferences = Preferences(
            stored,
            lambda changed: save_settings(changed, settings_path),
            self._errands,
            this_run,
        )
        settings = self._preferences.current
        speak(application, settings.language)
        self._hush = Hush()
        store = EventStore(paths.data_dir() / STORE_FILE)
        self._store = store
        media = MediaFolder(paths.data_dir() / MEDIA_FOLDER)
        self._passwords = Passwords()
        self._outreach = Outreach(settings, store, media, self._passwords, remote_rooms=True)
        self._desk = AlarmDesk(
            store,
            [
                *hushed_channels(lambda: self._preferences.current, self._hush),
                *self._outreach.channels,
            ],
            escalation_policy(settings),
            on_change=self._on_alarms,
        )
        self._recording = Recording(
            media,
            self._desk,
            housekeeping=lambda: _keep_house(store, media, self._preferences.current),
        )
        theme = Theme(application)
        self.window = MainWindow(theme)
        around = Surroundings(self._desk, self._errands, self.window.messages, time.monotonic)
        self._rooms = Rooms(
            self.window.grid, theme, lambda: Room(self._make_monitor, self._bridge), around
        )
        health = Health(self._rooms, self.window.health)
        self.window.health.clicked.connect(
            lambda: self.window.show_dialog(GapDialog(theme, health.logs, self.window))
        )
        Silence(self._hush, self._rooms, self.window.controls)
        cameras = Cameras(
            self.window,
            theme,
            self._rooms,
            self._preferences,
            self._passwords,
            self._errands,
            self._bridge,
        )
        self._controller = Controller(
            self.window,
            self._rooms,
            cameras,
            self._bridge,
            self._errands,
            self._preferences,
            desk=self._desk,
            recent=lambda: store.find(self.window.events.filter.query),
            variants=lambda: _variants(self._weights_dir),
        )
        self._events = EventDesk(
            self.window.events,
            theme,
            store,
            media,
            self._bridge,
            window=self.window,
            show=self.window.show_dialog,
            who=this_user,
        )
        self._events.changed.connect(self._controller.refresh_events)
        self._events.failed.connect(
            lambda words: self.window.messages.show_message("events", words)
        )
        settings_desk = SettingsDesk(
            self.window, theme, self._preferences, self._errands, autostart()
        )
        settings_desk.judging_changed.connect(self._controller.judge_anew)
        self._tools = Tools(
            self.window,
            theme,
            self._bridge,
            settings=lambda: self._preferences.current,
            make_analyzer=lambda name: build_analyzer(
                name, self._preferences.current, self._weights_dir
            ),
            examine=self._self_test,
        )
        if problems:
            self.window.messages.show_message("settings", " ".join(told(each) for each in problems))
        self.window.painted.connect(lambda: self._begin(first))

    def _begin(self, first: str | None) -> None:
        self._controller.begin(first)
        # Behind the start of the desk: the errands are run one by one.
        self._errands.run(partial(self._outreach.start, self._desk))
        self._recording.start()

    def _on_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        self._bridge.post_alarms(alarms)
        self._outreach.on_alarms(alarms)

    def shutdown(self) -> None:
        """Stop all threads, in under two seconds, and leave camera alarms open."""
        self._rooms.shutdown()
        self._recording.stop(_RECORDING_STOP_TIMEOUT_S)
        self._events.close()
        self._tools.close()
        self._bridge.close()
        self._errands.close()
        self._outreach.stop(_OUTREACH_STOP_TIMEOUT_S)
        self._desk.stop(_DESK_STOP_TIMEOUT_S)
        self._store.close()

    def _self_test(self) -> Examine:
        """The checks; a camera that is being watched cannot be opened once more."""
        from fallwatch.doctor import Checkup, Finding, Outcome

        settings = self._preferences.current
        watched = {each.name: each.tile.look for each in self._rooms.all if each.is_watched}
        findings = [
            Finding(
                f"Camera {name}",
                Outcome.GOOD if look.monitoring else Outcome.BAD,
                f"{look.title}. {look.detail}",
            )
            for name, look in watched.items()
        ]
        cameras = [
            (camera.name, partial(camera_source, camera, self._passwords))
            for camera in settings.cameras
            if camera.enabled and camera.name not in watched
        ]
        return Checkup(settings, self._weights_dir, cameras=cameras, watched=findings).findings

    def _make_monitor(
        self,
        choice: SourceChoice,
        on_analysis: Callable[[Analysis], None],
        on_status: Callable[[MonitorStatus], None],
    ) -> Monitor:
        settings = self._preferences.current
        camera = choice.camera
        zones = zones_of(camera) if camera is not None else ()
        mode: PrivacyMode = "off" if camera is None else camera.privacy
        tap = self._recording.tap(
            render=lambda analysis: apply_privacy(analysis, mode),
            # A file that stands for a camera is played over and over: its time is not the clip's.
            source_clip=Path(choice.text) if choice.ends else None,
        )

        def see(analysis: Analysis) -> None:
            tap.see(analysis)
            # Here, on the analysis thread: what must not be seen never reaches the window.
            on_analysis(private(analysis, mode))

        def tell(status: MonitorStatus) -> None:
            if not choice.is_clip:
                self._outreach.on_status(status)
            on_status(status)

        def on_event(event: FallEvent, analysis: Analysis) -> None:
            alarm = self._desk.raise_event(
                event,
                started_unix_s=started_unix_s(event, analysis),
                from_clip=choice.is_clip,
            )
            if event.kind is not EventKind.RECOVERED:
                tap.event(alarm.event_id, analysis)
            shown = private(analysis, mode)
            self._bridge.post(partial(self._controller.show_moment, alarm.event_id, shown))
            # Not every event changes which alarms are open, but each belongs into the list.
            self._bridge.post(self._controller.refresh_events)

        return Monitor(
            lambda: self._make_source(choice),
            lambda: build_analyzer(choice.name, settings, self._weights_dir, zones),
            on_analysis=see,
            on_event=on_event,
            on_status=tell,
            max_fps=settings.analysis_fps if camera is None else self._preferences.analysis_fps,
        )

    def _make_source(self, choice: SourceChoice) -> FrameSource:
        if choice.camera is not None:
            return camera_source(choice.camera, self._passwords)
        return make_source(choice.text, realtime=True)


def _variants(weights_dir: Path) -> Sequence[str]:
    """Names of the classifiers at hand, read on a worker thread: it imports cv2."""
    from fallwatch.classifiers.manifest import available_variants

    return available_variants(weights_dir)


def _keep_house(store: EventStore, media: MediaFolder, settings: Settings) -> None:
    keep_house(
        store,
        media,
        now=utc_now(),
        keep_days=settings.record.keep_days,
        keep_megabytes=settings.record.keep_megabytes,
    )
