"""Services behind the window: its settings, its background tasks and the alarm services."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from fallwatch import paths
from fallwatch.alarms.channels.snooze import Snooze
from fallwatch.core.types import Alarm
from fallwatch.pipeline.health.uptime_file import UPTIME_FILE, UptimeFile
from fallwatch.runtime.alarm_services import AlarmServices
from fallwatch.runtime.guards.settings_follower import SettingsFile, SettingsFollower
from fallwatch.settings import SETTINGS_FILE, Settings, load_settings
from fallwatch.system.secrets.passwords import Passwords
from fallwatch.ui.background.background_tasks import BackgroundTasks
from fallwatch.ui.background.bridge import Bridge
from fallwatch.ui.background.preferences import Preferences
from fallwatch.web.page_service import PageService

#: What is left of the two seconds for closing once the monitors had their share.
_STOP_TIMEOUT_S = 1.1

# It may be leaving a broker; then it is left behind.
_FOLLOWER_TIMEOUT_S = 0.2

# Phones that are connected say by themselves that they have lost it.
_PAGE_TIMEOUT_S = 0.1


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
        # An acknowledgement never waits, neither for the record to be read nor for a prompt of
        # the keyring that nobody answers.
        self.answers = BackgroundTasks(self.bridge, "fallwatch answers")
        self.record = BackgroundTasks(self.bridge, "fallwatch record")
        self.passwords = BackgroundTasks(self.bridge, "fallwatch passwords")
        self.tasks = BackgroundTasks(self.bridge, "fallwatch background")
        self._file = SettingsFile(settings_path, stored)
        self.preferences = Preferences(stored, self._file.save, self.tasks, this_run)
        self.snooze = Snooze()
        self.uptime_file = UptimeFile(paths.data_dir() / UPTIME_FILE)
        self.alarms = AlarmServices(
            lambda: self.preferences.current,
            Passwords(),
            on_alarms=self.bridge.post_alarms,
            snooze=self.snooze,
            remote_rooms=True,
        )
        self.page = PageService(lambda: self.preferences.current.web, self.alarms)
        self._follower = SettingsFollower(
            [self._look_at_file, self.alarms.follow, self.page.follow]
        )

    def start(self) -> tuple[Alarm, ...]:
        """Start the alarm services, and follow the settings; see `AlarmServices.start`."""
        alarms = self.alarms.start()
        self._follower.start()
        return alarms

    def close(self) -> None:
        """Finish what was asked for and end all threads, once no room is watched."""
        self.bridge.close()
        self.alarms.passwords.close()
        for tasks in (self.answers, self.record, self.tasks, self.passwords):
            tasks.close()
        self._follower.stop(_FOLLOWER_TIMEOUT_S)
        self.page.stop(_PAGE_TIMEOUT_S)
        self.alarms.stop(_STOP_TIMEOUT_S)

    def _look_at_file(self) -> None:
        found = self._file.look()
        if found is not None:
            self.bridge.post(partial(self.preferences.take_over, *found))
