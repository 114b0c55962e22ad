"""Priority of each kind of alarm, and their order."""

from __future__ import annotations

from fallwatch.core.types import Alarm, AlarmState, EventKind, Priority

#: Kinds that are about a person; every other kind is technical.
PERSON_KINDS = frozenset(kind.value for kind in EventKind)

_PRIORITIES = {
    EventKind.FALL.value: Priority.HIGH,
    EventKind.ON_FLOOR.value: Priority.HIGH,
    EventKind.LONG_LIE.value: Priority.HIGH,
    EventKind.RECOVERED.value: Priority.LOW,
    EventKind.BED_EXIT.value: Priority.LOW,
    "camera_lost": Priority.MEDIUM,
    "camera_frozen": Priority.MEDIUM,
    "camera_blocked": Priority.MEDIUM,
    "camera_moved": Priority.MEDIUM,
    "camera_late": Priority.MEDIUM,
    "analysis_slow": Priority.MEDIUM,
    "analysis_failed": Priority.MEDIUM,
    "sound_failed": Priority.MEDIUM,
    "record_failed": Priority.MEDIUM,
    "record_damaged": Priority.MEDIUM,
    "record_refused": Priority.MEDIUM,
    "dispatcher_failed": Priority.MEDIUM,
    "clock_jumped": Priority.LOW,
    "disk_low": Priority.LOW,
    "sleep_possible": Priority.LOW,
    "watch_gap": Priority.MEDIUM,
    "messages_waiting": Priority.LOW,
    "push_ended": Priority.LOW,
    "variant_missing": Priority.LOW,
    "device_failed": Priority.LOW,
    "decoder_failed": Priority.LOW,
    "watch_paused": Priority.LOW,
    "care_visit": Priority.LOW,
    "care_visit_over": Priority.LOW,
}

#: Technical kinds about something that is over when it is told, so that nothing of it can last.
PAST_KINDS = frozenset(
    (
        "watch_gap",
        "record_damaged",
        "recording_failed",
        "watch_paused",
        "care_visit",
        "care_visit_over",
        "push_ended",
        "push_key_lost",
    )
)

#: Those of them that only record what somebody began, which may still last, or ended.
BEGUN_KINDS = frozenset(("watch_paused", "care_visit"))
ENDED_KINDS = frozenset(("care_visit_over",))

#: Kinds about a person that are no emergency, and settled once somebody has seen to them. They are
#: never joined with an alarm about somebody who is down.
NOTICE_KINDS = frozenset((EventKind.BED_EXIT.value,))

_RANKS = {Priority.HIGH: 0, Priority.MEDIUM: 1, Priority.LOW: 2}


def priority_of(kind: str) -> Priority:
    """The priority of a kind of alarm.

    A kind not listed, such as the failure of a channel added later, is medium: rather too loud
    than overheard.
    """
    return _PRIORITIES.get(kind, Priority.MEDIUM)


def rank(priority: Priority) -> int:
    """0 for the most urgent; for sorting."""
    return _RANKS[priority]


def is_technical(kind: str) -> bool:
    """True for alarms about cameras and the computer, False for those about a person."""
    return kind not in PERSON_KINDS


def urgency_key(alarm: Alarm) -> tuple[bool, int]:
    """Sorts the most urgent first: nobody has answered, then priority.

    Those alike keep the order they were raised in; by the clock, which may be set back, a fall of
    now could come before one of an hour ago.
    """
    answered = alarm.state in (AlarmState.ACKNOWLEDGED, AlarmState.CLOSED)
    return answered, rank(alarm.priority)
