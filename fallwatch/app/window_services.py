"""What works behind the window: settings, record, alarm desk, recordings, messages."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from fallwatch import paths
from fallwatch.alarms.local_channels import local_channels
from fallwatch.alarms.snooze import Snooze
from fallwatch.core.types import Alarm
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.notifications import Notifications
from fallwatch.dispatch.policy import escalation_policy
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.pipeline.health.uptime_file import UPTIME_FILE, UptimeFile
from fallwatch.recording.housekeeping import housekeeping
from fallwatch.recording.media import MEDIA_FOLDER, MediaFolder
from fallwatch.recording.recording_thread import Recording
from fallwatch.settings import SETTINGS_FILE, Settings, load_settings, save_settings
from fallwatch.system.passwords import Passwords
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.background.preferences import Preferences

#: What is left of the two seconds for closing once the monitors had their share.
_DESK_STOP_TIMEOUT_S = 0.6

#: The same for the recorder; up to its last second every clip is on disk already.
_RECORDING_STOP_TIMEOUT_S = 0.2

#: The same for messages, which wait in the outbox, and for the farewell to the broker.
_OUTREACH_STOP_TIMEOUT_S = 0.3


class WindowServices:
    """The parts that outlive every room. Nothing is read but the settings before `start`.

    Args:
        this_run: What holds for this run instead of the stored settings; it is not saved.
        weights_dir: Folder of classifier variants; the bundled one by default.
    """

    def __init__(self, this_run: Settings | None = None, weights_dir: Path | None = None) -> None:
        settings_path = paths.config_dir() / SETTINGS_FILE
        stored, self.problems = load_settings(settings_path)
        self.weights_dir = weights_dir or paths.weights_dir()
        self.bridge = Bridge()
        self.tasks = BackgroundTasks(self.bridge, "fallwatch errands")
        self.preferences = Preferences(
            stored,
            lambda changed: save_settings(changed, settings_path),
            self.tasks,
            this_run,
        )
        self.snooze = Snooze()
        self.passwords = Passwords()
        self.store = EventStore(paths.data_dir() / STORE_FILE)
        self.media = MediaFolder(paths.data_dir() / MEDIA_FOLDER)
        self.uptime_file = UptimeFile(paths.data_dir() / UPTIME_FILE)
        settings = self.preferences.current
        self.notifications = Notifications(
            settings, self.store, self.media, self.passwords, remote_rooms=True
        )
        self.dispatcher = AlarmDispatcher(
            self.store,
            [
                *local_channels(lambda: self.preferences.current, self.snooze),
                *self.notifications.channels,
            ],
            escalation_policy(settings),
            on_change=self._on_alarms,
        )
        keep_house = housekeeping(self.store, self.media, lambda: self.preferences.current)
        self.recording = Recording(self.media, self.dispatcher, housekeeping=keep_house)

    def start(self) -> None:
        """Begin to record and to send messages; to be called when the desk's start is asked for."""
        # Behind the start of the desk: the errands are run one by one.
        self.tasks.run(partial(self.notifications.start, self.dispatcher))
        self.recording.start()

    def stop_recording(self) -> None:
        """No more pictures come."""
        self.recording.stop(_RECORDING_STOP_TIMEOUT_S)

    def close(self) -> None:
        """Finish what was asked for and end all threads."""
        self.bridge.close()
        self.tasks.close()
        self.notifications.stop(_OUTREACH_STOP_TIMEOUT_S)
        self.dispatcher.stop(_DESK_STOP_TIMEOUT_S)
        self.store.close()

    def _on_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        self.bridge.post_alarms(alarms)
        self.notifications.on_alarms(alarms)
