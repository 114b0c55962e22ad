from __future__ import annotations

from datetime import datetime, timedelta, timezone

from fallwatch.events.times import utc_now, utc_text


def test_moments_are_written_in_utc_with_milliseconds() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    moment = datetime(2026, 1, 31, 8, 34, 5, 678_900, india)
    assert utc_text(moment) == "2026-01-31T03:04:05.678Z"


def test_now_has_a_time_zone() -> None:
    assert utc_now().utcoffset() == timedelta(0)
