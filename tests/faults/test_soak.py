"""The figures of a soak are worked out from what the program told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.drills.soak import Figures, figures, rows


def _lines(slope_mb_s: float = 0.0, late_ms: float = 2.0) -> list[dict[str, Any]]:
    looks: list[dict[str, Any]] = [
        {
            "at_s": 100.0 + second,
            "rss_mb": 500 + slope_mb_s * second,
            "threads": 20 + second % 2,
            "descriptors": 30,
            "late_ms": [late_ms] * 50,
            "rooms": {"Hall (RTSP)": "Monitoring" if second >= 60 else "Starting"},
        }
        for second in range(0, 661, 5)
    ]
    return [*looks, {"shutdown_s": 0.8, "left_running": []}]


_EVENTS = [("Hall (RTSP)", "fall")] * 24 + [("Hall (RTSP)", "camera_lost")]


def test_what_is_expected_is_what_was_played_while_it_was_watched() -> None:
    found = figures(_lines(), _EVENTS, settle_s=60)
    assert (found.falls_expected, found.falls_seen, found.false_alarms) == (25, 24, 0)
    assert found.technical == {"camera_lost": 1}
    assert found.minutes == 11.0
    assert found.threads == (20, 21)
    assert all(row.kept for row in rows(found))


def test_memory_that_grows_is_not_kept() -> None:
    found = figures(_lines(slope_mb_s=0.01), _EVENTS, settle_s=60)
    assert found.slope_mb_h == pytest.approx(36, abs=0.2)
    assert [row.kept for row in rows(found)] == [False, True, True, True]


def test_at_most_half_of_the_time_counts_as_settling() -> None:
    assert figures(_lines(), _EVENTS, settle_s=3600).settled_after_s == 330


@pytest.mark.parametrize(
    ("lines", "events"),
    [
        (_lines(late_ms=150.0), _EVENTS),
        (_lines(), _EVENTS[:20]),
        (_lines(), [*_EVENTS, ("Bedroom (file)", "on_floor")]),
        (_lines(), [*_EVENTS, *[("Hall (RTSP)", "fall")] * 5]),
        ([*_lines()[:-1], {"shutdown_s": 2.1, "left_running": []}], _EVENTS),
    ],
)
def test_what_is_slow_missed_or_false_is_not_kept(
    lines: list[dict[str, Any]], events: list[tuple[str, str]]
) -> None:
    found: Figures = figures(lines, events, settle_s=60)
    assert sum(not row.kept for row in rows(found)) == 1
