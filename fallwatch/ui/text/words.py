"""What alarms are called on the screen."""

from __future__ import annotations

import re
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from fallwatch.alarms.priority import is_technical
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.events.outbox import Delivery, LetterState, Part
from fallwatch.ui.text.times import clip_clock, clock, parse_utc, span
from fallwatch.ui.text.told import told

#: How the record names the kind of an alarm that was triggered again.
_AGAIN = re.compile(r"triggered again \((\w+)\)")


def kind_words(kind: str) -> str:
    """What happened, in words; an unknown kind is shown as it is spelt."""
    known = {
        "fall": _tr("Fall"),
        "on_floor": _tr("Person on the floor"),
        "long_lie": _tr("Lying for a long time"),
        "recovered": _tr("Got up again"),
        "camera_lost": _tr("Camera lost"),
        "camera_frozen": _tr("Picture frozen"),
        "camera_blocked": _tr("Picture dark or blocked"),
        "camera_moved": _tr("Camera moved"),
        "camera_late": _tr("Pictures arrive late"),
        "analysis_slow": _tr("Analysis too slow"),
        "analysis_failed": _tr("Analysis failed"),
        "sound_failed": _tr("No sound"),
        "record_failed": _tr("Alarm record not written"),
        "record_damaged": _tr("Alarm record damaged"),
        "disk_low": _tr("Disk almost full"),
        "messages_waiting": _tr("Messages not delivered"),
        "watcher_lost": _tr("No word from another computer"),
        "broker_lost": _tr("No connection to the broker"),
        "recording_failed": _tr("Picture or clip not stored"),
    }
    return known.get(kind, kind.replace("_", " ").capitalize())


def kind_icon(kind: str) -> str:
    """Name of the icon that goes with a kind."""
    if kind in ("fall", "on_floor", "long_lie"):
        return "fall"
    return "person-up" if kind == "recovered" else "notice"


def headline(alarm: Alarm) -> str:
    """What and where, in one line."""
    if alarm.from_clip:
        return _tr("{0} in the clip {1}").format(kind_words(alarm.kind), alarm.camera)
    return _tr("{0} – {1}").format(kind_words(alarm.kind), place(alarm))


def place(alarm: Alarm) -> str:
    """Where it happened: the room, or this computer itself."""
    return told(alarm.camera) if alarm.camera == THIS_COMPUTER else alarm.camera


def since(alarm: Alarm, now: datetime) -> str:
    """Since when, and how long ago that is.

    Args:
        alarm: The alarm.
        now: The present, in the local time zone.
    """
    ago = span((now - parse_utc(alarm.started_utc)).total_seconds())
    words = _tr("Since {0}, {1} ago").format(clock(alarm.started_utc, now), ago)
    if alarm.clip_time_s is not None:
        words = _tr("At {0} in the clip. {1}").format(clip_clock(alarm.clip_time_s), words)
    if alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED:
        words = _tr("{0}. Over by itself, but nobody has answered").format(words)
    return words


def why(alarm: Alarm) -> str:
    """The evidence, strongest first, or what a technical alarm says; empty if there is none."""
    words = "; ".join(told(each) for each in alarm.evidence)
    if is_technical(alarm.kind) or not words:
        return words
    return _tr("Why: {0}").format(words)


def state_words(alarm: Alarm, now: datetime) -> str:
    """Where the alarm is in its life, and who or what ended it."""
    if alarm.state is AlarmState.UNACKNOWLEDGED:
        return _tr("Not answered yet")
    if alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED:
        return _tr("Over by itself, not answered yet")
    words = _tr("Acknowledged") if alarm.state is AlarmState.ACKNOWLEDGED else _tr("Closed")
    if alarm.acknowledged_utc:
        words = _tr("{0} {1}").format(words, clock(alarm.acknowledged_utc, now))
    if alarm.acknowledged_by:
        words = _tr("{0} by {1}").format(words, told(alarm.acknowledged_by))
    return words


def delivery_words(delivery: Delivery, now: datetime) -> str:
    """Whether word of an alarm has reached somebody, in one line."""
    letter = delivery.letter
    part = _tr("Picture") if letter.part is Part.PICTURE else _tr("Message")
    if delivery.state is LetterState.DELIVERED and delivery.settled_utc:
        words = _tr("{0} to {1}: delivered {2}")
        return words.format(part, letter.channel, clock(delivery.settled_utc, now))
    words = _tr("{0} to {1}: not delivered")
    if delivery.state is LetterState.WAITING:
        words = _tr("{0} to {1}: waiting")
        if letter.attempts:
            words = _tr("{0} to {1}: not delivered yet, tried {2} times")
    words = words.format(part, letter.channel, letter.attempts)
    return f"{words}. {told(delivery.problem)}" if delivery.problem else words


def step_words(what: str) -> str:
    """One step in an event's history."""
    again = _AGAIN.fullmatch(what)
    if again:
        return _tr("triggered again: {0}").format(kind_words(again.group(1)))
    return told(what)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Words", text)
