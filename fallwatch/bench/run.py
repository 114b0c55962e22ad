"""One run: the arms in turn, the cameras, the window, the stages."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from fallwatch.bench.child import Child
from fallwatch.bench.errors import BenchError
from fallwatch.bench.figures import (
    FALLWATCH,
    NAIVE,
    OpenedWindow,
    Report,
    Watched,
    opened,
    paired_ratio,
    per_second,
    percentile,
    watched,
)
from fallwatch.bench.measure.arms import CAMERA_FPS, Lap, Live
from fallwatch.bench.measure.stages import Stage
from fallwatch.bench.measure.window import measure_window
from fallwatch.bench.report.chart import stage_chart
from fallwatch.bench.report.tables import markdown

#: Names of the files in the output folder.
JSON_FILE, CHART_FILE, TABLE_FILE = "bench.json", "bench.svg", "bench.md"

_PAINT = "paint"


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """How much is measured.

    Attributes:
        rounds: Times that the arms take turns.
        pictures: Of the clip, judged in each lap; None: all.
        cameras: Numbers of cameras.
        seconds: How long cameras are watched each time.
    """

    rounds: int
    pictures: int | None
    cameras: tuple[int, ...]
    seconds: float


FULL = BenchPlan(rounds=3, pictures=None, cameras=(1, 2, 4, 9), seconds=10.0)
QUICK = BenchPlan(rounds=1, pictures=60, cameras=(1, 4), seconds=5.0)

#: Called with what is about to be measured.
Tell = Callable[[str], None]


def run_bench(
    clip: Path, weights_dir: Path, variant: str, *, quick: bool = False, tell: Tell
) -> Report:
    """Measure everything.

    Raises:
        BenchError: Something could not be measured.
    """
    plan = QUICK if quick else FULL
    bench = _Bench(plan, tell)
    with _arms(clip, weights_dir, variant, tell) as arms:
        naive_runtime = arms[NAIVE].runtime
        laps = bench.laps(arms)
        tell("the cost of each stage")
        stages = arms[FALLWATCH].stages(plan.pictures)
    lives: dict[tuple[str, int], list[Live]] = {}
    still: dict[int, Live] = {}
    for count in plan.cameras:
        # New processes each time: what was used before must not be among their memory.
        with _arms(clip, weights_dir, variant, tell) as arms:
            lives |= bench.lives(arms, count)
            still[count] = bench.still(arms[FALLWATCH], count)
    windows = []
    for cameras in plan.cameras:
        tell(f"the window, cameras: {cameras}")
        figures = measure_window(clip, cameras, plan.seconds, weights_dir, variant)
        windows.append(opened(cameras, figures))
    rows = [watched(arm, count, runs) for (arm, count), runs in lives.items()]
    rows += [watched(FALLWATCH, count, [live], still=True) for count, live in still.items()]
    rows.sort(key=lambda row: (row.arm, row.still, row.cameras))
    medians = {arm: per_second(each) for arm, each in laps.items()}
    return Report(
        machine=machine_words(),
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
    """Asks the arms in turn, so that what else the computer does disturbs both alike."""

    def __init__(self, plan: BenchPlan, tell: Tell) -> None:
        self._plan, self._tell = plan, tell

    def laps(self, arms: dict[str, Child]) -> dict[str, list[Lap]]:
        laps: dict[str, list[Lap]] = {arm: [] for arm in arms}
        for arm in arms.values():
            arm.lap(20)  # to warm up
        for number in range(self._plan.rounds):
            for name, arm in arms.items():
                self._tell(f"one picture after the other, {name}, round {number + 1}")
                laps[name].append(arm.lap(self._plan.pictures))
        return laps

    def lives(self, arms: dict[str, Child], count: int) -> dict[tuple[str, int], list[Live]]:
        lives: dict[tuple[str, int], list[Live]] = {}
        for _ in range(self._plan.rounds if count == 1 else 1):
            for name, arm in arms.items():
                self._tell(f"live, {name}, cameras: {count}")
                lives.setdefault((name, count), []).append(arm.live(count, self._plan.seconds))
        return lives

    def still(self, arm: Child, count: int) -> Live:
        self._tell(f"live, empty rooms: {count}")
        return arm.live(count, self._plan.seconds, still=True)


def write_report(report: Report, folder: Path) -> None:
    """Write JSON, tables and the bar chart.

    Raises:
        BenchError: They cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        document = {**asdict(report), "cameras": report.cameras}
        (folder / JSON_FILE).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        (folder / TABLE_FILE).write_text(markdown(report), encoding="utf-8")
        chart = stage_chart(report.stages, report.machine)
        (folder / CHART_FILE).write_text(chart, encoding="utf-8")
    except OSError as error:
        raise BenchError(
            f"The figures cannot be written to {folder} ({error.strerror}). Choose another folder."
        ) from error


def machine_words() -> str:
    """This computer in words: what a figure is worth nothing without."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text(errors="replace").splitlines()
        names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        processor = next(iter(names), processor)
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("mediapipe", "openvino"))
    return f"{processor}, cores: {os.cpu_count()}, {platform.system()}, {versions}"


@contextmanager
def _arms(clip: Path, weights_dir: Path, variant: str, tell: Tell) -> Iterator[dict[str, Child]]:
    with ExitStack() as children:
        arms = {}
        for name in (NAIVE, FALLWATCH):
            tell(f"loading the models, {name}")
            arms[name] = Child(name, clip, weights_dir, variant)
            children.callback(arms[name].close)
        yield arms


def _with_paint(stages: list[Stage], windows: list[OpenedWindow]) -> tuple[Stage, ...]:
    """Painting happens in the window, as often as pictures are judged."""
    per_s = max((stage.per_s for stage in stages if stage.name == "pose"), default=0.0)
    paint = [Stage(_PAINT, windows[0].paint_ms, per_s)] if windows else []
    return (*stages, *paint)


def _ratios(
    laps: dict[str, list[Lap]],
    lives: dict[tuple[str, int], list[Live]],
    rows: list[Watched],
) -> dict[str, float]:
    naive, ours = laps[NAIVE], laps[FALLWATCH]
    ratios = {
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
    }
    single = {row.still: row for row in rows if row.arm == FALLWATCH and row.cameras == 1}
    # What the naive way would need to keep up, which it mostly cannot show by itself.
    needed_percent = 100.0 * CAMERA_FPS / per_second(naive)[1]
    ratios["camera"] = needed_percent / max(single[False].core_percent, 1e-6)
    ratios["empty_room"] = single[False].core_percent / max(single[True].core_percent, 1e-6)
    return {name: round(value, 3) for name, value in ratios.items()}
