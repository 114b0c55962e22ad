"""Matching of alarms to annotated falls."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.evaluation.score.clip_result import Event
from fallwatch.evaluation.score.matching import Verdict, match

FALL = (10.0, 11.0)


def event(decided_s: float, kind: str = "fall") -> Event:
    """An alarm at a time."""
    return Event(kind, decided_s, decided_s)


def verdicts(*events: Event, falls: tuple[tuple[float, float], ...] = (FALL,)) -> list[str]:
    """The verdict on each alarm, in order of time."""
    return [each.verdict.value for each in match(events, falls, after_s=5.0)]


@pytest.mark.parametrize(
    ("decided_s", "verdict"),
    [(9.69, "false"), (9.7, "found"), (10.6, "found"), (16.0, "found"), (16.01, "false")],
)
def test_an_alarm_counts_from_just_before_the_fall_to_some_time_after_it(
    decided_s: float, verdict: str
) -> None:
    assert verdicts(event(decided_s)) == [verdict]


def test_one_alarm_finds_one_fall() -> None:
    falls = ((10.0, 11.0), (12.0, 13.0))
    assert verdicts(event(12.5), falls=falls) == ["found"]
    assert [m.fall for m in match([event(12.5)], falls)] == [0]
    assert [m.fall for m in match([event(12.6), event(12.5)], falls)] == [0, 1]


def test_a_second_alarm_about_a_found_fall_is_repeated() -> None:
    assert verdicts(event(10.5), event(12.0)) == ["found", "repeated"]


def test_a_long_lie_after_a_found_fall_is_no_false_alarm_however_late() -> None:
    assert verdicts(event(10.5), event(70.5, "long_lie")) == ["found", "repeated"]


def test_somebody_found_lying_long_after_a_missed_fall_is_late() -> None:
    assert verdicts(event(31.0, "on_floor")) == ["late"]
    assert verdicts(event(31.0, "fall")) == ["false"]


def test_somebody_found_lying_before_any_fall_is_a_false_alarm() -> None:
    assert verdicts(event(5.0, "on_floor")) == ["false"]
    assert verdicts(event(5.0, "on_floor"), falls=()) == ["false"]


def test_recovery_is_no_alarm() -> None:
    assert verdicts(event(10.5), event(13.0, "recovered")) == ["found"]


def test_the_delay_is_counted_from_the_annotated_start() -> None:
    (matched,) = match([event(10.8)], [FALL])
    assert matched.delay_s([FALL]) == pytest.approx(0.8)


@given(
    alarms=st.lists(st.floats(0, 60), max_size=8),
    starts=st.lists(st.floats(0, 60), max_size=5),
)
def test_no_fall_is_found_twice_and_every_alarm_is_matched(
    alarms: list[float], starts: list[float]
) -> None:
    falls = tuple((start, start + 1.0) for start in starts)
    matched = match([event(at) for at in alarms], falls)
    found = [each.fall for each in matched if each.verdict is Verdict.FOUND]
    assert len(found) == len(set(found)) <= len(falls)
    assert len(matched) == len(alarms)
