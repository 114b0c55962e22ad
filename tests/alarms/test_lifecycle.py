from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from fallwatch.alarms import lifecycle
from fallwatch.core.message import Message
from fallwatch.core.types import AlarmState
from tests.alarms.builders import make_alarm

NOW = "2026-01-31T03:05:00.000Z"


def test_an_acknowledgement_is_kept_with_who_and_when() -> None:
    answered = lifecycle.acknowledge(make_alarm(), "Ada", NOW)
    assert answered.state is AlarmState.ACKNOWLEDGED
    assert (answered.acknowledged_by, answered.acknowledged_utc) == ("Ada", NOW)


def test_the_first_acknowledgement_stands() -> None:
    answered = lifecycle.acknowledge(make_alarm(), "Ada", NOW)
    assert lifecycle.acknowledge(answered, "Bob", "later") == answered


def test_a_person_who_got_up_leaves_an_unacknowledged_alarm_to_be_acknowledged() -> None:
    up = lifecycle.returned(make_alarm())
    assert up.state is AlarmState.RETURNED_UNACKNOWLEDGED
    assert lifecycle.is_unacknowledged(up)
    assert lifecycle.returned(up) == up
    assert lifecycle.acknowledge(up, "Ada", NOW).state is AlarmState.CLOSED


def test_a_person_who_got_up_ends_an_acknowledged_alarm() -> None:
    closed = lifecycle.returned(lifecycle.acknowledge(make_alarm(), "Ada", NOW))
    assert (closed.state, closed.acknowledged_by) == (AlarmState.CLOSED, "Ada")


def test_a_new_trigger_undoes_the_acknowledgement_and_tells_what_is_new_first() -> None:
    answered = lifecycle.acknowledge(make_alarm(evidence=("a", "b")), "Ada", NOW)
    again = lifecycle.trigger(answered, (Message("still down"), Message("b")))
    assert again.state is AlarmState.UNACKNOWLEDGED
    assert (again.acknowledged_by, again.acknowledged_utc) == (None, None)
    assert again.evidence == (Message("still down"), Message("b"), Message("a"))


def test_a_closed_alarm_is_not_triggered_again() -> None:
    with pytest.raises(ValueError, match="closed"):
        lifecycle.trigger(make_alarm(state=AlarmState.CLOSED))


def test_an_unacknowledged_alarm_cannot_be_closed() -> None:
    for alarm in (make_alarm(), lifecycle.returned(make_alarm())):
        with pytest.raises(ValueError, match="not acknowledged"):
            lifecycle.close(alarm)


def test_only_technical_alarms_clear_themselves_and_say_so() -> None:
    cleared = lifecycle.condition_cleared(make_alarm(kind="camera_lost"), "condition cleared")
    assert (cleared.state, cleared.acknowledged_by) == (AlarmState.CLOSED, "condition cleared")
    assert cleared.acknowledged_utc is None
    with pytest.raises(ValueError, match="person"):
        lifecycle.condition_cleared(make_alarm(kind="on_floor"), "condition cleared")


def test_only_alarms_of_clips_end_with_their_clip() -> None:
    closed = lifecycle.close_with_clip(make_alarm(from_clip=True), "end of the clip")
    assert closed.state is AlarmState.CLOSED
    with pytest.raises(ValueError, match="room"):
        lifecycle.close_with_clip(make_alarm(), "end of the clip")


class AnyNight(RuleBasedStateMachine):
    """Whatever happens in whatever order: an alarm nobody acknowledged stays unacknowledged."""

    def __init__(self) -> None:
        super().__init__()
        self.alarm = make_alarm()
        self.answered = False

    @rule(evidence=st.lists(st.text(max_size=3), max_size=2))
    def happens_again(self, evidence: list[str]) -> None:
        if self.alarm.state is AlarmState.CLOSED:
            self.alarm = make_alarm()
        else:
            self.alarm = lifecycle.trigger(self.alarm, tuple(map(Message, evidence)))
        self.answered = False

    @rule()
    def gets_up(self) -> None:
        self.alarm = lifecycle.returned(self.alarm)

    @rule()
    def answer(self) -> None:
        self.alarm = lifecycle.acknowledge(self.alarm, "Ada", NOW)
        self.answered = True

    @rule(step=st.sampled_from(["close", "condition_cleared", "close_with_clip"]))
    def program_tidies_up(self, step: str) -> None:
        call = getattr(lifecycle, step)
        try:
            self.alarm = call(self.alarm) if step == "close" else call(self.alarm, "program")
        except ValueError:
            return

    @invariant()
    def silence_is_never_acknowledgement(self) -> None:
        assert lifecycle.is_unacknowledged(self.alarm) is not self.answered
        assert (self.alarm.acknowledged_by == "Ada") is self.answered


TestAnyNight = AnyNight.TestCase
