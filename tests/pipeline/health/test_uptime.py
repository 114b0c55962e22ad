"""How long a room was watched today: nothing is counted that was not seen."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from fallwatch.core.message import Message
from fallwatch.pipeline.health.uptime import UptimeLog

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone(timedelta(hours=1)))
LOST = Message("No new frame.")


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_watched_time_and_gaps_add_up() -> None:
    log = UptimeLog()
    for second in range(100):
        log.look(not 20 <= second < 30, LOST, after(second))
    # Neither is the second counted in which it broke off: nobody knows when.
    assert log.watched_s == 88.0
    (gap,) = log.gaps
    assert (gap.began, gap.ended, gap.reason) == (after(20), after(30), LOST)
    assert log.since == NOON


def test_a_gap_that_lasts_has_no_end_and_another_reason_begins_another() -> None:
    log = UptimeLog()
    log.look(False, Message("Getting ready"), after(0))
    log.look(False, Message("Getting ready"), after(1))
    log.look(False, LOST, after(2))
    assert [(gap.reason, gap.ended) for gap in log.gaps] == [
        (Message("Getting ready"), after(2)),
        (LOST, None),
    ]
    assert log.watched_s == 0.0


def test_a_computer_that_slept_did_not_watch() -> None:
    log = UptimeLog()
    log.look(True, Message(""), after(0))
    log.look(True, Message(""), after(1))
    log.look(True, Message(""), after(601))
    log.look(True, Message(""), after(602))
    assert log.watched_s == 2.0
    (gap,) = log.gaps
    assert (gap.began, gap.ended) == (after(1), after(601))
    assert "slept" in str(gap.reason)


def test_a_new_day_begins_at_midnight_with_the_gap_that_lasts() -> None:
    log = UptimeLog()
    evening = NOON.replace(hour=23, minute=59, second=58)
    log.look(True, Message(""), evening)
    log.look(True, Message(""), evening + timedelta(seconds=1))
    log.look(False, LOST, evening + timedelta(seconds=1.5))
    log.look(False, LOST, evening + timedelta(seconds=3))
    assert log.watched_s == 0.0
    (gap,) = log.gaps
    assert (gap.began, gap.ended) == (evening + timedelta(seconds=3), None)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.1, 30.0)), min_size=1, max_size=60))
def test_never_more_is_counted_than_has_passed(looks: list[tuple[bool, float]]) -> None:
    log, now = UptimeLog(), NOON
    for watching, step in looks:
        log.look(watching, LOST, now)
        now += timedelta(seconds=step)
    passed = (now - NOON).total_seconds()
    gaps = sum(((gap.ended or now) - gap.began).total_seconds() for gap in log.gaps)
    assert log.watched_s + gaps <= passed + 0.001
