"""Wording of alarms on phones: what happened, where, and what became of it."""

from __future__ import annotations

from datetime import datetime

from fallwatch.alarms.kinds import kind_message
from fallwatch.alarms.lifecycle import (
    CONDITION_CLEARED,
    END_OF_CLIP,
    FALSE_ALARM,
    is_unacknowledged,
)
from fallwatch.alarms.priority import PAST_KINDS
from fallwatch.alarms.raising import THIS_COMPUTER, is_still_down
from fallwatch.core.message import Message, plain
from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm, AlarmState

#: How the record names the program itself, where nobody did what it tells of.
_PROGRAM = "fallwatch"


def headline_of(alarm: Alarm) -> Message:
    """What happened."""
    return Message("Still on the floor") if is_still_down(alarm) else kind_message(alarm.kind)


def room_of(alarm: Alarm) -> Message:
    """Where."""
    return Message("this computer") if alarm.camera == THIS_COMPUTER else plain(alarm.camera)


def is_over_by_itself(alarm: Alarm) -> bool:
    """Whether it is over without anybody having done something about it."""
    if is_unacknowledged(alarm):
        return False
    by = alarm.acknowledged_by
    if alarm.kind in PAST_KINDS and by == _PROGRAM:
        return True
    return by in (CONDITION_CLEARED, END_OF_CLIP)


def became_of(alarm: Alarm) -> Message | None:
    """What became of it; None while nobody has acknowledged it and it lasts."""
    if alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED:
        return Message("It is over by itself, but nobody has acknowledged it yet.")
    if is_unacknowledged(alarm):
        return None
    by = alarm.acknowledged_by
    if not by or is_over_by_itself(alarm):
        return Message("It is over.")
    if alarm.outcome == FALSE_ALARM:
        return Message("A false alarm, says {0}.", (by,))
    return Message("Acknowledged by {0}.", (by,))


def clock(utc: str, now: datetime) -> str:
    """A stored time as hours and minutes in the time zone of ``now``."""
    try:
        return parse_utc(utc).astimezone(now.tzinfo).strftime("%H:%M")
    except (ValueError, OverflowError, OSError):
        return "?"
