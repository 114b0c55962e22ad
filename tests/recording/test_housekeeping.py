"""Housekeeping: nothing is deleted while the clock is in doubt, and people are told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fallwatch.alarms.escalation import EscalationPolicy
from fallwatch.core.message import Message
from fallwatch.core.types import AlarmState
from fallwatch.dispatch.alarm_dispatcher import AlarmDispatcher
from fallwatch.events.store import EventStore
from fallwatch.events.times import utc_now, utc_text
from fallwatch.recording.housekeeping import CLOCK_JUMPED, housekeeping
from fallwatch.recording.media import MediaFolder
from fallwatch.settings import Settings
from fallwatch.system.clock_watch import ClockWatch
from tests.alarms.builders import make_alarm

DAY_S = 86_400


def test_a_clock_set_forward_deletes_nothing_and_is_told(tmp_path: Path) -> None:
    store, media = EventStore(tmp_path / "events.db"), MediaFolder(tmp_path / "recordings")
    # To a clock 400 days ahead, this one, every event of before is too old.
    before = utc_text(utc_now() - timedelta(days=400))
    store.add(make_alarm("a", started_utc=before, state=AlarmState.CLOSED))
    wall_s, monotonic_s = 1_790_000_000.0, 0.0

    def clock() -> ClockWatch:
        return ClockWatch(
            tmp_path / "clock.json", wall=lambda: wall_s, monotonic=lambda: monotonic_s
        )

    clock().is_plausible()
    wall_s += DAY_S
    watch = clock()
    assert watch.is_plausible()
    wall_s += 400 * DAY_S
    dispatcher = AlarmDispatcher(store, [], EscalationPolicy(), on_change=lambda alarms: None)
    keep = housekeeping(store, media, Settings, watch, dispatcher)
    keep()
    assert store.get("a") is not None
    (told,) = dispatcher.open_alarms
    assert told.kind == CLOCK_JUMPED
    assert told.evidence[0].arguments == (400,)
    assert isinstance(told.evidence[0], Message)
    for _ in range(24):
        keep()
        assert store.get("a") is not None
        wall_s += 3600
        monotonic_s += 3600
    keep()
    assert store.get("a") is None, "it has run evenly for a day"
    assert dispatcher.open_alarms == ()
    dispatcher.stop()
    store.close()
