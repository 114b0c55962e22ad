"""A night in numbers: what each room was like, what happened, and the figures of the weeks."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from fallwatch.core.message import Message
from fallwatch.core.moments import parse_utc
from fallwatch.core.types import Alarm
from fallwatch.events.export import plain_cell
from fallwatch.events.query import EventQuery
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_text
from fallwatch.pipeline.health.occupancy import MINUTES_A_DAY, Minute, OccupancyFiles
from fallwatch.runtime.review.event_figures import WeekFigures, by_week, is_about_people, week_of

#: A night ends at noon of its date and began at noon of the day before.
NOON = MINUTES_A_DAY // 2

WORDS = {
    Minute.UNKNOWN: Message("not watched"),
    Minute.WATCHED: Message("watched, nobody seen"),
    Minute.PAUSED: Message("paused"),
    Minute.FAULT: Message("fault"),
    Minute.PERSON: Message("somebody in view"),
    Minute.LYING: Message("somebody lying"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """Some minutes that were alike.

    Attributes:
        begin_min: First minute, from the begin of the night.
        end_min: The minute after the last.
        minute: What they were like.
    """

    begin_min: int
    end_min: int
    minute: Minute


@dataclass(frozen=True, slots=True)
class Night:
    """One night.

    Attributes:
        day: The date of its morning.
        rooms: The letters of its 1440 minutes, from noon to noon, by room.
        alarms: Its events of rooms, oldest first.
        figures: Alarms by week and room, newest week first.
        watched_h: Hours watched by week and room, as in ``figures``.
        clips: How many alarms about people came from recorded clips: they are not in ``alarms``.
    """

    day: date
    rooms: dict[str, str]
    alarms: tuple[Alarm, ...]
    figures: tuple[WeekFigures, ...]
    watched_h: dict[tuple[str, str], float]
    clips: int = 0

    @property
    def begin(self) -> datetime:
        """Its first moment, in local time."""
        return datetime.combine(self.day - timedelta(days=1), time(12)).astimezone()

    def spans(self, room: str) -> tuple[Span, ...]:
        """The minutes of a room, alike ones joined."""
        found, place = [], 0
        for letter, alike in groupby(self.rooms.get(room, "")):
            end = place + len(list(alike))
            found.append(Span(place, end, Minute(letter)))
            place = end
        return tuple(found)


def read_night(day: date, store: EventStore, files: OccupancyFiles, rooms: Iterable[str]) -> Night:
    """Read all of one night. Not on the window's thread.

    Args:
        day: The date of its morning.
        store: The record.
        files: The minutes.
        rooms: Names of the rooms there are; others appear where something is known of them.

    Raises:
        fallwatch.events.store.StoreError: The record cannot be read.
    """
    evening, morning = files.read(day - timedelta(days=1)), files.read(day)
    nothing = Minute.UNKNOWN.value * MINUTES_A_DAY
    names = dict.fromkeys((*rooms, *evening, *morning))
    minutes = {
        name: evening.get(name, nothing)[NOON:] + morning.get(name, nothing)[:NOON]
        for name in names
    }
    begin, end = (
        utc_text(datetime.combine(each, time(12)).astimezone())
        for each in (day - timedelta(days=1), day)
    )
    found = store.find(EventQuery(since_utc=begin, until_utc=end))
    alarms = tuple(alarm for alarm in reversed(found) if not alarm.from_clip)
    clips = sum(alarm.from_clip and is_about_people(alarm) for alarm in found)
    return Night(day, minutes, alarms, by_week(store.all()), watched_hours(files), clips)


def watched_hours(files: OccupancyFiles) -> dict[tuple[str, str], float]:
    """Hours watched by ISO week, such as ``2026-W09``, and room."""
    minutes: Counter[tuple[str, str]] = Counter()
    watched = {Minute.WATCHED.value, Minute.PERSON.value, Minute.LYING.value}
    for day in files.days():
        week = week_of(day)
        for room, letters in files.read(day).items():
            minutes[week, room] += sum(letter in watched for letter in letters)
    return {key: count / 60 for key, count in minutes.items()}


def to_csv(night: Night, words: Callable[[Alarm], tuple[str, str]]) -> str:
    """One line for each span of minutes and each event, by room and time.

    Args:
        night: Which.
        words: What an event is called, and what it turned out to be.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("room", "from", "until", "what", "verdict"))
    for row in sorted(_rows(night, words)):
        writer.writerow([plain_cell(cell) for cell in row])
    return text.getvalue()


def _rows(night: Night, words: Callable[[Alarm], tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    for room in night.rooms:
        for span in night.spans(room):
            yield (
                room,
                _moment(night.begin + timedelta(minutes=span.begin_min)),
                _moment(night.begin + timedelta(minutes=span.end_min)),
                str(WORDS[span.minute]),
                "",
            )
    for alarm in night.alarms:
        what, verdict = words(alarm)
        began = parse_utc(alarm.started_utc).astimezone()
        yield alarm.camera, _moment(began), "", what, verdict


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
