"""Run of the benchmark: the arms in turn, the cameras, the window, the stages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib import util
from pathlib import Path

from fallwatch.bench.arm_process import ArmProcess
from fallwatch.bench.figures import (
    FALLWATCH,
    NAIVE,
    Report,
    WatchedCameras,
    WindowSummary,
    paired_ratio,
    per_second,
    percentile,
    summarize_live,
    summarize_window,
)
from fallwatch.bench.files import write_files
from fallwatch.bench.machine import OnStep, machine_text
from fallwatch.bench.measure.arms import CAMERA_FPS, Lap, LiveRun
from fallwatch.bench.measure.footage import SceneName
from fallwatch.bench.measure.stages import Stage
from fallwatch.bench.measure.window import measure_window
from fallwatch.bench.report.chart import stage_chart
from fallwatch.bench.report.tables import markdown

#: Names of the files in the output folder.
JSON_FILE, CHART_FILE, TABLE_FILE = "bench.json", "bench.svg", "bench.md"

_PAINT = "paint"


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """Extent of a run.

    Attributes:
        rounds: Number of times that the arms take turns.
        frames: Number of the clip's frames judged in each lap; None: all.
        cameras: Numbers of cameras.
        seconds: Time for which cameras are watched.
    """

    rounds: int
    frames: int | None
    cameras: tuple[int, ...]
    seconds: float


FULL = BenchPlan(rounds=3, frames=None, cameras=(1, 2, 4, 9), seconds=10.0)
QUICK = BenchPlan(rounds=1, frames=60, cameras=(1, 4), seconds=5.0)


def run_bench(
    clip: Path, weights_dir: Path, variant: str, *, quick: bool = False, on_step: OnStep
) -> Report:
    """Measure everything.

    Raises:
        BenchError: Something could not be measured.
    """
    plan = QUICK if quick else FULL
    bench = _Bench(plan, on_step)
    with _arms(clip, weights_dir, variant, on_step) as arms:
        naive_runtime = arms[NAIVE].runtime if NAIVE in arms else None
        laps = bench.laps(arms)
        on_step("the cost of each stage")
        stages = arms[FALLWATCH].stages(plan.frames)
    lives: dict[tuple[str, int], list[LiveRun]] = {}
    still: dict[int, LiveRun] = {}
    for count in plan.cameras:
        # New processes each time: what was used before must not be among their memory.
        with _arms(clip, weights_dir, variant, on_step) as arms:
            lives |= bench.lives(arms, count)
            still[count] = bench.still(arms[FALLWATCH], count)
    windows = []
    for cameras in plan.cameras:
        on_step(f"the window, cameras: {cameras}")
        figures = measure_window(clip, cameras, plan.seconds, weights_dir, variant)
        windows.append(summarize_window(cameras, figures))
    rows = [summarize_live(arm, count, runs) for (arm, count), runs in lives.items()]
    rows += [summarize_live(FALLWATCH, count, [live], still=True) for count, live in still.items()]
    rows.sort(key=lambda row: (row.arm, row.still, row.cameras))
    medians = {arm: per_second(each) for arm, each in laps.items()}
    return Report(
        machine=machine_text(),
        clip=clip.name,
        quick=quick,
        naive_runtime=naive_runtime,
        decisions_per_s={arm: wall for arm, (wall, _) in medians.items()},
        decisions_per_cpu_s={arm: cpu for arm, (_, cpu) in medians.items()},
        watched=tuple(rows),
        windows=tuple(windows),
        stages=_with_paint(stages, windows),
        ratios=_ratios(laps, lives, rows),
    )


class _Bench:
    """Runs the arms in turn, so that what else the computer does disturbs both alike."""

    def __init__(self, plan: BenchPlan, on_step: OnStep) -> None:
        self._plan, self._on_step = plan, on_step

    def laps(self, arms: dict[str, ArmProcess]) -> dict[str, list[Lap]]:
        laps: dict[str, list[Lap]] = {arm: [] for arm in arms}
        for arm in arms.values():
            arm.lap(20)  # to warm up
        for number in range(self._plan.rounds):
            for name, arm in arms.items():
                self._on_step(f"one frame after the other, {name}, round {number + 1}")
                laps[name].append(arm.lap(self._plan.frames))
        return laps

    def lives(
        self, arms: dict[str, ArmProcess], count: int
    ) -> dict[tuple[str, int], list[LiveRun]]:
        lives: dict[tuple[str, int], list[LiveRun]] = {}
        for _ in range(self._plan.rounds if count == 1 else 1):
            for name, arm in arms.items():
                self._on_step(f"live, {name}, cameras: {count}")
                lives.setdefault((name, count), []).append(arm.live(count, self._plan.seconds))
        return lives

    def still(self, arm: ArmProcess, count: int) -> LiveRun:
        self._on_step(f"live, empty rooms: {count}")
        return arm.live(count, self._plan.seconds, SceneName.STILL)


def write_report(report: Report, folder: Path) -> None:
    """Write JSON, tables and the bar chart.

    Raises:
        BenchError: They cannot be written.
    """
    document = {**asdict(report), "cameras": report.cameras}
    files = {
        JSON_FILE: json.dumps(document, indent=1) + "\n",
        TABLE_FILE: markdown(report),
        CHART_FILE: stage_chart(report.stages, report.machine),
    }
    write_files(folder, files)


def arm_names() -> tuple[str, ...]:
    """The arms that can be measured here: the naive one needs MediaPipe."""
    return (NAIVE, FALLWATCH) if util.find_spec("mediapipe") else (FALLWATCH,)


@contextmanager
def _arms(
    clip: Path, weights_dir: Path, variant: str, on_step: OnStep
) -> Iterator[dict[str, ArmProcess]]:
    with ExitStack() as children:
        arms = {}
        for name in arm_names():
            on_step(f"loading the models, {name}")
            arms[name] = ArmProcess(name, clip, weights_dir, variant)
            children.callback(arms[name].close)
        yield arms


def _with_paint(stages: list[Stage], windows: list[WindowSummary]) -> tuple[Stage, ...]:
    """Add painting, which happens in the window as often as frames are judged."""
    per_s = max((stage.per_s for stage in stages if stage.name == "pose"), default=0.0)
    paint = [Stage(_PAINT, windows[0].paint_ms, per_s)] if windows else []
    return (*stages, *paint)


def _ratios(
    laps: dict[str, list[Lap]],
    lives: dict[tuple[str, int], list[LiveRun]],
    rows: list[WatchedCameras],
) -> dict[str, float]:
    single = {row.still: row for row in rows if row.arm == FALLWATCH and row.cameras == 1}
    busy, empty = single[False].core_percent, single[True].core_percent
    ratios = {"empty_room": busy / max(empty, 1e-6)}
    if NAIVE in laps:
        ratios |= _naive_ratios(laps, lives, busy)
    return {name: round(value, 3) for name, value in ratios.items()}


def _naive_ratios(
    laps: dict[str, list[Lap]], lives: dict[tuple[str, int], list[LiveRun]], core_percent: float
) -> dict[str, float]:
    naive, ours = laps[NAIVE], laps[FALLWATCH]
    # What the naive way would need to keep up, which it mostly cannot show by itself.
    needed_percent = 100.0 * CAMERA_FPS / per_second(naive)[1]
    return {
        "decisions_per_cpu_s": paired_ratio(
            [lap.decisions / lap.cpu_s for lap in ours],
            [lap.decisions / lap.cpu_s for lap in naive],
        ),
        "decisions_per_s": paired_ratio(
            [lap.decisions / lap.wall_s for lap in ours],
            [lap.decisions / lap.wall_s for lap in naive],
        ),
        "latency_p95": paired_ratio(
            [percentile(live.latencies_s, 95) for live in lives[NAIVE, 1]],
            [percentile(live.latencies_s, 95) for live in lives[FALLWATCH, 1]],
        ),
        "camera": needed_percent / max(core_percent, 1e-6),
    }
