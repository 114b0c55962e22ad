"""Alarms and events for tests."""

from __future__ import annotations

from typing import Any

from fallwatch.alarms.priority import priority_of
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState, Box, EventKind, FallEvent


def make_alarm(event_id: str = "a", kind: str = "fall", **changes: Any) -> Alarm:
    values: dict[str, Any] = {
        "event_id": event_id,
        "camera": "kitchen",
        "kind": kind,
        "priority": priority_of(kind),
        "state": AlarmState.UNACKNOWLEDGED,
        "started_utc": "2026-01-31T03:04:05.678Z",
        "score": 0.9,
        "evidence": ("fast descent", "lies still"),
    }
    values |= changes
    values["evidence"] = tuple(
        Message(each) if isinstance(each, str) else each for each in values["evidence"]
    )
    return Alarm(**values)


def make_event(kind: EventKind = EventKind.FALL, **changes: Any) -> FallEvent:
    values: dict[str, Any] = {
        "kind": kind,
        "camera": "kitchen",
        "track_id": 1,
        "started_s": 3.1,
        "decided_s": 3.9,
        "score": 0.9,
        "evidence": (Message("judged as {0}", (kind.value,)),),
        "box_px": Box(10, 20, 110, 80),
    }
    return FallEvent(**(values | changes))
