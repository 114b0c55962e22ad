"""Alarms and false alarms, by week and room."""

from __future__ import annotations

from datetime import timezone

from fallwatch.alarms.lifecycle import FALSE_ALARM, REAL
from fallwatch.runtime.review.event_figures import by_week
from tests.ui.fakes import alarm


def test_each_week_and_room_is_counted_by_itself() -> None:
    sunday, monday = "2026-03-01T22:00:00.000Z", "2026-03-02T08:00:00.000Z"
    answered = {"acknowledged_utc": "2026-03-02T08:01:00.000Z", "acknowledged_by": "jo"}
    alarms = [
        alarm("a", started_utc=sunday, outcome=REAL),
        alarm("b", started_utc=monday, outcome=FALSE_ALARM, **answered),
        alarm("c", started_utc=monday),
        alarm("d", started_utc=monday, camera="Attic"),
        # None of these is an alarm about a person in a room.
        alarm("e", started_utc=monday, kind="camera_lost"),
        alarm("f", started_utc=monday, from_clip=True),
        alarm("g", started_utc=monday, kind="recovered"),
        alarm("h", started_utc=monday, kind="watch_paused"),
    ]
    found = [
        (each.week, each.room, each.alarms, each.false_alarms, each.real, each.answer_s)
        for each in by_week(alarms, timezone.utc)
    ]
    assert found == [
        ("2026-W10", "Attic", 1, 0, 0, None),
        ("2026-W10", "Hall", 2, 1, 0, 60.0),
        ("2026-W09", "Hall", 1, 0, 1, None),
    ]


def test_nothing_gives_no_row() -> None:
    assert by_week([]) == ()
