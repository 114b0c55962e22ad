"""From a judged event to a recorded, sounding alarm, and to a line of JSON."""

from __future__ import annotations

from typing import Protocol

from fallwatch.core.types import Alarm, Analysis, FallEvent


class RaisesEvents(Protocol):
    """The part of the alarm desk that is needed here."""

    def raise_event(self, event: FallEvent, *, started_unix_s: float, from_clip: bool) -> Alarm:
        """See `fallwatch.dispatch.alarm_dispatcher.AlarmDispatcher.raise_event`."""
        ...


def raise_alarm(
    dispatcher: RaisesEvents, event: FallEvent, analysis: Analysis, *, from_clip: bool
) -> dict[str, object]:
    """Record the event and sound it; then, and only then, describe it.

    Args:
        dispatcher: Records before it sounds.
        event: What the judge found.
        analysis: The analysis that settled it; its frame ties clip time to wall clock.
        from_clip: True for a recorded clip.

    Returns:
        The event as one JSON object; ``clip_time_s`` only for clips.
    """
    started_s = started_unix_s(event, analysis)
    alarm = dispatcher.raise_event(event, started_unix_s=started_s, from_clip=from_clip)
    line: dict[str, object] = {
        "event_id": alarm.event_id,
        "camera": event.camera,
        "kind": event.kind.value,
        "started_utc": alarm.started_utc,
    }
    if from_clip:
        line["clip_time_s"] = event.started_s
    return line | {"score": event.score, "evidence": [str(each) for each in event.evidence]}


def started_unix_s(event: FallEvent, analysis: Analysis) -> float:
    """Wall clock of an event's beginning, seconds since 1970 UTC, by the frame that settled it."""
    frame = analysis.frame
    return frame.captured_unix_s - (frame.timestamp_s - event.started_s)
