"""The short form: a simulated hour, outages of seconds, two kills."""

from __future__ import annotations

import random

import pytest

from tests.faults.drills import outbox

pytestmark = pytest.mark.faults


def test_after_a_simulated_hour_every_alarm_comes_within_a_minute_once() -> None:
    row = outbox.simulated_hour(alarms=6)
    assert row.kept, row.result
    assert row.result.startswith("6 of 6 came")


def test_a_service_that_answered_with_an_error_gets_all_when_it_is_back() -> None:
    row = outbox.real_outage("error 503", outage_s=3.0)
    assert row.kept, row.result


def test_nothing_is_lost_when_the_sender_is_killed() -> None:
    row = outbox.killed(2, random.Random(1))
    assert row.kept, row.result
