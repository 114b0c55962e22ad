"""Events as rows of the database, and back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from enum import Enum
from typing import Any

from fallwatch.core.message import Message, from_json, to_json
from fallwatch.core.moments import parse_utc
from fallwatch.core.text import clean_text
from fallwatch.core.types import Alarm, AlarmState, Priority

#: The columns of an event are the fields of an alarm.
COLUMNS = tuple(field.name for field in fields(Alarm))

# Far longer than any: a week of video.
_LONGEST_CLIP_S = 7 * 86_400.0


class RowError(ValueError):
    """A row is damaged. The message names the event as far as it can be read."""


def row_of(alarm: Alarm) -> tuple[str | float | int | None, ...]:
    """An event's row, in the order of `COLUMNS`."""
    return tuple(
        json.dumps([to_json(each) for each in value], ensure_ascii=False)
        if isinstance(value, tuple)
        else value.value
        if isinstance(value, Enum)
        else clean_text(value)
        if isinstance(value, str)
        else value
        for value in (getattr(alarm, column) for column in COLUMNS)
    )


def alarm_of(row: Sequence[Any]) -> Alarm:
    """The event of a row.

    Raises:
        RowError: A value in it is none that was ever written: single bits on the disk were lost.
    """
    if len(row) == len(COLUMNS) - 1:
        row = (*row, "")  # kept in a journal before there were outcomes
    values = dict(zip(COLUMNS, row, strict=True))
    try:
        alarm = Alarm(
            **{
                **values,
                "priority": Priority(values["priority"]),
                "state": AlarmState(values["state"]),
                "evidence": _evidence_of(values["evidence"]),
                "from_clip": bool(values["from_clip"]),
                "score": float(values["score"]),
            }
        )
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise RowError(f"{values['event_id']!r}: {error}") from error
    if not _is_sound(alarm):
        raise RowError(f"{alarm.event_id!r}")
    try:
        parse_utc(alarm.started_utc)
        if alarm.acknowledged_utc is not None:
            parse_utc(alarm.acknowledged_utc)
    except ValueError as error:
        raise RowError(f"{alarm.event_id!r}: {error}") from error
    return alarm


def text_of(message: Message) -> str:
    """A message as a text of the record: without arguments as it is, with them as JSON."""
    if not message.arguments:
        return clean_text(message.template)
    return json.dumps(to_json(message), ensure_ascii=False)


# How fallwatch said it before, and how it is translated now.
_RENAMED = {
    "not answered before the restart: told again": (
        "not acknowledged before the restart: raised again"
    ),
}


def message_of_text(text: object) -> Message:
    """A message from a text of the record, also of one by an older fallwatch or on a bad disk."""
    try:
        value = json.loads(str(text))
        if isinstance(value, dict):
            return from_json(value)
    except (ValueError, RecursionError):
        pass
    return Message(_RENAMED.get(str(text), str(text)))


def _evidence_of(text: str) -> tuple[Message, ...]:
    lines = json.loads(text)
    if not isinstance(lines, list):
        raise ValueError("the evidence is no list")
    return tuple(from_json(line) for line in lines)


def _is_sound(alarm: Alarm) -> bool:
    texts = (alarm.event_id, alarm.camera, alarm.kind, alarm.started_utc, alarm.outcome)
    maybe_texts = (alarm.acknowledged_utc, alarm.acknowledged_by)
    return (
        all(isinstance(text, str) for text in texts)
        and all(text is None or isinstance(text, str) for text in maybe_texts)
        and (alarm.clip_time_s is None or _is_within(alarm.clip_time_s, _LONGEST_CLIP_S))
        and _is_within(alarm.score, 1.0)
    )


def _is_within(value: object, most: float) -> bool:
    return isinstance(value, (int, float)) and 0 <= value <= most
