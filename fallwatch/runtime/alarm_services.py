"""Alarm services, built once behind all rooms: record, dispatcher, channels, recording.

Window, headless watcher and self-test all use these, so an alarm is the same in each of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from fallwatch import paths
from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.local_channels import local_channels
from fallwatch.alarms.snooze import Snooze
from fallwatch.core.protocols import AlarmChannel
from fallwatch.core.types import Alarm
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.notifications import Notifications
from fallwatch.dispatch.policy import escalation_policy
from fallwatch.dispatch.room_faults import RoomFaults
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.pipeline.health.status import MonitorStatus
from fallwatch.recording.housekeeping import housekeeping
from fallwatch.recording.media import MEDIA_FOLDER, MediaFolder
from fallwatch.recording.recording_thread import Recording
from fallwatch.runtime.sleep_guard import SleepGuard
from fallwatch.runtime.sound_check import SoundCheck
from fallwatch.settings import Settings
from fallwatch.system.passwords import Passwords


class AlarmServices:
    """The parts that outlive every room. Nothing is read, sent or written before `start`.

    Args:
        settings: The settings as they are now; asked again for quiet hours and housekeeping.
        passwords: Hold the addresses of recipients and the broker's password.
        on_alarms: Called with all open alarms after each change, one call at a time, on whatever
            thread made it. It must return at once.
        snooze: Rooms whose sound is snoozed.
        folder: Where record and recordings lie; the data folder by default.
        channels: Instead of those of the settings.
        room: The one room that is watched, for a process that watches just one; see
            `fallwatch.dispatch.notifications.Notifications`.
        clips_too: Whether alarms of recorded clips are published at the broker.
        remote_rooms: Whether alarms of other computers are brought to this one.
    """

    def __init__(
        self,
        settings: Callable[[], Settings],
        passwords: Passwords,
        *,
        on_alarms: Callable[[tuple[Alarm, ...]], None] = lambda alarms: None,
        snooze: Snooze | None = None,
        folder: Path | None = None,
        channels: Sequence[AlarmChannel] | None = None,
        room: str | None = None,
        clips_too: bool = False,
        remote_rooms: bool = False,
    ) -> None:
        folder = folder or paths.data_dir()
        self.passwords = passwords
        self.store = EventStore(folder / STORE_FILE)
        self.media = MediaFolder(folder / MEDIA_FOLDER)
        self._on_alarms_changed = on_alarms
        self._notifications = Notifications(
            settings(),
            self.store,
            self.media,
            passwords,
            room=room,
            clips_too=clips_too,
            remote_rooms=remote_rooms,
        )
        sounds = channels is None and settings().alarm.sound_enabled
        if channels is None:
            channels = local_channels(settings, snooze or Snooze())
        self.dispatcher = AlarmDispatcher(
            self.store,
            [*channels, *self._notifications.channels],
            escalation_policy(settings()),
            on_change=self._on_alarms,
        )
        self.recording = Recording(
            self.media,
            self.dispatcher,
            housekeeping=housekeeping(self.store, self.media, settings),
        )
        self.faults = RoomFaults(self.dispatcher)
        self._sound_check = SoundCheck(self.dispatcher, SoundChannel().check) if sounds else None
        self.sleep_guard = SleepGuard(self.dispatcher, on_resume=self._on_resume)

    def start(self) -> tuple[Alarm, ...]:
        """Take over from the last run, then begin to record and to send. Waits for the disk.

        Returns:
            The open alarms; those that nobody has acknowledged are raised again.
        """
        alarms = self.dispatcher.start()
        self.faults.start()
        self._notifications.start(self.dispatcher)
        self.sleep_guard.start()
        if self._sound_check is not None:
            self._sound_check.start()
        self.recording.start()
        return alarms

    def on_status(self, status: MonitorStatus) -> None:
        """The newest status of a live room, about once a second; any thread. Never waits."""
        self._notifications.on_status(status)
        self.faults.update(status)

    def stop(self, timeout_s: float = 5.0) -> list[str]:
        """End all threads once no room is watched any more. Open alarms stay in the record.

        Args:
            timeout_s: Longest time it may take.

        Returns:
            Names of the threads that did not end in time; they are left behind.
        """
        began_s = time.monotonic()

        def left_s(share: float) -> float:
            return max(0.05, share * timeout_s - (time.monotonic() - began_s))

        self.passwords.close()
        late = self.sleep_guard.stop(left_s(0.05)) + self.faults.stop(left_s(0.1))
        if self._sound_check is not None:
            late += self._sound_check.stop(left_s(0.15))
        late += self.recording.stop(left_s(0.25))
        late += self._notifications.stop(left_s(0.5))
        late += self.dispatcher.stop(left_s(1.0))
        self.store.close()
        return late

    def _on_resume(self) -> None:
        if self._sound_check is not None:
            self._sound_check.look_soon()

    def _on_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        self._on_alarms_changed(alarms)
        self.sleep_guard.alarm_waits(any(map(is_unacknowledged, alarms)))
        self._notifications.on_alarms(alarms)
