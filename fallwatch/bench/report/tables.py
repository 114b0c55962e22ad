"""Tables of the figures: the same rows for the terminal and for Markdown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from fallwatch.bench.figures import FALLWATCH, NAIVE, Report, WatchedCameras, conclusion

#: Said where MediaPipe is not installed.
NOT_COMPARED = (
    "Not compared with the naive way, which needs MediaPipe 0.10.21: see fallwatch bench --help."
)

#: Wording of the ratios, in order.
_RATIOS = {
    "decisions_per_cpu_s": "decisions per processor second, times the naive way",
    "decisions_per_s": "decisions per second, times the naive way",
    "camera": "processor time to keep up with a camera at 30 fps, naive over fallwatch",
    "latency_p95": "p95 latency of the naive queue at 30 fps, times fallwatch's",
    "empty_room": "processor time of a busy room, times an empty one's",
}


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table with a heading, all as text.

    Attributes:
        title: Its heading.
        columns: Headings of the columns.
        rows: Each with one cell for each column.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def markdown(self) -> str:
        """As Markdown."""
        lines: Iterable[tuple[str, ...]] = (self.columns, ("---",) * len(self.columns), *self.rows)
        body = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return f"**{self.title}**\n\n{body}\n"


def tables(report: Report) -> list[TextTable]:
    """All tables of a report, those without rows left out."""
    found = [_ratios(report), _one_by_one(report), _watched(report), _windows(report)]
    return [table for table in (*found, _stages(report)) if table.rows]


def markdown(report: Report) -> str:
    """The whole report as Markdown."""
    naive = NOT_COMPARED
    if report.naive_runtime is not None:
        naive = f"Naive classifier: {report.naive_runtime}."
    parts = [f"{report.machine}. Clip: {report.clip}. {naive}\n"]
    parts += [table.markdown() for table in tables(report)]
    return "\n".join([*parts, conclusion(report)]) + "\n"


def _ratios(report: Report) -> TextTable:
    rows = tuple(
        (text, f"{report.ratios[name]:.1f}")
        for name, text in _RATIOS.items()
        if name in report.ratios
    )
    return TextTable("Against the naive way, measured in turn", ("ratio", "times"), rows)


def _one_by_one(report: Report) -> TextTable:
    rows = tuple(
        (arm, f"{report.decisions_per_s[arm]:.1f}", f"{report.decisions_per_cpu_s[arm]:.1f}")
        for arm in (NAIVE, FALLWATCH)
        if arm in report.decisions_per_s
    )
    columns = ("way", "decisions per second", "per processor second")
    return TextTable("One frame after the other, as fast as possible", columns, rows)


def _watched(report: Report) -> TextTable:
    columns = (
        "way",
        "cameras",
        "judged per second and camera",
        "latency p50 / p95 / p99 ms",
        "of one core",
        "memory",
    )
    return TextTable("Live cameras at 30 fps", columns, tuple(map(_watched_row, report.watched)))


def _watched_row(row: WatchedCameras) -> tuple[str, ...]:
    rooms = f"{row.cameras}, empty" if row.still else f"{row.cameras}"
    latency = " / ".join(f"{ms:.0f}" for ms in row.latency_ms)
    # Of an empty room most frames are skipped.
    fps = "-" if row.still else f"{row.slowest_fps:.1f}"
    # The memory is that of the busy cameras before, in the same process.
    memory = "-" if row.still else _megabytes(row.memory_mb)
    return (row.arm, rooms, fps, latency, f"{row.core_percent:.0f} %", memory)


def _windows(report: Report) -> TextTable:
    columns = (
        "cameras",
        "first paint",
        "first decision",
        "capture to paint p95",
        "paint p95, analysis stalled",
        "of one core",
        "memory",
    )
    rows = tuple(
        (
            f"{row.cameras}",
            f"{row.first_paint_s:.2f} s",
            f"{row.first_decision_s:.1f} s",
            f"{row.capture_to_paint_p95_ms:.0f} ms",
            f"{row.stalled_paint_p95_ms:.0f} ms",
            f"{row.core_percent:.0f} %",
            _megabytes(row.memory_mb),
        )
        for row in report.windows
    )
    return TextTable("The window, with record and alarms", columns, rows)


def _stages(report: Report) -> TextTable:
    rows = tuple(
        (stage.name, f"{stage.cpu_ms:.2f}", f"{stage.per_s:.1f}", f"{stage.core_percent:.1f} %")
        for stage in report.stages
    )
    columns = ("stage", "processor ms", "times a second", "of one core")
    return TextTable("One camera, somebody in its image", columns, rows)


def _megabytes(memory_mb: float | None) -> str:
    return "unknown" if memory_mb is None else f"{memory_mb:.0f} MB"
