"""Table and curve of the growth with the number of rooms."""

from __future__ import annotations

from fallwatch.bench.growth import Growth, GrowthRow, growth_conclusion
from fallwatch.bench.report.chart import chart
from fallwatch.bench.report.tables import TextTable
from fallwatch.evaluation.report.svg import polyline, round_step, tag, text
from fallwatch.pipeline.cpu_scheduler import SLOWEST_FPS

_HEIGHT = 320.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 560.0, 50.0, 250.0

_LINES = """
.grid { stroke: #dfe2e5; } .limit { stroke: #b3413a; stroke-dasharray: 6 4; }
.line { fill: none; stroke-width: 2; } .line.busy { stroke: #3b6ea5; }
.line.falling { stroke: #b3413a; } circle.busy { fill: #3b6ea5; } circle.falling { fill: #b3413a; }
@media (prefers-color-scheme: dark) { .grid { stroke: #33383e; } .limit { stroke: #e08a83; }
  .line.busy { stroke: #7ea6c9; } .line.falling { stroke: #e08a83; }
  circle.busy { fill: #7ea6c9; } circle.falling { fill: #e08a83; } }
"""


def growth_table(growth: Growth) -> TextTable:
    """The figures of every number of rooms; rates are those of the slowest room."""
    columns = (
        "rooms",
        "busy, a second",
        "p50/p95/p99 ms",
        "one core",
        "memory",
        "empty, one core",
        "a fall, a second",
        "elsewhere",
    )
    return TextTable("Growth with the number of rooms", columns, tuple(map(_row, growth.rows)))


def growth_markdown(growth: Growth) -> str:
    """Machine, table and conclusion as Markdown."""
    table = growth_table(growth).markdown()
    return f"{growth.machine}. Clip: {growth.clip}.\n\n{table}\n{growth_conclusion(growth)}\n"


def _row(row: GrowthRow) -> tuple[str, ...]:
    busy, memory = row.busy, row.busy.memory_mb
    return (
        f"{row.rooms}",
        f"{busy.slowest_fps:.1f}",
        "/".join(f"{ms:.0f}" for ms in busy.latency_ms),
        f"{busy.core_percent:.0f} %",
        "unknown" if memory is None else f"{memory:.0f} MB",
        f"{row.empty.core_percent:.0f} %",
        "-" if row.falling_fps is None else f"{row.falling_fps:.1f}",
        f"{row.falling.slowest_fps:.1f}" if row.rooms > 1 else "-",
    )


def growth_chart(growth: Growth) -> str:
    """Frames judged a second over the number of rooms, and the rate below which falls are missed.

    Returns:
        An SVG for light and dark pages.
    """
    falling = [(row.rooms, row.falling_fps) for row in growth.rows if row.falling_fps is not None]
    lines = (
        ("slowest busy room", "busy", [(row.rooms, row.busy.slowest_fps) for row in growth.rows]),
        ("room with a fall", "falling", falling),
    )
    most_fps = max(SLOWEST_FPS, *(fps for _, _, points in lines for _, fps in points)) * 1.1
    most_rooms = growth.rows[-1].rooms

    def place(rooms: float, fps: float) -> tuple[float, float]:
        x = _LEFT + rooms / most_rooms * (_RIGHT - _LEFT)
        return x, _BOTTOM - fps / most_fps * (_BOTTOM - _TOP)

    title = "Frames judged a second, by the number of rooms"
    parts = [text(title, 16, 26, "title")]
    step = round_step(most_fps, 6)
    for number in range(int(most_fps / step) + 1):
        y = place(0, number * step)[1]
        parts.append(tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(text(f"{number * step:g}", _LEFT - 8, y + 4, "quiet", "end"))
    for row in growth.rows:
        parts.append(text(f"{row.rooms}", place(row.rooms, 0)[0], _BOTTOM + 18, "quiet", "middle"))
    parts.append(text("rooms", (_LEFT + _RIGHT) / 2, _BOTTOM + 36, "quiet", "middle"))
    limit = place(0, SLOWEST_FPS)[1]
    parts.append(tag("line", x1=_LEFT, x2=_RIGHT, y1=limit, y2=limit, class_="limit"))
    parts.append(text(f"{SLOWEST_FPS:g}: below, falls are missed", _RIGHT + 8, limit + 4, "quiet"))
    for name, class_, points in lines:
        placed = [place(*point) for point in points]
        parts.append(polyline(placed, f"line {class_}"))
        parts += [tag("circle", cx=x, cy=y, r=3.5, class_=class_) for x, y in placed]
        if placed:
            parts.append(text(name, _RIGHT + 8, placed[-1][1] + 4))
    parts.append(text(growth.machine, 16, _HEIGHT - 12, "quiet"))
    return chart(title, parts, _HEIGHT, _LINES)
