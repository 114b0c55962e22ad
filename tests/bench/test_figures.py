"""From measurements to figures, ratios and the caregiver's conclusion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.bench.figures import (
    FALLWATCH,
    NAIVE,
    WatchedCameras,
    cameras_possible,
    conclusion,
    paired_ratio,
    per_second,
    percentile,
    summarize_live,
)
from fallwatch.bench.measure.arms import Lap, LiveRun
from tests.bench.reports import a_report

ROW = WatchedCameras(FALLWATCH, 1, False, 15.0, 15.0, (40.0, 60.0, 80.0), 60.0, 300.0)


def row(cameras: int, fps: float, *, p95_ms: float = 90.0, arm: str = FALLWATCH) -> WatchedCameras:
    return replace(
        ROW,
        arm=arm,
        cameras=cameras,
        slowest_fps=fps,
        decisions_per_s=fps * cameras,
        latency_ms=(50.0, p95_ms, 120.0),
    )


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([], 0),
        ([row(1, 5.0)], 0),
        ([row(1, 15.0)], 1),
        ([row(1, 15.0), row(2, 12.0), row(4, 8.0)], 4),
        ([row(1, 15.0), row(4, 8.0), row(9, 5.4)], 6),
        ([row(1, 15.0), row(4, 6.1), row(9, 2.0)], 3),
        ([row(1, 15.0), row(4, 15.0, p95_ms=4000.0)], 3),
        ([row(1, 15.0), row(9, 8.0)], 9),
        ([row(1, 15.0), row(9, 8.0, arm=NAIVE)], 1),
        ([row(1, 15.0), replace(row(9, 15.0), still=True)], 1),
    ],
)
def test_cameras_count_as_possible_while_each_is_judged_often_enough(
    rows: list[WatchedCameras], expected: int
) -> None:
    assert cameras_possible(rows) == expected


def test_a_camera_that_starves_is_seen_behind_the_others() -> None:
    live = LiveRun((150, 150, 3, 150), (0.05,) * 4, 10.0, 8.0, None)
    assert summarize_live(FALLWATCH, 4, [live]).slowest_fps == pytest.approx(0.3)


def test_a_camera_that_was_never_judged_counts_as_starved() -> None:
    live = LiveRun((150, 150), (0.05,) * 4, 10.0, 8.0, None)
    assert summarize_live(FALLWATCH, 3, [live]).slowest_fps == 0.0


def test_runs_are_summed_up_by_their_medians() -> None:
    lives = [LiveRun((n,), (n / 1000.0,), 10.0, n / 10, float(n)) for n in (100, 150, 900)]
    row = summarize_live(NAIVE, 1, lives)
    assert row.decisions_per_s == pytest.approx(15.0)
    assert row.latency_ms == pytest.approx((150.0, 150.0, 150.0))
    assert row.memory_mb == 150.0
    assert row.core_percent == pytest.approx(150.0)


def test_memory_that_nobody_knows_stays_unknown() -> None:
    assert summarize_live(NAIVE, 1, [LiveRun((1,), (0.1,), 1.0, 1.0, None)]).memory_mb is None


def test_what_disturbs_both_ways_does_not_change_their_ratio() -> None:
    quiet = paired_ratio([30.0, 30.0, 30.0], [10.0, 10.0, 10.0])
    assert paired_ratio([30.0, 3.0, 30.0], [10.0, 1.0, 10.0]) == pytest.approx(quiet)


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (95, 95), (99, 99), (100, 100)])
def test_percentiles_are_values_that_were_measured(percent: float, expected: float) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == expected


def test_laps_are_counted_by_both_clocks() -> None:
    assert per_second([Lap(60, 4.0, 2.0), Lap(60, 6.0, 3.0), Lap(60, 60.0, 2.0)]) == (10.0, 30.0)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "This PC can watch 1 camera."),
        (4, "This PC can watch 4 cameras."),
    ],
)
def test_a_caregiver_gets_one_sentence(count: int, words: str) -> None:
    assert conclusion(a_report(watched=(row(count, 15.0),))) == words


def test_a_pc_that_is_too_slow_says_what_to_do() -> None:
    assert "close other programs" in conclusion(a_report(watched=(row(1, 3.0),)))
