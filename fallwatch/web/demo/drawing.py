"""Drawings of the demo page: the skeletons in an image, and the curve of a clip."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from fallwatch.core.overlay import Label, Line, Rectangle, Tone, overlay
from fallwatch.core.types import Analysis, FallEvent, Image
from fallwatch.evaluation.report.svg import drawing, polyline, round_step, tag, text
from fallwatch.recording.evidence_track import Point

# Red, green, blue; each stands out from light and dark floors.
_COLOURS = {Tone.CALM: (64, 190, 120), Tone.WATCH: (255, 176, 32), Tone.ALARM: (235, 64, 52)}

_WIDTH, _HEIGHT = 760.0, 190.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 40.0, 745.0, 34.0, 150.0

_STYLE = """<style>
.fw-curve text { font: 12px system-ui, sans-serif; fill: currentColor; }
.fw-curve polyline { fill: none; stroke-width: 2; }
.fw-curve .p-fall { stroke: #4a90c2; stroke-dasharray: 5 3; }
.fw-curve .score { stroke: #d9480f; }
.fw-curve .grid { stroke: currentColor; stroke-opacity: .2; }
.fw-curve .alarm { stroke: #c92a2a; stroke-width: 2; }
</style>"""


def marked_image(analysis: Analysis) -> Image:
    """The frame with boxes, skeletons and words, (height, width, 3) in red, green, blue."""
    image: Image = np.ascontiguousarray(analysis.frame.image_bgr[:, :, ::-1])
    thick = max(1, round(max(image.shape[:2]) / 400))
    for shape in overlay(analysis):
        colour = _COLOURS[shape.tone]
        match shape:
            case Line():
                ends = [(shape.x1_px, shape.y1_px), (shape.x2_px, shape.y2_px)]
                begin, end = ((round(x), round(y)) for x, y in ends)
                cv2.line(image, begin, end, colour, thick, cv2.LINE_AA)
            case Rectangle(box_px=box):
                corner = round(box.left_px), round(box.top_px)
                cv2.rectangle(
                    image, corner, (round(box.right_px), round(box.bottom_px)), colour, thick
                )
            case Label():
                _write(image, shape, colour, thick)
    return image


def _write(image: Image, label: Label, colour: tuple[int, int, int], thick: int) -> None:
    scale = 0.35 + 0.15 * thick
    font = cv2.FONT_HERSHEY_SIMPLEX
    (width, height), _ = cv2.getTextSize(label.text, font, scale, thick)
    left = min(max(round(label.x_px), 0), max(image.shape[1] - width, 0))
    bottom = max(round(label.y_px) - 2 * thick, height + 2)
    cv2.rectangle(image, (left, bottom - height - 3), (left + width, bottom + 3), (20, 20, 20), -1)
    cv2.putText(image, label.text, (left, bottom), font, scale, colour, thick, cv2.LINE_AA)


def curve(points: Sequence[Point], alarms: Sequence[FallEvent]) -> str:
    """A clip's evidence over its time as SVG, with a mark at each alarm; empty without points."""
    if not points:
        return ""
    last_s = max(points[-1].time_s, 0.1)

    def x(time_s: float) -> float:
        return _LEFT + time_s / last_s * (_RIGHT - _LEFT)

    def y(share: float) -> float:
        return _BOTTOM - share * (_BOTTOM - _TOP)

    parts = [
        tag("line", x1=_LEFT, x2=_RIGHT, y1=y(share), y2=y(share), class_="grid")
        + text(f"{share:g}", _LEFT - 6, y(share) + 4, anchor="end")
        for share in (0.0, 0.5, 1.0)
    ]
    step = round_step(last_s, 10)
    for number in range(int(last_s / step + 1e-9) + 1):
        parts.append(text(f"{number * step:g} s", x(number * step), _BOTTOM + 16, anchor="middle"))
    parts.append(polyline([(x(p.time_s), y(p.p_fall)) for p in points], "p-fall"))
    parts.append(polyline([(x(p.time_s), y(p.score)) for p in points], "score"))
    for alarm in alarms:
        at = x(alarm.decided_s)
        words = f"▲ {alarm.kind.value.replace('_', ' ')} {alarm.decided_s:.1f} s"
        parts.append(tag("line", x1=at, x2=at, y1=_TOP - 6, y2=_BOTTOM, class_="alarm"))
        parts.append(text(words, at, _TOP - 10, anchor="end" if at > _RIGHT - 120 else "start"))
    legend = "solid: score of the decision, dashed: the classifier's probability of a fall"
    parts.append(text(legend, _LEFT, _HEIGHT - 6))
    svg = drawing(parts, _WIDTH, _HEIGHT, "Evidence over the time of the clip")
    return f'{_STYLE}<div class="fw-curve">{svg}</div>'
