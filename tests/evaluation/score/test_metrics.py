"""The figures of a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fallwatch.core.judge.judge import THRESHOLDS
from fallwatch.evaluation.score.clip_result import ClipResult, Event
from fallwatch.evaluation.score.compare import compare
from fallwatch.evaluation.score.metrics import summarize, summarize_all
from fallwatch.evaluation.score.sweep import SWEEP_THRESHOLDS, sweep_points
from tests.evaluation.factory import clip_result


def test_the_figures_of_a_small_run_worked_out_by_hand() -> None:
    summary = summarize(
        "all",
        [
            clip_result("set/a", 10.5, fall_s=10.0),
            clip_result("set/b", 11.5, fall_s=10.0),
            clip_result("set/c", fall_s=10.0),
            clip_result("set/d", 3.0, 20.0),
            clip_result("set/e"),
        ],
    )
    assert (summary.clips, summary.falls, summary.found) == (5, 3, 2)
    assert (summary.false_alarms, summary.clips_with_false_alarm) == (2, 1)
    assert summary.hours == pytest.approx(0.05)
    assert summary.sensitivity == pytest.approx(2 / 3)
    assert summary.precision == pytest.approx(0.5)
    assert summary.f1 == pytest.approx(4 / 7)
    assert summary.false_per_hour == pytest.approx(40.0)
    assert summary.false_per_hour_upper == pytest.approx(6.296 / 0.05, rel=1e-3)
    assert summary.delay_p50_s == pytest.approx(1.0)
    assert summary.delay_p95_s == pytest.approx(1.45)
    assert summary.sensitivity_ci is not None
    assert summary.sensitivity_ci[0] < 2 / 3 < summary.sensitivity_ci[1]


def test_without_clips_there_are_no_figures_and_no_errors() -> None:
    summary = summarize("none", [])
    assert (summary.clips, summary.falls, summary.hours) == (0, 0, 0.0)
    assert summary.sensitivity is summary.precision is summary.f1 is None
    assert summary.false_per_hour is summary.false_per_hour_upper is summary.delay_p50_s is None


def test_everyday_clips_alone_give_a_bound_by_the_rule_of_three() -> None:
    summary = summarize("quiet", [clip_result(duration_s=3600.0)])
    assert summary.sensitivity is None
    assert summary.f1 is None
    assert (summary.false_per_hour, summary.false_per_hour_upper) == (0.0, 3.0)


def test_failed_and_unlabelled_clips_count_nowhere() -> None:
    summary = summarize(
        "all",
        [clip_result("a", error="broken"), clip_result("b", 3.0, labelled=False), clip_result("c")],
    )
    assert (summary.clips, summary.false_alarms) == (1, 0)
    assert summary.hours == pytest.approx(0.01)


def test_kinds_are_counted_apart_and_a_long_lie_is_no_false_alarm() -> None:
    lie = Event("long_lie", 10.5, 70.5)
    floor = Event("on_floor", 3.0, 23.0)
    up = Event("recovered", 75.0, 77.0)
    summary = summarize(
        "all",
        [clip_result("a", 10.5, lie, up, fall_s=10.0, duration_s=90.0), clip_result("b", floor)],
    )
    assert summary.alarms_by_kind == {"fall": 1, "on_floor": 1, "long_lie": 1}
    assert summary.false_by_kind == {"on_floor": 1}
    assert (summary.repeated, summary.late) == (1, 0)


def test_the_window_is_a_parameter() -> None:
    clips = [clip_result("a", 17.5, fall_s=10.0)]
    assert summarize("short", clips, after_s=5.0).found == 0
    assert summarize("long", clips, after_s=7.0).found == 1


def test_poses_are_counted_before_and_after_the_start_of_a_fall() -> None:
    seen = tuple([1] * 10 + [1, 0, 0, 0, 0] + [1] * 21)
    summary = summarize("all", [clip_result("a", fall_s=10.0, poses=seen), clip_result("b")])
    assert summary.pose_before == 1.0
    assert summary.pose_after == pytest.approx(0.2)


def test_sport_is_reported_apart_and_sources_each_for_themselves() -> None:
    summaries = summarize_all(
        [
            clip_result("one/a", 10.5, fall_s=10.0),
            clip_result("two/b", 3.0),
            clip_result("two/c", 3.0, 9.0, sport=True),
        ]
    )
    assert [(s.name, s.clips, s.false_alarms) for s in summaries] == [
        ("all clips but sport", 2, 1),
        ("sport", 1, 2),
        ("one", 1, 0),
        ("two", 1, 1),
    ]


# Over thresholds


def test_the_sweep_tries_the_three_settings() -> None:
    assert set(THRESHOLDS.values()) <= set(SWEEP_THRESHOLDS)
    assert list(SWEEP_THRESHOLDS) == sorted(SWEEP_THRESHOLDS)


def test_the_sweep_gives_one_point_for_each_threshold_without_sport() -> None:
    early, late = Event("fall", 10.2, 10.2), Event("fall", 10.9, 10.9)
    false = Event("fall", 3.0, 3.0)
    normal = THRESHOLDS["normal"]
    clips = [
        clip_result("a", fall_s=10.0, sweep={0.3: (early,), normal: (late,), 0.9: ()}),
        clip_result("b", sweep={0.3: (false,), normal: (), 0.9: ()}),
        clip_result("c", sport=True, sweep={0.3: (false,), normal: (false,), 0.9: (false,)}),
    ]
    points = sweep_points(clips)
    assert [p.threshold for p in points] == [0.3, normal, 0.9]
    assert [p.sensitivity for p in points] == [1.0, 1.0, 0.0]
    assert [p.false_alarms for p in points] == [1, 0, 0]
    assert [p.setting for p in points] == ["", "normal", ""]
    assert points[0].delay_p50_s == pytest.approx(0.2)


def test_without_a_sweep_there_is_no_curve() -> None:
    assert sweep_points([clip_result("a")]) == []
    assert sweep_points([]) == []


# Two runs


def run(*alarms: tuple[float, ...]) -> list[ClipResult]:
    """Clips of which every second one has a fall at 10 s."""
    return [
        clip_result(f"set/{number}", *each, fall_s=10.0 if number % 2 == 0 else None)
        for number, each in enumerate(alarms)
    ]


def test_two_equal_runs_do_not_differ() -> None:
    a = run((10.5,), (3.0,), (), ())
    comparison = compare(a, a)
    assert comparison.changes == ()
    assert [d.change for d in comparison.differences] == [0.0] * 4
    assert [d.change_ci for d in comparison.differences] == [(0.0, 0.0)] * 4


def test_a_comparison_names_the_clips_that_changed() -> None:
    a, b = run((10.5,), (3.0,), ()), run((), (), (10.5,))
    comparison = compare(a, b)
    assert dict(comparison.changes) == {
        "set/0": "fall missed now",
        "set/1": "false alarms 1 → 0",
        "set/2": "fall found now",
    }
    by_name = {d.metric: d for d in comparison.differences}
    assert by_name["sensitivity"].change == 0.0
    assert by_name["sensitivity"].change_ci == (-1.0, 1.0)
    assert by_name["false_per_hour"].change == pytest.approx(-1 / 0.03)
    assert by_name["precision"].a == pytest.approx(0.5)
    assert by_name["precision"].b == pytest.approx(1.0)


def test_a_comparison_leaves_out_what_only_one_run_has() -> None:
    a, b = run((10.5,), ()), run((10.5,))
    b.append(replace(b[0], clip="set/new"))
    comparison = compare(a, b)
    assert (comparison.clips, comparison.only_a, comparison.only_b) == (
        1,
        ("set/1",),
        ("set/new",),
    )
