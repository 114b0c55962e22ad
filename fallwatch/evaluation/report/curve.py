"""Curve of sensitivity against false alarms, over the judge's threshold, as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from fallwatch.evaluation.report.svg import drawing, polyline, round_step, tag, text
from fallwatch.evaluation.score.sweep import SweepPoint

_WIDTH, _HEIGHT = 760.0, 320.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 60.0, 730.0, 20.0, 270.0


def curve(points: Sequence[SweepPoint]) -> str:
    """Draw the curve as SVG; the three settings are marked. Empty without falls or hours."""
    known = [
        (point.false_per_hour, point.sensitivity, point)
        for point in points
        if point.sensitivity is not None and point.false_per_hour is not None
    ]
    if not known:
        return ""
    most = max(max(rate for rate, _, _ in known), 1.0)

    def place(rate: float, share: float) -> tuple[float, float]:
        return _LEFT + rate / most * (_RIGHT - _LEFT), _BOTTOM - share * (_BOTTOM - _TOP)

    parts = [_axes(most)]
    parts.append(polyline([place(rate, share) for rate, share, _ in known], "score"))
    for rate, share, point in known:
        x, y = place(rate, share)
        marked = bool(point.setting)
        words = f"threshold {point.threshold:.2f}: {share:.0%} of the falls, {rate:.1f} an hour"
        dot = tag("circle", tag("title", words), cx=x, cy=y, r=6 if marked else 3, class_="dot")
        parts.append(dot)
        if marked:
            far_right = x > _RIGHT - 120
            label = f"{point.setting} ({point.threshold:.2f})"
            anchor = "end" if far_right else "start"
            parts.append(text(label, x + (-10 if far_right else 10), y + 18, "label", anchor))
    return drawing(parts, _WIDTH, _HEIGHT, "Sensitivity against false alarms per hour")


def _axes(most: float) -> str:
    parts = []
    for tenth in range(0, 11, 2):
        y = _BOTTOM - tenth / 10 * (_BOTTOM - _TOP)
        parts.append(tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(text(f"{tenth * 10} %", _LEFT - 8, y + 4, "tick", "end"))
    step = round_step(most, 8)
    for number in range(int(most / step + 1e-9) + 1):
        x = _LEFT + number * step / most * (_RIGHT - _LEFT)
        parts.append(text(f"{number * step:g}", x, _BOTTOM + 18, "tick", "middle"))
    parts.append(
        text("false alarms per hour", (_LEFT + _RIGHT) / 2, _HEIGHT - 12, "label", "middle")
    )
    parts.append(text("falls found", _LEFT, _TOP - 6, "label"))
    return "".join(parts)
