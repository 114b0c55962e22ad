"""Events as rows of the database, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import fields
from enum import Enum
from typing import Any

from fallwatch.core.types import Alarm, AlarmState, Priority

#: The columns of an event are the fields of an alarm.
COLUMNS = tuple(field.name for field in fields(Alarm))


class RowError(ValueError):
    """A row is damaged. The message names the event as far as it can be read."""


def row_of(alarm: Alarm) -> tuple[str | float | int | None, ...]:
    """An event's row, in the order of `COLUMNS`."""
    return tuple(
        json.dumps(value, ensure_ascii=False)
        if isinstance(value, tuple)
        else value.value
        if isinstance(value, Enum)
        else value
        for value in (getattr(alarm, column) for column in COLUMNS)
    )


def alarm_of(row: Sequence[Any]) -> Alarm:
    """The event of a row.

    Raises:
        RowError: A value in it is none that was ever written: single bits on the disk were lost.
    """
    values = dict(zip(COLUMNS, row, strict=True))
    try:
        alarm = Alarm(
            **{
                **values,
                "priority": Priority(values["priority"]),
                "state": AlarmState(values["state"]),
                "evidence": tuple(str(each) for each in json.loads(values["evidence"])),
                "from_clip": bool(values["from_clip"]),
                "score": float(values["score"]),
            }
        )
    except (ValueError, TypeError, RecursionError) as error:
        raise RowError(f"{values['event_id']!r}: {error}") from error
    if not _is_sound(alarm):
        raise RowError(f"{alarm.event_id!r}")
    return alarm


def _is_sound(alarm: Alarm) -> bool:
    texts = (alarm.event_id, alarm.camera, alarm.kind, alarm.started_utc)
    maybe_texts = (alarm.acknowledged_utc, alarm.acknowledged_by)
    return (
        all(isinstance(text, str) for text in texts)
        and all(text is None or isinstance(text, str) for text in maybe_texts)
        and (alarm.clip_time_s is None or isinstance(alarm.clip_time_s, (int, float)))
        and math.isfinite(alarm.score)
    )
