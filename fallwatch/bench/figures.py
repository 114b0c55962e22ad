"""From what was measured to the figures people compare. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from fallwatch.bench.measure.arms import Lap, Live
from fallwatch.bench.measure.stages import Stage
from fallwatch.bench.measure.window import WindowFigures
from fallwatch.pipeline.cpu_scheduler import SLOWEST_FPS
from fallwatch.settings import MAX_CAMERAS

#: A camera this much below the rate still keeps it: the last picture may just have been missed.
_TOLERANCE = 0.05

#: Verdicts that come later than this are no longer about now.
_LATEST_P95_MS = 1000.0

NAIVE, FALLWATCH = "naive", "fallwatch"


@dataclass(frozen=True, slots=True)
class Watched:
    """One way of watching some cameras.

    Attributes:
        arm: ``naive`` or ``fallwatch``.
        cameras: How many.
        still: Whether nothing happened in their rooms.
        slowest_fps: Pictures judged a second of the camera that fared worst.
        decisions_per_s: Of all cameras.
        latency_ms: From a camera having a picture to its verdict: p50, p95 and p99.
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
        """Pictures judged for each second of one core."""
        return 100.0 * self.decisions_per_s / max(self.core_percent, 1e-6)

    @property
    def keeps_up(self) -> bool:
        """Whether a fall is seen in every one of the rooms, and soon."""
        in_time = self.latency_ms[1] <= _LATEST_P95_MS
        return in_time and self.slowest_fps >= SLOWEST_FPS * (1 - _TOLERANCE)


@dataclass(frozen=True, slots=True)
class OpenedWindow:
    """The window with some cameras; see `fallwatch.bench.measure.window.WindowFigures`."""

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
        machine: The processor, the number of cores and the versions, in words.
        clip: Name of the clip.
        quick: Whether the run was a short one, whose figures are only compared with their like.
        naive_runtime: What ran the classifier of the naive way.
        decisions_per_s: Pictures judged a second, one after the other, by arm.
        decisions_per_cpu_s: The same for each processor second.
        watched: Cameras watched, in both ways.
        windows: The window with cameras.
        stages: What each stage costs one camera.
        ratios: What is compared with a baseline, by name; more is better.
    """

    machine: str
    clip: str
    quick: bool
    naive_runtime: str
    decisions_per_s: dict[str, float]
    decisions_per_cpu_s: dict[str, float]
    watched: tuple[Watched, ...]
    windows: tuple[OpenedWindow, ...]
    stages: tuple[Stage, ...]
    ratios: dict[str, float] = field(default_factory=dict)

    @property
    def cameras(self) -> int:
        """How many cameras this computer can watch, with somebody moving in every room."""
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
    """Median of the ratios of figures taken in turn: what disturbs both does not count.

    >>> paired_ratio([4.0, 9.0, 2.0], [2.0, 3.0, 1.0])
    2.0
    """
    return statistics.median(a / max(b, 1e-9) for a, b in zip(above, below, strict=True))


def watched(arm: str, cameras: int, lives: Sequence[Live], *, still: bool = False) -> Watched:
    """Sum up one or more runs: the median of each figure."""

    def middle(values: list[float]) -> float:
        return statistics.median(values)

    def latency_ms(percent: float) -> float:
        return 1000.0 * middle([percentile(live.latencies_s, percent) for live in lives])

    memories = [live.memory_mb for live in lives if live.memory_mb is not None]
    return Watched(
        arm=arm,
        cameras=cameras,
        still=still,
        slowest_fps=middle([_slowest_fps(live, cameras) for live in lives]),
        decisions_per_s=middle([sum(live.decisions) / live.wall_s for live in lives]),
        latency_ms=(latency_ms(50), latency_ms(95), latency_ms(99)),
        core_percent=middle([100.0 * live.cpu_s / live.wall_s for live in lives]),
        memory_mb=middle(memories) if memories else None,
    )


def _slowest_fps(live: Live, cameras: int) -> float:
    slowest = min(live.decisions, default=0) if len(live.decisions) == cameras else 0
    return slowest / live.wall_s


def opened(cameras: int, window: WindowFigures) -> OpenedWindow:
    """Sum up what a window did."""
    return OpenedWindow(
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


def cameras_possible(rows: Sequence[Watched]) -> int:
    """Cameras of which each is judged often enough, with somebody moving in every room.

    The largest number that was tried and kept up; or, where the next larger one did not, as many
    as its pictures would have been enough for.
    """
    tried = sorted(
        (row for row in rows if row.arm == FALLWATCH and not row.still), key=lambda r: r.cameras
    )
    possible = max((row.cameras for row in tried if row.keeps_up), default=0)
    for row in tried:
        if row.cameras > possible:
            enough_for = int(row.decisions_per_s / SLOWEST_FPS)
            return min(max(possible, min(enough_for, row.cameras - 1)), MAX_CAMERAS)
    return min(possible, MAX_CAMERAS)


def sentence(report: Report) -> str:
    """What a caregiver wants to know."""
    count = report.cameras
    if count == 0:
        return (
            "This PC is too slow to watch a camera: close other programs, or choose fewer "
            "pictures a second in the settings."
        )
    return f"This PC can watch {count} camera{'s' * (count != 1)}."
