from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fallwatch.alarms.escalation import Due, EscalationPolicy, Waiting
from fallwatch.core.types import Priority

POLICY = EscalationPolicy(repeat_every_s=5.0, waits_s={"daughter": 60.0, "neighbour": 180.0})


def told_times(priority: Priority, until_s: int) -> list[int]:
    """Seconds at which one alarm is told, looked at once a second."""
    waiting = Waiting("a", priority, since_s=0.0)
    times = []
    for now_s in range(until_s):
        if POLICY.due([waiting], now_s):
            times.append(now_s)
            waiting = replace(waiting, last_told_s=float(now_s))
    return times


@pytest.mark.parametrize(
    ("priority", "times"),
    [
        (Priority.HIGH, [0, 5, 10, 15, 20, 25, 30]),
        (Priority.MEDIUM, [0, 15, 30]),
        (Priority.LOW, [0, 30]),
    ],
)
def test_an_alarm_is_told_at_once_and_then_at_its_priority_s_pace(
    priority: Priority, times: list[int]
) -> None:
    assert told_times(priority, 31) == times


def test_nothing_is_due_when_nobody_waits() -> None:
    assert POLICY.due([], 100.0) == []


def test_the_most_urgent_is_told_first() -> None:
    waiting = [
        Waiting("camera", Priority.MEDIUM, 0.0),
        Waiting("late fall", Priority.HIGH, 2.0),
        Waiting("fall", Priority.HIGH, 1.0),
    ]
    assert [due.event_id for due in POLICY.due(waiting, 3.0)] == ["fall", "late fall", "camera"]


@pytest.mark.parametrize(
    ("waited_s", "told"),
    [
        (0.0, {"sound"}),
        (59.9, {"sound"}),
        (60.0, {"sound", "daughter"}),
        (179.0, {"sound", "daughter"}),
        (180.0, {"sound", "daughter", "neighbour"}),
    ],
)
def test_the_calling_chain_goes_on_while_nobody_acknowledges(
    waited_s: float, told: set[str]
) -> None:
    waiting = [Waiting("a", Priority.HIGH, since_s=7.0, last_told_s=0.0)]
    (due,) = POLICY.due(waiting, 7.0 + waited_s)
    assert due.waited_s == pytest.approx(waited_s)
    assert {
        name for name in ("sound", "daughter", "neighbour") if POLICY.tells(name, waited_s)
    } == told


def test_a_wait_that_is_no_number_keeps_nobody_from_being_told() -> None:
    assert EscalationPolicy(waits_s={"Anna": math.nan}).tells("Anna", 0.0)


def test_several_alarms_come_to_be_told_together() -> None:
    first = Waiting("first", Priority.HIGH, 0.0, last_told_s=3.0)
    second = Waiting("second", Priority.HIGH, 0.0, last_told_s=0.0)
    assert POLICY.due([first, second], 5.0) == [Due("second", 5.0)]
    later = Waiting("first", Priority.HIGH, 0.0, last_told_s=2.0)
    assert {due.event_id for due in POLICY.due([later, second], 5.0)} == {"first", "second"}


@pytest.mark.parametrize("bad", [{"repeat_every_s": 0.0}, {"remind_after_s": -1.0}])
def test_a_period_that_is_not_above_zero_is_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        EscalationPolicy(**bad)  # type: ignore[arg-type]


@given(
    start_s=st.lists(st.floats(0, 100), min_size=1, max_size=4),
    looks_s=st.lists(st.floats(0.05, 3.0), max_size=60),
)
def test_no_alarm_ever_waits_longer_than_its_period_and_one_look(
    start_s: list[float], looks_s: list[float]
) -> None:
    waiting = {str(n): Waiting(str(n), Priority.HIGH, at_s) for n, at_s in enumerate(start_s)}
    now_s = 100.0
    for look_s in looks_s:
        for due in POLICY.due(tuple(waiting.values()), now_s):
            waiting[due.event_id] = replace(waiting[due.event_id], last_told_s=now_s)
        for each in waiting.values():
            assert each.last_told_s is not None
            assert now_s - each.last_told_s < POLICY.repeat_every_s
        now_s += look_s
