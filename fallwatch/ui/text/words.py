"""Words for alarms on the screen.

Whatever an alarm holds, there are words for it: one that cannot be said must not hide the others.
"""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import Concatenate, ParamSpec

from PySide6.QtCore import QCoreApplication

from fallwatch.alarms.kinds import kind_message
from fallwatch.alarms.lifecycle import (
    CONDITION_CLEARED,
    END_OF_CLIP,
    ENDS_BY_ITSELF,
    FALSE_ALARM,
    REAL,
    UNSURE,
    is_unacknowledged,
)
from fallwatch.alarms.plain_evidence import in_plain_words
from fallwatch.alarms.priority import BEGUN_KINDS, ENDED_KINDS, is_technical
from fallwatch.alarms.raising import THIS_COMPUTER, is_still_down
from fallwatch.core.message import Message
from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.events.outbox import Delivery, LetterState, Part
from fallwatch.ui.text.times import clip_clock, clock, span
from fallwatch.ui.text.translate import translate

_log = logging.getLogger(__name__)

_P = ParamSpec("_P")

#: What words about values can fail of that cannot be.
UNSAYABLE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RecursionError,
    TypeError,
    ValueError,
)

#: How the record names the kind of an alarm that was triggered again.
_AGAIN = re.compile(r"triggered again \((\w+)\)")


#: Sensitivities from few to many alarms, with the words that explain them.
_SENSITIVITIES = {
    "low": Message("Low – fewest false alarms"),
    "normal": Message("Normal – balanced"),
    "high": Message("High – misses the fewest falls"),
}


def sensitivities() -> dict[str, str]:
    """What each sensitivity is called, from few to many alarms."""
    return {key: translate(words) for key, words in _SENSITIVITIES.items()}


def kind_words(kind: str) -> str:
    """What happened, in the window's language."""
    return translate(kind_message(kind))


def kind_icon(kind: str) -> str:
    """Name of the icon that goes with a kind."""
    if kind in ("fall", "on_floor", "long_lie"):
        return "fall"
    return "person-up" if kind in ("recovered", "bed_exit") else "notice"


def _always(
    words: Callable[Concatenate[Alarm, _P], str],
) -> Callable[Concatenate[Alarm, _P], str]:
    """Have words for every alarm: of one that cannot be said, at least what and where."""

    @functools.wraps(words)
    def in_any_case(alarm: Alarm, /, *args: _P.args, **kwargs: _P.kwargs) -> str:
        try:
            return words(alarm, *args, **kwargs)
        except UNSAYABLE:
            _log.exception("The alarm %r cannot be said in full.", alarm.event_id)
            return f"{alarm.kind} – {alarm.camera}"

    return in_any_case


@_always
def headline(alarm: Alarm) -> str:
    """What and where, in one line."""
    what = _tr("Still on the floor") if is_still_down(alarm) else kind_words(alarm.kind)
    if alarm.from_clip:
        return _tr("{0} in the clip {1}").format(what, alarm.camera)
    return _tr("{0} – {1}").format(what, place(alarm))


def place(alarm: Alarm) -> str:
    """Where it happened: the room, or this computer itself."""
    return by_words(THIS_COMPUTER) if alarm.camera == THIS_COMPUTER else alarm.camera


@_always
def since(alarm: Alarm, now: datetime) -> str:
    """Since when, and how long ago that is.

    Args:
        alarm: The alarm.
        now: The present, in the local time zone.
    """
    try:
        ago = span((now - parse_utc(alarm.started_utc)).total_seconds())
    except (ValueError, OverflowError):
        words = _tr("Since an unknown time")
    else:
        words = _tr("Since {0}, {1} ago").format(clock(alarm.started_utc, now), ago)
    if alarm.clip_time_s is not None:
        words = _tr("At {0} in the clip. {1}").format(clip_clock(alarm.clip_time_s), words)
    if alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED:
        words = _tr("{0}. Over by itself, but nobody has acknowledged it").format(words)
    return words


@_always
def why(alarm: Alarm) -> str:
    """The evidence, strongest first, or what a technical alarm says; empty if there is none."""
    if is_technical(alarm.kind) or not alarm.evidence:
        return "; ".join(map(translate, alarm.evidence))
    words = map(translate, in_plain_words(alarm.evidence))
    return _tr("Why: {0}").format("; ".join(words))


