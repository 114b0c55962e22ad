"""Bar chart of the stages: an SVG that can be read on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence

from fallwatch.bench.measure.stages import Stage
from fallwatch.evaluation.report.svg import tag, text

#: Width of all charts.
WIDTH = 720.0

_ROW, _LEFT, _RIGHT, _TOP = 30.0, 130.0, 220.0, 44.0

_STYLE = """
svg { font: 13px system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
text { fill: #22262b; } .quiet { fill: #68707a; } rect { fill: #3b6ea5; }
.ground { fill: #fbfbf9; } .title { font-weight: 600; font-size: 15px; }
@media (prefers-color-scheme: dark) { text { fill: #e6e8ea; } .quiet { fill: #99a2ab; }
  rect { fill: #7ea6c9; } .ground { fill: #16191c; } }
"""


def stage_chart(stages: Sequence[Stage], machine: str) -> str:
    """A bar for each stage: the share of one core one camera takes while somebody is in view."""
    longest = max((stage.core_percent for stage in stages), default=0.0) or 1.0
    scale = (WIDTH - _LEFT - _RIGHT) / longest
    height = _TOP + _ROW * len(stages) + 34.0
    parts = [
        text("What one camera takes of one core", 16, 26, "title"),
    ]
    for number, stage in enumerate(stages):
        y = _TOP + _ROW * number
        width = max(stage.core_percent * scale, 1.0)
        share = f"{stage.core_percent:.1f} %"
        detail = f"{stage.cpu_ms:.2f} ms, {stage.per_s:.1f} times a second"
        parts += [
            text(stage.name, _LEFT - 10, y + 19, anchor="end"),
            tag("rect", x=_LEFT, y=y + 6, width=width, height=_ROW - 12, rx=2),
            text(share, _LEFT + width + 8, y + 19),
            text(detail, WIDTH - 16, y + 19, "quiet", anchor="end"),
        ]
    parts.append(text(machine, 16, height - 12, "quiet"))
    return chart("What one camera takes of one core, stage by stage", parts, height)


def chart(title: str, parts: Sequence[str], height: float, css: str = "") -> str:
    """An SVG file of its own, with text and ground for light and dark pages.

    Args:
        title: For who cannot see it.
        parts: Its elements, in a drawing that is `WIDTH` wide.
        height: Of the drawing.
        css: Rules for classes of its own.
    """
    ground = tag("rect", width=WIDTH, height=height, class_="ground")
    return tag(
        "svg",
        tag("title", title) + tag("style", _STYLE + css) + ground + "".join(parts),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        width=WIDTH,
        height=height,
        role="img",
        aria_label=title,
    )
