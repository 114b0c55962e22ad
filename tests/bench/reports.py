"""A report with figures that tests choose."""

from __future__ import annotations

from dataclasses import replace

from fallwatch.bench.figures import FALLWATCH, NAIVE, Report, WatchedCameras, WindowSummary
from fallwatch.bench.measure.stages import Stage

_REPORT = Report(
    machine="a test <machine>, cores: 2",
    clip="fall.mp4",
    quick=True,
    naive_runtime="torch, eager",
    decisions_per_s={NAIVE: 10.0, FALLWATCH: 30.0},
    decisions_per_cpu_s={NAIVE: 8.0, FALLWATCH: 28.0},
    watched=(
        WatchedCameras(NAIVE, 1, False, 12.0, 12.0, (900.0, 3000.0, 3300.0), 150.0, 700.0),
        WatchedCameras(FALLWATCH, 1, False, 15.0, 15.0, (40.0, 60.0, 80.0), 60.0, 300.0),
        WatchedCameras(NAIVE, 4, False, 4.9, 19.6, (10.0, 20.0, 30.0), 30.0, None),
        WatchedCameras(FALLWATCH, 4, True, 4.9, 19.6, (10.0, 20.0, 30.0), 30.0, None),
    ),
    windows=(WindowSummary(1, 0.25, 2.5, 70.0, 9.0, 1.5, 75.0, 420.0),),
    stages=(Stage("decode", 2.0, 15.0), Stage("pose", 20.0, 15.0)),
    ratios={"decisions_per_cpu_s": 3.5, "latency_p95": 50.0},
)


def a_report(**changes: object) -> Report:
    """Some report, with these changes."""
    return replace(_REPORT, **changes)  # type: ignore[arg-type]
