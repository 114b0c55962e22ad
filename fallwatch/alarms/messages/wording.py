"""Wording of the messages about alarms. Pure: the time is given."""

from __future__ import annotations

from datetime import datetime

from fallwatch.alarms.lifecycle import FALSE_ALARM, is_unacknowledged
from fallwatch.alarms.messages.message import AlarmMessage
from fallwatch.alarms.plain_evidence import in_plain_words
from fallwatch.alarms.priority import is_technical
from fallwatch.alarms.raising import is_still_down
from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm, AlarmState

_TITLES = {
    "fall": "Fall in {0}",
    "on_floor": "Somebody lies on the floor in {0}",
    "long_lie": "Somebody lies on the floor in {0} for a long time",
    "bed_exit": "Somebody is out of bed in {0}",
    "camera_lost": "{0} is not watched: the camera is lost",
    "camera_frozen": "{0} is not watched: the image is frozen",
    "camera_blocked": "{0} is not watched: the camera is blocked or dark",
    "camera_moved": "{0}: the camera was moved",
    "camera_late": "{0} is seen too late: its images arrive late",
    "analysis_slow": "{0} is not watched well: the computer is too slow",
    "sound_failed": "No alarm sound on {0}",
    "record_failed": "Alarms are not recorded on {0}",
    "watch_paused": "{0} is not watched for a while, as wanted",
    "care_visit": "{0}: a care visit, its alarms are paused",
    "care_visit_over": "{0}: the care visit is over",
    "watch_gap": "Nobody watched the rooms of {0} for a while",
    "program_fault": "A part of fallwatch failed on {0}",
    "device_failed": "The graphics or neural processor failed on {0}",
    "decoder_failed": "The hardware that decodes video failed on {0}",
    "variant_missing": "The chosen classifier is missing on {0}",
    "watcher_lost": "No word from {0}: its rooms are not watched",
}

#: Said later than this after the alarm, a message says how late it is.
_LATE_S = 120.0


def message_about(alarm: Alarm, now: datetime, answer_url: str = "") -> AlarmMessage:
    """The words about an alarm as it is now.

    Args:
        alarm: The alarm.
        now: The present, in the time zone of whoever reads it.
        answer_url: Where it can be acknowledged; empty for nowhere.
    """
    title = _TITLES.get(alarm.kind)
    if is_still_down(alarm):
        title = "Somebody is still on the floor in {0}"
    if title is None:
        heading = f"{alarm.kind.replace('_', ' ').capitalize()}: {alarm.camera}"
    else:
        heading = title.format(alarm.camera)
    lines = [_when(alarm, now), _answer(alarm, now)]
    why = "; ".join(str(line).rstrip(".") for line in in_plain_words(alarm.evidence))
    if why:
        lines.append(f"{why}." if is_technical(alarm.kind) else f"Why: {why}.")
    if alarm.from_clip:
        lines.append("This comes from a recorded clip, not from a room.")
    if answer_url:
        lines.append(f"Acknowledge: {answer_url}")
    return AlarmMessage(heading, "\n".join(lines), alarm, answer_url=answer_url)


def trial_message(name: str) -> AlarmMessage:
    """A message that only shows that messages arrive."""
    return AlarmMessage(
        "fallwatch: a test",
        f"This is a test. Nothing has happened. Alarms will reach you this way, as {name}.",
    )


def _when(alarm: Alarm, now: datetime) -> str:
    began = _local(alarm.started_utc, now)
    if began is None:
        return "At an unknown time."
    late_s = (now - began).total_seconds()
    if late_s < _LATE_S:
        return f"At {_clock(began, now)}."
    return f"At {_clock(began, now)}, {_span(late_s)} before this message was sent."


def _answer(alarm: Alarm, now: datetime) -> str:
    if alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED:
        return "It is over by itself, but nobody has acknowledged it yet."
    if is_unacknowledged(alarm):
        return "Nobody has acknowledged it yet."
    by = alarm.acknowledged_by or "fallwatch"
    if alarm.acknowledged_utc is None:
        return f"It is over: {by}."
    if alarm.outcome == FALSE_ALARM:
        by = f"{by}: a false alarm"
    at = _local(alarm.acknowledged_utc, now)
    when = "" if at is None else f" at {_clock(at, now)}"
    return f"Acknowledged by {by}{when}."


def _local(utc: str, now: datetime) -> datetime | None:
    """A stored time in the time zone of ``now``; None for what is no time: the rest is said."""
    try:
        return parse_utc(utc).astimezone(now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return None


def _clock(moment: datetime, now: datetime) -> str:
    """The time and, of another day, the date."""
    if moment.date() == now.date():
        return moment.strftime("%H:%M:%S")
    return moment.strftime("%H:%M:%S on %d.%m.%Y")


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 120:
        return f"{minutes} minutes"
    return f"{round(minutes / 60)} hours"
