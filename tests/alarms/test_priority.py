from __future__ import annotations

import pytest

from fallwatch.alarms.priority import is_technical, priority_of, urgency_key
from fallwatch.core.types import AlarmState, EventKind, Priority
from tests.alarms.builders import make_alarm


@pytest.mark.parametrize(
    ("kind", "priority"),
    [
        ("fall", Priority.HIGH),
        ("on_floor", Priority.HIGH),
        ("long_lie", Priority.HIGH),
        ("camera_lost", Priority.MEDIUM),
        ("camera_frozen", Priority.MEDIUM),
        ("camera_blocked", Priority.MEDIUM),
        ("analysis_slow", Priority.MEDIUM),
        ("sound_failed", Priority.MEDIUM),
        ("disk_low", Priority.LOW),
        ("bed_exit", Priority.LOW),
    ],
)
def test_priorities_are_as_designed(kind: str, priority: Priority) -> None:
    assert priority_of(kind) is priority


def test_a_kind_nobody_listed_is_rather_too_loud_than_overheard() -> None:
    assert priority_of("carrier_pigeon_failed") is Priority.MEDIUM


@pytest.mark.parametrize("kind", EventKind)
def test_what_happens_to_people_is_not_technical(kind: EventKind) -> None:
    assert not is_technical(kind.value)


def test_unacknowledged_comes_before_acknowledged_then_priority_then_longest_waiting() -> None:
    alarms = [
        make_alarm("answered fall", state=AlarmState.ACKNOWLEDGED),
        make_alarm("camera", kind="camera_lost"),
        make_alarm("earlier fall", state=AlarmState.RETURNED_UNACKNOWLEDGED),
        # Raised after the clock was set back.
        make_alarm("later fall", started_utc="2026-01-31T02:00:00.000Z"),
    ]
    ordered = [alarm.event_id for alarm in sorted(alarms, key=urgency_key)]
    assert ordered == ["earlier fall", "later fall", "camera", "answered fall"]
