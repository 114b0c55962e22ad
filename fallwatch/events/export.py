"""Events as CSV and JSON, for spreadsheets and other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import fields

from fallwatch.core.types import Alarm

_COLUMNS = tuple(field.name for field in fields(Alarm))


def to_csv(alarms: Sequence[Alarm]) -> str:
    """One line for each event under a line of names; times are UTC."""
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    for alarm in alarms:
        writer.writerow({name: _plain(value) for name, value in _values(alarm).items()})
    return text.getvalue()


def to_json(alarms: Sequence[Alarm]) -> str:
    """A list with one object for each event; times are UTC."""
    return json.dumps([_values(alarm) for alarm in alarms], ensure_ascii=False, indent=2) + "\n"


def _values(alarm: Alarm) -> dict[str, object]:
    return {name: getattr(alarm, name) for name in _COLUMNS} | {
        "priority": alarm.priority.value,
        "state": alarm.state.value,
        "evidence": [str(each) for each in alarm.evidence],
    }


def _plain(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(value)
    return plain_cell(value) if isinstance(value, str) else value


def plain_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula and runs, whatever a room is called."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
