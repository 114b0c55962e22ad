"""Short form of ``python -m tests.faults crash``."""

from __future__ import annotations

import argparse
import sys

import pytest

from tests.faults.drills import crash


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_while_it_alarms_and_records_it_loses_nothing() -> None:
    report = crash.run(argparse.Namespace(kills=3, jobs=1, seed=7))
    events, sound, clips = report.rows
    assert events.kept, events.result
    assert sound.kept, sound.result
    assert clips.kept, clips.result
    kills = report.details["kills"]
    assert isinstance(kills, list)
    assert sum(kill["committed"] for kill in kills) >= 3


def test_a_lost_event_a_damaged_record_and_a_late_sound_break_the_promise() -> None:
    good = crash.Kill(2, 0, "ok", 1.0, 0.5, [(3.0, 0.1), (1.0, float("inf"))])
    assert [row.kept for row in crash.report([good], 1).rows] == [True, True, True]
    lost = crash.Kill(2, 1, "ok", 1.0, 0.5, [(3.0, 0.1)])
    assert [row.kept for row in crash.report([lost], 1).rows] == [False, True, True]
    damaged = crash.Kill(2, 0, "no", 1.0, 0.5, [(3.0, 0.1)])
    assert [row.kept for row in crash.report([damaged], 1).rows] == [False, True, True]
    late = crash.Kill(2, 0, "ok", 5.6, 0.5, [(3.0, 0.1)])
    assert [row.kept for row in crash.report([late], 1).rows] == [True, False, True]
    short = crash.Kill(2, 0, "ok", 1.0, 0.5, [(3.0, 2.1)])
    assert [row.kept for row in crash.report([short], 1).rows] == [True, True, False]
