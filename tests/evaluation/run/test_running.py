"""Clips from file to result, one after the other and in several processes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from fallwatch.evaluation.clips.clips import Clip, FallSeconds
from fallwatch.evaluation.clips.le2i import FallFrames
from fallwatch.evaluation.run.parallel import run_parallel
from fallwatch.evaluation.run.worker import InferenceJob, InferenceWorker
from tests.evaluation.fake_models import (
    FALL_S,
    fatal_models,
    faulty_models,
    late_models,
    no_models,
    plan,
    seen_throughout,
)
from tests.repository import REPOSITORY
from tests.sources.clip.clips import plain_image, write_avi

FALL = (FallSeconds(FALL_S, FALL_S + 0.7),)


def video(path: Path, width_px: int = 160, seconds: float = 4.0, shade: int = 0) -> Path:
    """A clip of one shade: the fake models do not look at it."""
    return write_avi(path, [plain_image(width_px, 120, shade)] * round(seconds * 15), fps=15.0)


def test_a_clip_comes_out_with_its_fall_found(tmp_path: Path) -> None:
    clip = Clip(video(tmp_path / "a.avi"), "set", falls=FALL)
    result = InferenceWorker(plan(tmp_path / "cache")).run(InferenceJob(clip))
    assert result.error is None
    assert result.clip == "set/a.avi"
    assert result.falls_s == ((FALL_S, FALL_S + 0.7),)
    assert result.duration_s == pytest.approx(4.0)
    assert [event.kind for event in result.events] == ["fall"]
    series = result.series
    assert len(series.t_s) == len(series.score) == len(series.p_fall) == len(series.poses) == 60
    assert max(series.score) > 0.5


def test_a_clip_goes_through_the_models_only_once(tmp_path: Path) -> None:
    clip = Clip(video(tmp_path / "a.avi"), "set", falls=FALL)
    first = InferenceWorker(plan(tmp_path / "cache")).run(InferenceJob(clip))
    again = InferenceWorker(plan(tmp_path / "cache", load=no_models)).run(InferenceJob(clip))
    assert again == first
    renamed = Clip(clip.path.rename(tmp_path / "b.avi"), "set", falls=FALL)
    moved = InferenceWorker(plan(tmp_path / "cache", load=no_models)).run(InferenceJob(renamed))
    assert moved == replace(first, clip="set/b.avi")


@pytest.mark.parametrize(
    "change", ["content", "pose_identity", "classifier_identity", "corruption"]
)
def test_another_content_weights_or_corruption_needs_the_models(
    tmp_path: Path, change: str
) -> None:
    clip = Clip(video(tmp_path / "a.avi"), "set")
    InferenceWorker(plan(tmp_path / "cache")).run(InferenceJob(clip))
    if change == "content":
        video(clip.path, shade=40)
    corruption = "grey" if change == "corruption" else "clean"
    identity = {change: "other"} if change.endswith("identity") else {}
    worker = InferenceWorker(plan(tmp_path / "cache", load=no_models, **identity))
    with pytest.raises(AssertionError, match="models were loaded"):
        worker.run(InferenceJob(clip, corruption))


def test_other_thresholds_are_tried_on_the_same_predictions(tmp_path: Path) -> None:
    clip = Clip(video(tmp_path / "a.avi"), "set", falls=FALL)
    worker = InferenceWorker(plan(tmp_path / "cache", load=seen_throughout, sweep=(0.4, 0.6)))
    result = worker.run(InferenceJob(clip))
    (eager,), (slow,) = result.sweep[0.4], result.sweep[0.6]
    assert eager.decided_s < slow.decided_s
    again = InferenceWorker(plan(tmp_path / "cache", load=no_models, sweep=(0.4, 0.6))).run(
        InferenceJob(clip)
    )
    assert again.sweep == result.sweep


def test_a_fall_in_a_room_whose_frames_were_skipped_is_found_as_before(tmp_path: Path) -> None:
    """Of an empty, calm room few frames are judged, as of a camera, up to the first that moves."""
    empty, someone = plain_image(160, 120, 0), plain_image(160, 120, 90)
    clip = Clip(write_avi(tmp_path / "a.avi", [empty] * 90 + [someone] * 60, fps=15.0), "set")
    every = InferenceWorker(plan(tmp_path / "cache", load=late_models)).run(InferenceJob(clip))
    live = InferenceWorker(plan(tmp_path / "cache", load=late_models, live=True)).run(
        InferenceJob(clip)
    )
    assert [event.kind for event in every.events] == ["fall"]
    assert [event.kind for event in live.events] == ["fall"]
    assert live.events[0].decided_s == pytest.approx(every.events[0].decided_s, abs=0.2)
    assert every.spared == 0.0
    assert 0.3 < live.spared < 0.7
    assert len(live.series.t_s) < len(every.series.t_s) == 150


@pytest.mark.parametrize("name", ["absent.mp4", "text.mp4", "empty.mp4"])
def test_a_clip_that_cannot_be_read_says_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "text.mp4").write_text("This is no video.")
    (tmp_path / "empty.mp4").touch()
    result = InferenceWorker(plan(tmp_path / "cache")).run(
        InferenceJob(Clip(tmp_path / name, "set"))
    )
    assert result.error is not None
    assert name in result.error
    assert result.series.t_s == ()


def test_frame_numbers_become_seconds_by_the_rate_of_the_file(tmp_path: Path) -> None:
    clip = Clip(video(tmp_path / "a.avi"), "set", falls=(FallFrames(31, 46),))
    result = InferenceWorker(plan(tmp_path / "cache")).run(InferenceJob(clip))
    assert result.falls_s == ((pytest.approx(2.0), pytest.approx(3.0)),)


# Several processes


def jobs(folder: Path, *widths: int) -> list[InferenceJob]:
    """One clip for each width."""
    return [
        InferenceJob(Clip(video(folder / f"{number}.avi", width, shade=number), "set", falls=FALL))
        for number, width in enumerate(widths)
    ]


def test_several_processes_do_every_clip_once(tmp_path: Path) -> None:
    todo = [*jobs(tmp_path, 160, 160, 160), InferenceJob(Clip(tmp_path / "absent.avi", "set"))]
    done = dict(run_parallel(plan(tmp_path / "cache"), todo, processes=2))
    assert set(done) == set(todo)
    assert [done[job].error is None for job in todo] == [True, True, True, False]
    alone = InferenceWorker(plan(tmp_path / "cache", load=no_models))
    assert [alone.run(job) for job in todo[:3]] == [done[job] for job in todo[:3]]


def test_a_fault_in_one_clip_does_not_end_the_run(tmp_path: Path) -> None:
    todo = jobs(tmp_path, 160, 80, 160)
    done = dict(run_parallel(plan(tmp_path / "cache", load=faulty_models), todo, processes=1))
    assert [done[job].error is None for job in todo] == [True, False, True]
    assert "unforeseen" in str(done[todo[1]].error)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_clip_that_kills_its_process_does_not_end_the_run(tmp_path: Path, processes: int) -> None:
    todo = jobs(tmp_path, 160, 80, 160)
    done = dict(run_parallel(plan(tmp_path / "cache", load=fatal_models), todo, processes))
    assert [done[job].error is None for job in todo] == [True, False, True]
    assert "1.avi" in str(done[todo[1]].error)


def test_a_run_that_nobody_waits_for_any_more_stops(tmp_path: Path) -> None:
    todo = jobs(tmp_path, 160, 160, 160, 160)
    running = run_parallel(plan(tmp_path / "cache"), todo, processes=1)
    next(running)
    running.close()  # type: ignore[attr-defined]
    assert 1 <= len(list((tmp_path / "cache").glob("*.npz"))) < 4


_ENDLESS_RUN = """
import sys
from pathlib import Path
from fallwatch.evaluation.clips.clips import Clip
from fallwatch.evaluation.run.parallel import run_parallel
from fallwatch.evaluation.run.worker import InferenceJob
from tests.evaluation.fake_models import endless_models, plan

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    jobs = [InferenceJob(Clip(folder / name, "set")) for name in ("0.avi", "1.avi")]
    list(run_parallel(plan(folder / "cache", load=endless_models), jobs, processes=2))
"""


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")
def test_when_a_run_is_killed_its_processes_end_too(tmp_path: Path) -> None:
    jobs(tmp_path, 160, 160)
    script, pids = tmp_path / "run.py", tmp_path / "pids"
    script.write_text(_ENDLESS_RUN)
    pids.mkdir()
    run = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        env=os.environ | {"PYTHONPATH": str(REPOSITORY), "FALLWATCH_TEST_PIDS": str(pids)},
    )
    try:
        wait_until(lambda: len(list(pids.iterdir())) == 2)
    finally:
        run.kill()
        run.wait()
    wait_until(lambda: not any(is_running(path.name) for path in pids.iterdir()))


def is_running(pid: str) -> bool:
    """Whether there is such a process; one that only waits to be buried does not count."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def wait_until(done: Callable[[], bool], within_s: float = 90.0) -> None:
    """Fail the test if it does not come about."""
    deadline = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.05)
