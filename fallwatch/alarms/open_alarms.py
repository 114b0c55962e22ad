"""The alarms that are not closed, and what is known about each. Pure: times are handed in."""

from __future__ import annotations

from dataclasses import replace

from fallwatch.alarms.escalation import Waiting
from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.alarms.priority import NOTICE_KINDS, is_technical, urgency_key
from fallwatch.core.types import Alarm, AlarmState, FallEvent


class OpenAlarms:
    """The open alarms, who each is about, and how long each waits for an answer."""

    def __init__(self) -> None:
        self._alarms: dict[str, Alarm] = {}
        self._waiting: dict[str, Waiting] = {}
        self._tracks: dict[str, int] = {}

    def __contains__(self, event_id: str) -> bool:
        return event_id in self._alarms

    def get(self, event_id: str) -> Alarm | None:
        """One open alarm; None if it is closed or unknown."""
        return self._alarms.get(event_id)

    def by_urgency(self) -> tuple[Alarm, ...]:
        """All open alarms, most urgent first; of those alike the one raised first."""
        return tuple(sorted(self._alarms.values(), key=urgency_key))

    def waiting(self) -> tuple[Waiting, ...]:
        """Those that nobody has answered."""
        return tuple(self._waiting.values())

    def put(self, alarm: Alarm, since_s: float, *, track_id: int | None = None) -> None:
        """Take over the new state of an alarm; a closed one is dropped.

        Args:
            alarm: The new state.
            since_s: Its wait for an answer counts from here, unless it waits already.
            track_id: Which person it is about, where known.
        """
        event_id = alarm.event_id
        if alarm.state is AlarmState.CLOSED:
            self._alarms.pop(event_id, None)
            self._tracks.pop(event_id, None)
        else:
            self._alarms[event_id] = alarm
        if track_id is not None and event_id in self._alarms:
            self._tracks[event_id] = track_id
        if not is_unacknowledged(alarm):
            self._waiting.pop(event_id, None)
        elif event_id not in self._waiting:
            self._waiting[event_id] = Waiting(event_id, alarm.priority, since_s)

    def mark_told(self, event_id: str, now_s: float) -> None:
        """An alarm that waits was told now."""
        self._waiting[event_id] = replace(self._waiting[event_id], last_told_s=now_s)

    def tell_anew(self, event_id: str) -> None:
        """Have an alarm that waits told at once; how long it has waited counts on."""
        if event_id in self._waiting:
            self._waiting[event_id] = replace(self._waiting[event_id], last_told_s=None)

    def of_kind(self, camera: str, kind: str) -> Alarm | None:
        """The open alarm of a camera and kind, technical or a notice; None if there is none."""
        for alarm in self._alarms.values():
            if (alarm.camera, alarm.kind) == (camera, kind):
                return alarm
        return None

    def of_clip(self, camera: str) -> list[Alarm]:
        """All alarms of a recorded clip."""
        return [each for each in self._alarms.values() if each.from_clip and each.camera == camera]

    def of_person_down(self, event: FallEvent, from_clip: bool) -> Alarm | None:
        """The alarm about the event's person for as long as that person is down.

        None for an alarm of an earlier run: track numbers begin again, so it may be about anybody.
        """
        for alarm in self._of_camera(event.camera, from_clip):
            known = self._tracks.get(alarm.event_id) == event.track_id
            if known and alarm.state is not AlarmState.RETURNED_UNACKNOWLEDGED:
                return alarm
        return None

    def of_person_up(self, event: FallEvent, from_clip: bool) -> list[Alarm]:
        """All alarms that end when the event's person gets up, most urgent first.

        Those of an earlier run count: that somebody is up again is said, never that all is well.
        """
        return [
            alarm
            for alarm in self._of_camera(event.camera, from_clip)
            if self._tracks.get(alarm.event_id, event.track_id) == event.track_id
        ]

    def _of_camera(self, camera: str, from_clip: bool) -> list[Alarm]:
        return [
            alarm
            for alarm in self.by_urgency()
            if alarm.camera == camera
            and alarm.from_clip == from_clip
            and not is_technical(alarm.kind)
            and alarm.kind not in NOTICE_KINDS
        ]
