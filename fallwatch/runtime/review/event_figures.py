"""Figures of the record: alarms and false alarms by week and room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, tzinfo

from fallwatch.alarms.lifecycle import FALSE_ALARM, REAL
from fallwatch.alarms.priority import is_technical
from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm, EventKind


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """What happened in one room in one week.

    Attributes:
        week: Such as ``2026-W09``, as ISO 8601 counts weeks, in local time.
        room: Name of the room.
        alarms: Alarms about people.
        false_alarms: Those that somebody called false.
        real: Those that somebody called real.
        answer_s: Mean seconds from the beginning to the answer; None if none was answered.
    """

    week: str
    room: str
    alarms: int
    false_alarms: int
    real: int
    answer_s: float | None


def by_week(alarms: Iterable[Alarm], zone: tzinfo | None = None) -> tuple[WeekFigures, ...]:
    """Figures by week and room, newest week first, rooms by name.

    Args:
        alarms: From the record. Clips, faults and what somebody recorded are left out.
        zone: Time zone in which a week begins; by default the computer's own.
    """
    groups: dict[tuple[str, str], list[Alarm]] = defaultdict(list)
    for alarm in alarms:
        if is_about_people(alarm) and not alarm.from_clip:
            began = parse_utc(alarm.started_utc).astimezone(zone)
            groups[week_of(began), alarm.camera].append(alarm)
    rooms = sorted(groups, key=lambda key: key[1])
    return tuple(
        _figures(week, room, groups[week, room])
        for week, room in sorted(rooms, key=lambda key: key[0], reverse=True)
    )


def is_about_people(alarm: Alarm) -> bool:
    """Whether it asks for help for somebody, so that a verdict on it makes sense."""
    return not is_technical(alarm.kind) and alarm.kind != EventKind.RECOVERED.value


def week_of(day: date) -> str:
    """The week of a day, such as ``2026-W09``, as ISO 8601 counts them."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}"


def _figures(week: str, room: str, alarms: list[Alarm]) -> WeekFigures:
    waits_s = [
        (parse_utc(each.acknowledged_utc) - parse_utc(each.started_utc)).total_seconds()
        for each in alarms
        if each.acknowledged_utc
    ]
    # A clock that was set back in between says nothing.
    waits_s = [wait_s for wait_s in waits_s if wait_s >= 0]
    return WeekFigures(
        week,
        room,
        len(alarms),
        sum(each.outcome == FALSE_ALARM for each in alarms),
        sum(each.outcome == REAL for each in alarms),
        sum(waits_s) / len(waits_s) if waits_s else None,
    )
