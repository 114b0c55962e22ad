"""Making a new alarm out of what happened. Pure: ids and times are handed in."""

from __future__ import annotations

from fallwatch.alarms.priority import priority_of
from fallwatch.core.message import Message
from fallwatch.core.text import clean_name
from fallwatch.core.types import Alarm, AlarmState, FallEvent

#: Stands for the camera in alarms that are about the computer itself.
THIS_COMPUTER = "this computer"


def alarm_from_event(
    event: FallEvent, event_id: str, *, started_utc: str, from_clip: bool
) -> Alarm:
    """The alarm for something that happened to a person.

    Args:
        event: What the judge reported.
        event_id: Unique text.
        started_utc: When it began, ISO 8601 in UTC with milliseconds, ending in ``Z``.
        from_clip: True if it comes from a recorded clip; its time in the clip is kept then.
    """
    return Alarm(
        event_id=event_id,
        camera=clean_name(event.camera),
        kind=event.kind.value,
        priority=priority_of(event.kind.value),
        state=AlarmState.UNACKNOWLEDGED,
        started_utc=started_utc,
        score=event.score,
        evidence=event.evidence,
        clip_time_s=event.started_s if from_clip else None,
        from_clip=from_clip,
    )


def technical_alarm(
    camera: str, kind: str, message: Message, event_id: str, *, started_utc: str, from_clip: bool
) -> Alarm:
    """The alarm for a camera or the computer that fails to do its part."""
    return Alarm(
        event_id=event_id,
        camera=clean_name(camera),
        kind=kind,
        priority=priority_of(kind),
        state=AlarmState.UNACKNOWLEDGED,
        started_utc=started_utc,
        score=1.0,
        evidence=(message,),
        from_clip=from_clip,
    )
