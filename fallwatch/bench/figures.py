"""Figures of a benchmark, computed from the measurements without side effects."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from fallwatch.bench.measure.arms import Lap, LiveRun
from fallwatch.bench.measure.stages import Stage
from fallwatch.bench.measure.window import WindowFigures
from fallwatch.pipeline.cpu_scheduler import SLOWEST_FPS
from fallwatch.settings import MAX_CAMERAS

#: A camera this much below the rate still keeps it: the last frame may just have been missed.
_TOLERANCE = 0.05

#: Verdicts that come later than this are no longer about now.
_LATEST_P95_MS = 1000.0

NAIVE, FALLWATCH = "naive", "fallwatch"


@dataclass(frozen=True, slots=True)
class WatchedCameras:
    """Figures of one arm watching some cameras.

    Attributes:
        arm: ``naive`` or ``fallwatch``.
        cameras: Number of cameras.
        still: Whether nothing happened in their rooms.
        slowest_fps: Frames judged a second of the slowest camera.
        decisions_per_s: Frames judged a second of all cameras.
        latency_ms: From a camera having a frame to its verdict: p50, p95 and p99.
        core_percent: Processor time of all cameras, in percent of one core.
        memory_mb: Of the whole process; None if unknown.
    """

    arm: str
    cameras: int
    still: bool
    slowest_fps: float
    decisions_per_s: float
    latency_ms: tuple[float, float, float]
    core_percent: float
    memory_mb: float | None

    @property
    def decisions_per_cpu_s(self) -> float:
        """Frames judged for each second of one core."""
        return 100.0 * self.decisions_per_s / max(self.core_percent, 1e-6)

    @property
    def keeps_up(self) -> bool:
        """Whether a fall is seen in every one of the rooms, and soon."""
        in_time = self.latency_ms[1] <= _LATEST_P95_MS
        return in_time and self.slowest_fps >= SLOWEST_FPS * (1 - _TOLERANCE)


@dataclass(frozen=True, slots=True)
class WindowSummary:
    """Figures of a window with some cameras, as `fallwatch.bench.measure.window.WindowFigures`."""

    cameras: int
    first_paint_s: float
    first_decision_s: float
    capture_to_paint_p95_ms: float
    stalled_paint_p95_ms: float
    paint_ms: float
    core_percent: float
    memory_mb: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one run.

    Attributes:
        machine: The processor, the number of cores and the versions.
        clip: Name of the clip.
        quick: Whether the run was a quick one, compared only with other quick ones.
        naive_runtime: Runtime of the naive arm's classifier; None: MediaPipe, which that arm
            needs, is not installed, and fallwatch was measured alone.
        decisions_per_s: Frames judged a second, one after the other, by arm.
        decisions_per_cpu_s: The same for each processor second.
        watched: Live cameras, with each arm.
        windows: The window with cameras.
        stages: The cost of each stage for one camera.
        ratios: The ratios compared with a baseline, by name; more is better.
    """

    machine: str
    clip: str
    quick: bool
    naive_runtime: str | None
    decisions_per_s: dict[str, float]
    decisions_per_cpu_s: dict[str, float]
    watched: tuple[WatchedCameras, ...]
    windows: tuple[WindowSummary, ...]
    stages: tuple[Stage, ...]
    ratios: dict[str, float] = field(default_factory=dict)

    @property
    def cameras(self) -> int:
        """Number of cameras this computer can watch, with somebody moving in every room."""
        return cameras_possible(self.watched)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed; 0 for no values.

    >>> percentile([5, 1, 4, 2, 3], 50), percentile([5, 1, 4, 2, 3], 95)
    (3, 5)
    """
    if not values:
        return 0.0
    rank = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]


def paired_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Median of the ratios of paired figures: what disturbs both does not count.

    >>> paired_ratio([4.0, 9.0, 2.0], [2.0, 3.0, 1.0])
    2.0
    """
    return statistics.median(a / max(b, 1e-9) for a, b in zip(above, below, strict=True))


def summarize_live(
    arm: str, cameras: int, runs: Sequence[LiveRun], *, still: bool = False
) -> WatchedCameras:
    """Summarise one or more runs by the median of each figure."""

    def middle(values: list[float]) -> float:
        return statistics.median(values)

    def latency_ms(percent: float) -> float:
        return 1000.0 * middle([percentile(run.latencies_s, percent) for run in runs])

    memories = [run.memory_mb for run in runs if run.memory_mb is not None]
    return WatchedCameras(
        arm=arm,
        cameras=cameras,
        still=still,
        slowest_fps=middle([_slowest_fps(run, cameras) for run in runs]),
        decisions_per_s=middle([sum(run.decisions) / run.wall_s for run in runs]),
        latency_ms=(latency_ms(50), latency_ms(95), latency_ms(99)),
        core_percent=middle([100.0 * run.cpu_s / run.wall_s for run in runs]),
        memory_mb=middle(memories) if memories else None,
    )


def _slowest_fps(run: LiveRun, cameras: int) -> float:
    slowest = min(run.decisions, default=0) if len(run.decisions) == cameras else 0
    return slowest / run.wall_s


def summarize_window(cameras: int, window: WindowFigures) -> WindowSummary:
    """Summarise the measurements of a window."""
    return WindowSummary(
        cameras=cameras,
        first_paint_s=window.first_paint_s,
        first_decision_s=window.first_decision_s,
        capture_to_paint_p95_ms=1000.0 * percentile(window.capture_to_paint_s, 95),
        stalled_paint_p95_ms=1000.0 * percentile(window.stalled_paint_s, 95),
        paint_ms=window.paint_ms,
        core_percent=100.0 * window.cpu_s / window.wall_s,
        memory_mb=window.memory_mb,
    )


def per_second(laps: Sequence[Lap]) -> tuple[float, float]:
    """Medians of decisions per second and per processor second."""
    return (
        statistics.median(lap.decisions / lap.wall_s for lap in laps),
        statistics.median(lap.decisions / lap.cpu_s for lap in laps),
    )


def cameras_possible(rows: Sequence[WatchedCameras], most: int | None = MAX_CAMERAS) -> int:
    """Number of cameras of which each is judged often enough, with somebody moving in every room.

    The largest number that was tried and kept up; or, where the next larger one did not, as many
    as its decisions would have been enough for.

    Args:
        rows: What was tried, with any arm.
        most: Not more than this.
    """
    tried = sorted(
        (row for row in rows if row.arm == FALLWATCH and not row.still), key=lambda r: r.cameras
    )
    possible = max((row.cameras for row in tried if row.keeps_up), default=0)
    for row in tried:
        if row.cameras > possible:
            enough_for = int(row.decisions_per_s / SLOWEST_FPS)
            possible = max(possible, min(enough_for, row.cameras - 1))
            break
    return possible if most is None else min(possible, most)


def conclusion(report: Report) -> str:
    """The answer for a caregiver, in one sentence."""
    count = report.cameras
    if count == 0:
        return (
            "This PC is too slow to watch a camera: close other programs, or choose fewer "
            "frames a second in the settings."
        )
    return f"This PC can watch {count} camera{'s' * (count != 1)}."
