"""The life of an alarm: pure steps from one `Alarm` to the next.

::

    (raised) --> UNACKNOWLEDGED --acknowledge--> ACKNOWLEDGED --returned, close--> CLOSED
                    |       ^                         |
             returned       +-------- trigger --------+
                    v
            RETURNED_UNACKNOWLEDGED --acknowledge--> CLOSED

A notice, such as that somebody is out of bed, is closed by being acknowledged.

Time alone changes nothing: silence is never acknowledgement. Only two things end an alarm that
nobody answered, and both are facts, not silence: a technical alarm whose condition is over
(`condition_cleared`), and the end of the recorded clip it came from (`close_with_clip`).
"""

from __future__ import annotations

from dataclasses import replace

from fallwatch.alarms.priority import NOTICE_KINDS, is_technical
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState

#: What an alarm can turn out to be.
FALSE_ALARM = "false alarm"
REAL = "real"
UNSURE = "unsure"
OUTCOMES = (REAL, FALSE_ALARM, UNSURE)

#: How the record names what ended an alarm that nobody answered.
CONDITION_CLEARED = "condition cleared"
END_OF_CLIP = "end of the clip"
ENDS_BY_ITSELF = (CONDITION_CLEARED, END_OF_CLIP)

_UNACKNOWLEDGED = (AlarmState.UNACKNOWLEDGED, AlarmState.RETURNED_UNACKNOWLEDGED)


def is_unacknowledged(alarm: Alarm) -> bool:
    """True while somebody still has to answer."""
    return alarm.state in _UNACKNOWLEDGED


def trigger(alarm: Alarm, evidence: tuple[Message, ...] = ()) -> Alarm:
    """It happened again, or still lasts: an acknowledgement no longer counts.

    Args:
        alarm: An alarm that is not closed.
        evidence: What is new; put before what was known.

    Raises:
        ValueError: The alarm is closed; raise a new one.
    """
    if alarm.state is AlarmState.CLOSED:
        raise ValueError(f"alarm {alarm.event_id} is closed and cannot be triggered again")
    known = tuple(line for line in alarm.evidence if line not in evidence)
    return replace(
        alarm,
        state=AlarmState.UNACKNOWLEDGED,
        evidence=evidence + known,
        acknowledged_utc=None,
        acknowledged_by=None,
        outcome="",
    )


def acknowledge(alarm: Alarm, by: str, at_utc: str, outcome: str = "") -> Alarm:
    """Somebody answered. With the person already up again, or of a notice, that closes the alarm.

    An alarm that was answered before is returned as it is: the first answer stands.

    Args:
        alarm: Any alarm.
        by: Who answered.
        at_utc: When.
        outcome: One of `OUTCOMES`, where whoever answered said so; else empty.
    """
    if not is_unacknowledged(alarm):
        return alarm
    over = alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED or alarm.kind in NOTICE_KINDS
    return replace(
        alarm,
        state=AlarmState.CLOSED if over else AlarmState.ACKNOWLEDGED,
        acknowledged_utc=at_utc,
        acknowledged_by=by,
        outcome=outcome,
    )


def returned(alarm: Alarm) -> Alarm:
    """The person got up: that ends an acknowledged alarm, and leaves the others to be answered."""
    if alarm.state is AlarmState.UNACKNOWLEDGED:
        return replace(alarm, state=AlarmState.RETURNED_UNACKNOWLEDGED)
    return _closed(alarm) if alarm.state is AlarmState.ACKNOWLEDGED else alarm


def close(alarm: Alarm) -> Alarm:
    """End an alarm that somebody has answered.

    Raises:
        ValueError: Nobody has answered it yet.
    """
    if is_unacknowledged(alarm):
        raise ValueError(f"alarm {alarm.event_id} is not acknowledged and cannot be closed")
    return _closed(alarm)


def condition_cleared(alarm: Alarm, by: str) -> Alarm:
    """End a technical alarm because what it warned of is over.

    Args:
        alarm: A technical alarm.
        by: What ended it; recorded where nobody had acknowledged.

    Raises:
        ValueError: The alarm is about a person.
    """
    if not is_technical(alarm.kind):
        raise ValueError(f"alarm {alarm.event_id} is about a person and does not clear itself")
    return _closed(alarm, by)


def close_with_clip(alarm: Alarm, by: str) -> Alarm:
    """End the alarm of a recorded clip together with its session.

    Args:
        alarm: An alarm from a clip.
        by: What ended it; recorded where nobody had acknowledged.

    Raises:
        ValueError: The alarm comes from a room.
    """
    if not alarm.from_clip:
        raise ValueError(f"alarm {alarm.event_id} comes from a room, not from a clip")
    return _closed(alarm, by)


def _closed(alarm: Alarm, by: str | None = None) -> Alarm:
    if alarm.state is AlarmState.CLOSED:
        return alarm
    return replace(alarm, state=AlarmState.CLOSED, acknowledged_by=alarm.acknowledged_by or by)
