"""Reports of an event: as a recorded, sounding alarm, and as a line of JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fallwatch.core.protocols import AlarmDispatch
from fallwatch.core.types import Alarm, Analysis, FallEvent, Frame


@dataclass(frozen=True, slots=True, eq=False)
class RaisedEvent:
    """An event, the alarm it raised and the moment that settled it.

    Attributes:
        event: What the judge found.
        alarm: As it is recorded.
        analysis: Of the frame that settled it; its image shows what may be seen of people.
    """

    event: FallEvent
    alarm: Alarm
    analysis: Analysis


def raise_alarm(
    alarms: AlarmDispatch, event: FallEvent, analysis: Analysis, *, from_clip: bool
) -> Alarm:
    """Record an event and sound it.

    Args:
        alarms: Records before it sounds.
        event: What the judge found.
        analysis: Of the frame that settled it; the frame ties clip time to wall clock.
        from_clip: True for a recorded clip.

    Returns:
        The alarm it raised, triggered again, returned or closed.
    """
    frame = analysis.frame
    started_unix_s = frame.captured_unix_s - (frame.timestamp_s - event.started_s)
    if from_clip:
        event = replace(event, started_s=_clip_time_s(event, frame))
    return alarms.raise_event(event, started_unix_s=started_unix_s, from_clip=from_clip)


def event_json(raised: RaisedEvent) -> dict[str, object]:
    """An event as one JSON object; ``clip_time_s`` only for clips."""
    event, alarm = raised.event, raised.alarm
    line: dict[str, object] = {
        "event_id": alarm.event_id,
        "camera": event.camera,
        "kind": event.kind.value,
        "started_utc": alarm.started_utc,
    }
    if alarm.from_clip:
        line["clip_time_s"] = _clip_time_s(event, raised.analysis.frame)
    return line | {"score": event.score, "evidence": [str(each) for each in event.evidence]}


def _clip_time_s(event: FallEvent, frame: Frame) -> float:
    """When an event began, in the clip: a clip that begins again counts from its begin.

    Args:
        event: What the judge found.
        frame: That settled it. What began before the clip did so last began with the clip.
    """
    if frame.clip_s is None:
        return event.started_s
    return round(max(0.0, frame.clip_s - (frame.timestamp_s - event.started_s)), 3)
