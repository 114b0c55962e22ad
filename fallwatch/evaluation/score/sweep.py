"""Sweep over the judge's threshold: sensitivity against false alarms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fallwatch.core.judge.judge import THRESHOLDS
from fallwatch.evaluation.score.clip_result import ClipResult
from fallwatch.evaluation.score.matching import AFTER_S
from fallwatch.evaluation.score.metrics import summarize

#: From far too many alarms to far too few, with the three operating points among them.
SWEEP_THRESHOLDS = tuple(
    sorted({round(0.30 + 0.04 * step, 2) for step in range(15)} | set(THRESHOLDS.values()))
)


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """The metrics at one threshold, over everything but sport.

    Attributes:
        threshold: The judge's.
        sensitivity: Found falls over falls; None without falls.
        false_per_hour: False alarms over hours.
        false_alarms: Their number.
        clips_with_false_alarm: Number of clips with any.
        delay_p50_s: Median delay of the alarms, seconds.
        setting: The word for this threshold in the settings, if it has one.
    """

    threshold: float
    sensitivity: float | None
    false_per_hour: float | None
    false_alarms: int
    clips_with_false_alarm: int
    delay_p50_s: float | None
    setting: str = ""


def sweep_points(results: Sequence[ClipResult], after_s: float = AFTER_S) -> list[SweepPoint]:
    """The curve, from the lowest threshold to the highest; empty if none were tried."""
    counted = [each for each in results if each.error is None and not each.sport]
    words = {threshold: word for word, threshold in THRESHOLDS.items()}
    points = []
    for threshold in sorted(counted[0].sweep) if counted else ():
        tried = [replace(result, events=result.sweep[threshold]) for result in counted]
        summary = summarize("", tried, after_s, intervals=False)
        points.append(
            SweepPoint(
                threshold,
                summary.sensitivity,
                summary.false_per_hour,
                summary.false_alarms,
                summary.clips_with_false_alarm,
                summary.delay_p50_s,
                words.get(threshold, ""),
            )
        )
    return points
