"""Timeline of one clip as SVG: the judge's score over time, the annotation, and the alarms."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from fallwatch.evaluation.report.svg import drawing, polyline, round_step, tag, text
from fallwatch.evaluation.score.clip_result import ClipResult
from fallwatch.evaluation.score.matching import MatchedAlarm, Verdict, match

_WIDTH, _HEIGHT = 760.0, 150.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 34.0, 750.0, 24.0, 112.0
_POSE_TOP, _POSE_HEIGHT = 117.0, 5.0

#: More points than this cannot be told apart at this width.
_MAX_POINTS = 400

#: Each verdict has its own sign beside its colour.
_SIGNS = {Verdict.FOUND: "▲", Verdict.REPEATED: "△", Verdict.LATE: "◇", Verdict.FALSE: "✕"}


def timeline(result: ClipResult, threshold: float, after_s: float) -> str:
    """Draw a clip as SVG.

    Args:
        result: Of the clip.
        threshold: The judge's, drawn as a dashed line.
        after_s: T: how long after the end of a fall its alarm may come, seconds.
    """
    axis = _Axis(max(result.duration_s, 0.1))
    parts = [_annotation(axis, start, end, after_s) for start, end in result.falls_s]
    parts += [_grid(axis), _threshold(threshold), _pose_bar(axis, result)]
    series = result.series
    parts.append(polyline(_points(axis, series.t_s, series.p_fall), "p-fall"))
    parts.append(polyline(_points(axis, series.t_s, series.score), "score"))
    alarms = match(result.events, result.falls_s, after_s)
    parts += [_alarm(axis, alarm) for alarm in alarms]
    return drawing(parts, _WIDTH, _HEIGHT, f"Timeline of {result.clip}")


class _Axis:
    """From seconds and shares to coordinates of the drawing."""

    def __init__(self, duration_s: float) -> None:
        self.duration_s = duration_s

    def x(self, t_s: float) -> float:
        part = min(max(t_s / self.duration_s, 0.0), 1.0)
        return _LEFT + part * (_RIGHT - _LEFT)

    @staticmethod
    def y(share: float) -> float:
        return _BOTTOM - share * (_BOTTOM - _TOP)


def _annotation(axis: _Axis, start_s: float, end_s: float, after_s: float) -> str:
    left, middle, right = axis.x(start_s), axis.x(end_s), axis.x(end_s + after_s)
    height = _BOTTOM - _TOP
    return (
        tag("rect", x=middle, y=_TOP, width=right - middle, height=height, class_="window")
        + tag("rect", x=left, y=_TOP, width=max(middle - left, 1.5), height=height, class_="fall")
        + text("fall", (left + middle) / 2, _TOP + 12, "label", "middle")
    )


def _grid(axis: _Axis) -> str:
    parts = []
    for share in (0.0, 0.5, 1.0):
        y = axis.y(share)
        parts.append(tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(text(f"{share:g}", _LEFT - 6, y + 4, "tick", "end"))
    step = round_step(axis.duration_s, 12)
    for number in range(int(axis.duration_s / step + 1e-9) + 1):
        x = axis.x(number * step)
        if x < _RIGHT - 12:  # further to the right its words would be cut off
            parts.append(text(f"{number * step:g} s", x, _HEIGHT - 10, "tick", "middle"))
    return "".join(parts)


def _threshold(threshold: float) -> str:
    y = _Axis.y(threshold)
    return tag("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="threshold")


def _pose_bar(axis: _Axis, result: ClipResult) -> str:
    """A bar under the curves wherever a pose was found."""
    series = result.series
    spans: list[list[float]] = []
    ends = (*series.t_s[1:], result.duration_s)
    for t_s, end_s, poses in zip(series.t_s, ends, series.poses, strict=True):
        if poses and spans and spans[-1][1] == t_s:
            spans[-1][1] = end_s
        elif poses:
            spans.append([t_s, end_s])
    return "".join(
        tag(
            "rect",
            x=axis.x(start),
            y=_POSE_TOP,
            width=axis.x(end) - axis.x(start),
            height=_POSE_HEIGHT,
            class_="pose",
        )
        for start, end in spans
    )


def _points(
    axis: _Axis, t_s: Sequence[float], values: Sequence[float]
) -> list[tuple[float, float]]:
    """The curve; where it is too dense, the highest value of each stretch stands for it."""
    stretch = -(-len(t_s) // _MAX_POINTS) or 1
    return [
        (axis.x(t_s[begin]), axis.y(max(values[begin : begin + stretch])))
        for begin in range(0, len(t_s), stretch)
    ]


def _alarm(axis: _Axis, alarm: MatchedAlarm) -> str:
    event = alarm.event
    x = axis.x(event.decided_s)
    near_end = x > _RIGHT - 170
    words = f"{event.kind.replace('_', ' ')} {event.decided_s:.1f} s, {alarm.verdict.value}"
    label = f"{words} {_SIGNS[alarm.verdict]}" if near_end else f"{_SIGNS[alarm.verdict]} {words}"
    shift = 4 if near_end else -4
    evidence = tag("title", escape("; ".join(event.evidence))) if event.evidence else ""
    return tag(
        "g",
        evidence
        + tag("line", x1=x, x2=x, y1=_TOP - 6, y2=_BOTTOM, class_="alarm")
        + text(label, x + shift, _TOP - 10, "alarm-label", "end" if near_end else "start"),
        class_=f"alarm {alarm.verdict.value}",
    )