@_always
def evidence_in_figures(alarm: Alarm) -> str:
    """The evidence with its figures, for engineers; empty if there is none."""
    return "; ".join(map(translate, alarm.evidence))


def outcome_words(outcome: str) -> str:
    """What an alarm turned out to be."""
    known = {
        REAL: _tr("Real alarm"),
        FALSE_ALARM: _tr("False alarm"),
        UNSURE: _tr("Unsure"),
        "": _tr("No verdict"),
    }
    return known.get(outcome, outcome)


@_always
def state_words(alarm: Alarm, now: datetime) -> str:
    """Where the alarm is in its life, and who or what ended it."""
    if alarm.state is AlarmState.UNACKNOWLEDGED:
        return _tr("Not acknowledged yet")
    if alarm.state is AlarmState.RETURNED_UNACKNOWLEDGED:
        return _tr("Over by itself, not acknowledged yet")
    words = _done(alarm)
    if alarm.acknowledged_utc:
        words = _tr("{0} {1}").format(words, clock(alarm.acknowledged_utc, now))
    if _is_person(alarm):
        return _tr("{0} by {1}").format(words, by_words(alarm.acknowledged_by or ""))
    return _ended(alarm, words)


@_always
def state_line(alarm: Alarm) -> str:
    """Where the alarm is in its life, and by whom, as short as a list needs it."""
    if is_unacknowledged(alarm):
        return _tr("Not acknowledged yet")
    words = _done(alarm)
    if _is_person(alarm):
        return _tr("{0} by {1}").format(words, by_words(alarm.acknowledged_by or ""))
    return _ended(alarm, words)


def _done(alarm: Alarm) -> str:
    """What somebody has done about it, or what it records that somebody did."""
    if alarm.outcome:
        return outcome_words(alarm.outcome)
    if alarm.kind in BEGUN_KINDS:
        return _tr("Begun")
    if alarm.kind in ENDED_KINDS:
        return _tr("Ended")
    is_acknowledged = alarm.state is AlarmState.ACKNOWLEDGED or _is_person(alarm)
    return _tr("Acknowledged") if is_acknowledged else _tr("Closed")


def _is_person(alarm: Alarm) -> bool:
    """Whether somebody answered it, and it did not end without anybody."""
    return bool(alarm.acknowledged_by) and alarm.acknowledged_by not in ENDS_BY_ITSELF


def _ended(alarm: Alarm, words: str) -> str:
    """What ended an alarm that nobody answered; else the words themselves."""
    known = {CONDITION_CLEARED: _tr("Over by itself"), END_OF_CLIP: _tr("The clip is over")}
    return known.get(alarm.acknowledged_by or "", words)


def delivery_words(delivery: Delivery, now: datetime) -> str:
    """Whether word of an alarm has reached somebody, in one line."""
    letter = delivery.letter
    parts = {
        Part.TEXT: _tr("Message"),
        Part.PICTURE: _tr("Snapshot"),
        Part.END: _tr("End of the alarm"),
    }
    part = parts[letter.part]
    if delivery.state is LetterState.DELIVERED and delivery.settled_utc:
        words = _tr("{0} to {1}: delivered {2}")
        return words.format(part, letter.channel, clock(delivery.settled_utc, now))
    words = _tr("{0} to {1}: not delivered")
    if delivery.state is LetterState.WAITING:
        words = _tr("{0} to {1}: waiting")
        if letter.attempts:
            words = _tr("{0} to {1}: not delivered yet, tried {2} times")
    words = words.format(part, letter.channel, letter.attempts)
    return f"{words}. {translate(delivery.problem)}" if delivery.problem else words


def step_words(what: Message) -> str:
    """One step in an event's history."""
    again = _AGAIN.fullmatch(str(what))
    if again:
        return _tr("triggered again: {0}").format(kind_words(again.group(1)))
    return translate(what)


def by_words(by: str) -> str:
    """Who or what did something: a name as it is, or one of fallwatch's own parts."""
    known = {
        THIS_COMPUTER: _tr("this computer"),
        "its own computer": _tr("its own computer"),
        CONDITION_CLEARED: _tr("by itself"),
        END_OF_CLIP: _tr("the clip was over"),
        "command line": _tr("command line"),
        "retention": _tr("retention"),
    }
    return known.get(by, by)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Words", text)
