"""Alarm services, built once behind all rooms: record, dispatcher, channels, recording.

Window, headless watcher and self-test all use these, so an alarm is the same in each of them.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from fallwatch import paths
from fallwatch.alarms.channels.local_channels import local_channels
from fallwatch.alarms.channels.snooze import Snooze
from fallwatch.alarms.channels.sound import SoundChannel
from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmChannel
from fallwatch.core.types import Alarm, Box, EventKind, FallEvent
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.dispatch.message_channel import MESSAGES_WAITING
from fallwatch.dispatch.notifications import MESSAGE_SECRETS, Notifications
from fallwatch.dispatch.policy import escalation_policy
from fallwatch.dispatch.room_faults import RoomFaults
from fallwatch.events.store import STORE_FILE, EventStore
from fallwatch.pipeline.health.status import MonitorStatus
from fallwatch.recording.housekeeping import housekeeping
from fallwatch.recording.media import MEDIA_FOLDER, MediaFolder
from fallwatch.recording.recording_thread import Recording
from fallwatch.runtime.guards.room_locks import LOCK_FOLDER, RoomLocks
from fallwatch.runtime.guards.room_states import STATES_FOLDER, RoomStates
from fallwatch.runtime.guards.sleep_guard import SleepGuard
from fallwatch.runtime.guards.sound_check import SoundCheck
from fallwatch.runtime.occupancy_journal import OCCUPANCY_FOLDER, OccupancyJournal
from fallwatch.runtime.views.live_views import LiveViews
from fallwatch.runtime.visits.care_visits import CareVisits
from fallwatch.runtime.visits.visit_files import VISITS_FOLDER
from fallwatch.settings import Settings
from fallwatch.system.clock_watch import CLOCK_FILE, ClockWatch
from fallwatch.system.device_failures import DECODER_FAILURES, DEVICE_FAILURES
from fallwatch.system.secrets.passwords import Passwords

#: Kind of the technical alarm that the device that judges frames has failed.
DEVICE_FAILED = "device_failed"

#: Kind of the technical alarm that hardware decodes a camera's video no more.
DECODER_FAILED = "decoder_failed"

_HELD_BACK = Message(
    "Held back during a care visit, in which fallwatch was broken off. It happened since the time "
    "given here, which is that of the visit's beginning."
)

_log = logging.getLogger(__name__)


class AlarmServices:
    """The parts that outlive every room. Nothing is read, sent or written before `start`.

    Args:
        settings: The settings as they are now; asked again for quiet hours and housekeeping, and
            by `follow`.
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
        self.clock = ClockWatch(folder / CLOCK_FILE)
        self.store = EventStore(folder / STORE_FILE)
        self.media = MediaFolder(folder / MEDIA_FOLDER)
        self._listeners = [on_alarms]
        self._settings, self._applied = settings, settings()
        self._stopping = False
        self._make_notifications = partial(
            Notifications,
            store=self.store,
            media=self.media,
            passwords=passwords,
            room=room,
            clips_too=clips_too,
            remote_rooms=remote_rooms,
            clock_is_right=self.clock.is_plausible,
            visitor=self._visitor_of,
        )
        self._notifications = self._make_notifications(self._applied)
        self.snooze = snooze = snooze or Snooze()
        self._make_local: Callable[[], Sequence[AlarmChannel]] = (
            partial(local_channels, settings, snooze) if channels is None else lambda: channels
        )
        self._local = self._make_local()
        sounds = channels is None and self._applied.alarm.sound_enabled
        self.dispatcher = AlarmDispatcher(
            self.store,
            [*self._local, *self._notifications.channels],
            escalation_policy(self._applied),
            on_change=self._on_alarms,
        )
        self.recording = Recording(
            self.media,
            self.dispatcher,
            housekeeping=housekeeping(
                self.store, self.media, settings, self.clock, self.dispatcher
            ),
        )
        self.occupancy = OccupancyJournal(
            folder / OCCUPANCY_FOLDER, lambda: settings().record.keep_days
        )
        self.visits = CareVisits(
            self.dispatcher.record_past,
            lambda: 60.0 * settings().alarm.care_visit_minutes,
            folder / VISITS_FOLDER,
            self._raise_kept,
        )
        self.faults = RoomFaults(self.dispatcher)
        self.room_locks = RoomLocks(folder / LOCK_FOLDER)
        self.live_views = LiveViews()
        self.room_states = RoomStates(folder / STATES_FOLDER)
        self._sound_check = SoundCheck(self.dispatcher, SoundChannel().check) if sounds else None
        self._unlisten: list[Callable[[], None]] = []
        self.sleep_guard = SleepGuard(self.dispatcher, on_resume=self._on_resume)

    def start(self) -> tuple[Alarm, ...]:
        """Take over from the last run, then begin to record and to send. Waits for the disk.

        Returns:
            The open alarms; those that nobody has acknowledged are raised again.
        """
        alarms = self.dispatcher.start()
        self.faults.start()
        self.room_states.start()
        self._notifications.start(self.dispatcher)
        for kind, failures in (
            (DEVICE_FAILED, DEVICE_FAILURES),
            (DECODER_FAILED, DECODER_FAILURES),
        ):
            self.dispatcher.clear_technical(THIS_COMPUTER, kind)
            tell = partial(self.dispatcher.raise_technical, THIS_COMPUTER, kind)
            self._unlisten.append(failures.listen(tell))
        self.sleep_guard.start()
        if self._sound_check is not None:
            self._sound_check.start()
        self.recording.start()
        self.occupancy.start()
        self.visits.start()
        return alarms

    def attend(self, listener: Callable[[tuple[Alarm, ...]], None]) -> None:
        """Call somebody else, too, with the open alarms after each change; see ``on_alarms``."""
        self._listeners.append(listener)

    def on_status(self, status: MonitorStatus) -> None:
        """The newest status of a live room, about once a second; any thread. Never waits."""
        self._notifications.on_status(status)
        self.faults.update(status)
        self.room_states.see(status)
        self.occupancy.see_status(status)

    def _visitor_of(self, room: str) -> str:
        return self.visits.by(room)

    def follow(self) -> None:
        """Take over settings that have changed: recipients, broker, sound and times of alarms.

        To be called now and then, on one thread that may wait for a broker to be left.
        """
        before, after = self._applied, self._settings()
        if after == before:
            return
        self._applied = after
        if before.inference_device != after.inference_device:
            self.dispatcher.clear_technical(THIS_COMPUTER, DEVICE_FAILED)
        if before.decoder != after.decoder:
            self.dispatcher.clear_technical(THIS_COMPUTER, DECODER_FAILED)
        self.dispatcher.follow(escalation_policy(after))
        if _local_part(before) != _local_part(after):
            old, self._local = self._local, self._make_local()
            self.dispatcher.replace_channels(old, self._local)
        if _of_others(before) != _of_others(after):
            self._notify_others(before, after)

    def _notify_others(self, before: Settings, after: Settings) -> None:
        for message in set(after.messages) - set(before.messages):
            self.passwords.look_again(MESSAGE_SECRETS, message.name)
        if after.broker != before.broker:
            self.passwords.look_again(after.broker.address, after.broker.user)
        old = self._notifications
        new = self._make_notifications(after)
        # First, so that an alarm raised meanwhile is put down for those who are new.
        self.dispatcher.replace_channels(old.channels, new.channels)
        for name in sorted(old.stop()):
            _log.warning("%s did not end in time.", name)
        if self._stopping:
            return
        self._notifications = new
        new.start(self.dispatcher)
        gone = {each.name for each in before.messages} - {each.name for each in after.messages}
        for name in gone:
            self.dispatcher.clear_technical(name, MESSAGES_WAITING)

    def stop(self, timeout_s: float = 5.0) -> list[str]:
        """End all threads once no room is watched any more. Open alarms stay in the record.

        Args:
            timeout_s: Longest time it may take.

        Returns:
            Names of the threads that did not end in time; they are left behind.
        """
        began_s = time.monotonic()
        self._stopping = True

        def left_s(share: float) -> float:
            return max(0.05, share * timeout_s - (time.monotonic() - began_s))

        self.passwords.close()
        for unlisten in self._unlisten:
            unlisten()
        late = self.sleep_guard.stop(left_s(0.05)) + self.faults.stop(left_s(0.1))
        if self._sound_check is not None:
            late += self._sound_check.stop(left_s(0.15))
        late += self.room_states.stop(left_s(0.2))
        late += self.occupancy.stop(left_s(0.2))
        late += self.visits.stop(left_s(0.25))
        late += self.recording.stop(left_s(0.25))
        late += self._notifications.stop(left_s(0.5))
        late += self.dispatcher.stop(left_s(1.0))
        self.store.close()
        return late

    def _raise_kept(self, room: str, kind: EventKind, began_unix_s: float) -> None:
        """Raise an alarm that a care visit held back when fallwatch was broken off."""
        event = FallEvent(
            kind,
            room,
            track_id=0,
            started_s=0.0,
            decided_s=0.0,
            score=1.0,
            evidence=(_HELD_BACK,),
            box_px=Box(0, 0, 0, 0),
        )
        self.dispatcher.raise_event(event, started_unix_s=began_unix_s, from_clip=False)

    def _on_resume(self) -> None:
        if self._sound_check is not None:
            self._sound_check.look_soon()

    def _on_alarms(self, alarms: tuple[Alarm, ...]) -> None:
        for listener in self._listeners:
            listener(alarms)
        self.sleep_guard.alarm_waits(any(map(is_unacknowledged, alarms)))
        self._notifications.on_alarms(alarms)


def _of_others(settings: Settings) -> tuple[object, ...]:
    """What notifications were built from."""
    return settings.messages, settings.broker, settings.web.address


def _local_part(settings: Settings) -> tuple[object, ...]:
    """What the channels on this computer were built from and do not ask for again."""
    return settings.alarm.sound_enabled, settings.quiet.volume_percent
