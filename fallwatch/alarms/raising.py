"""Making a new alarm out of what happened. Pure: ids and times are handed in."""

from __future__ import annotations

from dataclasses import replace

from fallwatch.alarms.lifecycle import FALSE_ALARM
from fallwatch.alarms.priority import priority_of
from fallwatch.core.message import Message
from fallwatch.core.moments import parse_utc
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


#: What an alarm says first when its person still lies there although somebody has answered it.
_STILL_FALSE = Message("Still on the floor; marked as a false alarm {0} s ago by {1}.")
_STILL_ANSWERED = Message("Still on the floor; acknowledged {0} s ago by {1}.")


def still_down(alarm: Alarm, now_utc: str) -> tuple[Message, ...]:
    """What to say first about an alarm that is raised again; nothing if nobody had answered it."""
    if not alarm.acknowledged_utc or not alarm.acknowledged_by:
        return ()
    ago_s = (parse_utc(now_utc) - parse_utc(alarm.acknowledged_utc)).total_seconds()
    parts = (f"{max(0.0, ago_s):.0f}", alarm.acknowledged_by)
    said = _STILL_FALSE if alarm.outcome == FALSE_ALARM else _STILL_ANSWERED
    return (replace(said, arguments=parts),)


def is_still_down(alarm: Alarm) -> bool:
    """Whether the alarm was raised again about somebody who still lies there."""
    still = _STILL_FALSE.template, _STILL_ANSWERED.template
    return bool(alarm.evidence) and alarm.evidence[0].template in still


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
