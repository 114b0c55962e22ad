"""A fault that was acknowledged and lasts raises its alarm again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.types import Alarm, AlarmState
from fallwatch.dispatch.policy import escalation_policy
from fallwatch.settings import AlarmSettings, Settings
from tests.alarms.builders import make_alarm
from tests.dispatch.test_alarm_dispatcher import POLICY, Bench

SLOW = Message("Only 1 frames a second are analysed.")
AFTER_S = POLICY.remind_after_s


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "events.db")
    bench.dispatcher.start()
    yield bench
    bench.close()


def acknowledged(bench: Bench, camera: str, kind: str) -> Alarm:
    alarm = bench.dispatcher.raise_technical(camera, kind, SLOW)
    bench.dispatcher.acknowledge(alarm.event_id, "anna")
    bench.settle()
    return alarm


def state(bench: Bench, alarm: Alarm) -> AlarmState:
    (known,) = (a for a in bench.dispatcher.open_alarms if a.event_id == alarm.event_id)
    return known.state


@pytest.mark.parametrize(
    ("camera", "kind"),
    [("Hall", "analysis_slow"), ("Hall", "camera_lost"), (THIS_COMPUTER, "sound_failed")],
)
def test_a_fault_that_lasts_is_raised_again(bench: Bench, camera: str, kind: str) -> None:
    # What failed on a channel would be over with its next success.
    bench.sound.error = RuntimeError("broken") if kind == "sound_failed" else None
    alarm = acknowledged(bench, camera, kind)
    told = bench.told(alarm.event_id)
    bench.clock.advance(AFTER_S - 1.0)
    bench.settle()
    assert state(bench, alarm) is AlarmState.ACKNOWLEDGED
    bench.clock.advance(1.0)
    bench.settle()
    assert state(bench, alarm) is AlarmState.UNACKNOWLEDGED
    assert bench.told(alarm.event_id) > told
    (again,) = bench.dispatcher.open_alarms
    assert [str(line) for line in again.evidence] == [
        "Acknowledged, but it still lasts, after 15 minutes.",
        str(SLOW),
    ]
    assert bench.store.get(alarm.event_id) == again


def test_it_is_raised_again_each_time_it_is_acknowledged_and_says_how_long_it_lasts(
    bench: Bench,
) -> None:
    alarm = acknowledged(bench, "Hall", "camera_lost")
    for minutes in (15, 30):
        bench.clock.advance(AFTER_S)
        bench.settle()
        (again,) = bench.dispatcher.open_alarms
        assert f"after {minutes} minutes" in str(again.evidence[0])
        assert len(again.evidence) == 2
        bench.dispatcher.acknowledge(alarm.event_id, "anna")


def test_a_fault_that_is_over_is_not_raised_again(bench: Bench) -> None:
    acknowledged(bench, "Hall", "camera_lost")
    bench.dispatcher.clear_technical("Hall", "camera_lost")
    bench.clock.advance(2 * AFTER_S)
    bench.settle()
    assert bench.dispatcher.open_alarms == ()


@pytest.mark.parametrize("kind", ["watch_gap", "record_damaged"])
def test_what_is_past_is_never_raised_again(bench: Bench, kind: str) -> None:
    alarm = acknowledged(bench, THIS_COMPUTER, kind)
    bench.clock.advance(2 * AFTER_S)
    bench.settle()
    assert state(bench, alarm) is AlarmState.ACKNOWLEDGED


def test_faults_of_other_computers_and_falls_are_not_raised_again(bench: Bench) -> None:
    there = make_alarm("there", kind="camera_lost", camera="Attic")
    bench.dispatcher.mirror(there)
    fall = bench.fall()
    for alarm in (there, fall):
        bench.dispatcher.acknowledge(alarm.event_id, "anna")
    bench.clock.advance(2 * AFTER_S)
    bench.settle()
    assert {state(bench, each) for each in (there, fall)} == {AlarmState.ACKNOWLEDGED}


def test_the_time_is_set_in_the_settings() -> None:
    settings = Settings(alarm=AlarmSettings(remind_after_minutes=5))
    assert escalation_policy(settings).remind_after_s == 300.0
    assert escalation_policy(Settings()).remind_after_s == 900.0
