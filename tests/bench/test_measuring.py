"""The measurements themselves, as short as they can be, with the real models."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from fallwatch import paths
from fallwatch.bench import run
from fallwatch.bench.arm_process import ArmProcess
from fallwatch.bench.errors import BenchError
from fallwatch.bench.measure.window import measure_window
from fallwatch.bench.run import arm_names, write_report
from fallwatch.cli.main import app
from tests.bench.reports import a_report

VARIANT = "resnet18-optimised"


@pytest.mark.parametrize("installed", [True, False])
def test_the_naive_way_is_measured_only_where_mediapipe_is(
    monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    monkeypatch.setattr(run.util, "find_spec", lambda name: object() if installed else None)
    assert run.arm_names() == (("naive", "fallwatch") if installed else ("fallwatch",))


@pytest.mark.timeout(600)
def test_both_ways_judge_the_same_clip(demo_fall: Path) -> None:
    for name in arm_names():
        child = ArmProcess(name, demo_fall, paths.weights_dir(), VARIANT)
        try:
            lap = child.lap(3)
        finally:
            child.close()
        assert lap.decisions == 3
        assert lap.cpu_s > 0


@pytest.mark.timeout(600)
def test_cameras_are_watched_live_and_the_stages_are_timed(demo_fall: Path) -> None:
    child = ArmProcess("fallwatch", demo_fall, paths.weights_dir(), VARIANT)
    try:
        live = child.live(2, 2.0)
        stages = {stage.name: stage for stage in child.stages(60)}
    finally:
        child.close()
    assert len(live.decisions) == 2
    assert len(live.latencies_s) == sum(live.decisions)
    assert all(age_s > 0 for age_s in live.latencies_s)
    assert stages["pose"].per_s == pytest.approx(15.0)
    assert stages["classify"].per_s < 8.0
    assert stages["look for motion"].cpu_ms < stages["pose"].cpu_ms


@pytest.mark.timeout(600)
def test_the_window_is_measured_off_screen(demo_daily: Path) -> None:
    figures = measure_window(demo_daily, 1, 2.0, paths.weights_dir(), VARIANT)
    assert 0 < figures.first_paint_s < figures.first_decision_s
    assert figures.capture_to_paint_s
    assert len(figures.stalled_paint_s) > 1
    assert figures.paint_ms > 0


def test_an_arm_that_fails_says_why(demo_fall: Path, tmp_path: Path) -> None:
    # For want of weights, or of MediaPipe.
    with pytest.raises(BenchError, match=r"The naive arm failed: \w+"):
        ArmProcess("naive", demo_fall, tmp_path, VARIANT)


@pytest.mark.parametrize("arguments", [["missing.mp4"], ["--variant", "unknown"]])
def test_what_cannot_be_measured_is_one_sentence(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["--verbose", "bench", *arguments])
    assert done.exit_code == 2
    assert done.stderr.startswith("Error: ")


def test_a_baseline_of_the_other_kind_is_refused_before_anything_is_measured(
    tmp_path: Path,
) -> None:
    write_report(a_report(), tmp_path)
    done = CliRunner().invoke(app, ["--verbose", "bench", "--check", str(tmp_path / "bench.json")])
    assert done.exit_code == 2
    assert "add --quick" in done.stderr.replace("\n", " ")
