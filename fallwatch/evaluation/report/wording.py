"""Wording of figures, the same on the terminal and on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fallwatch.core.image_checks.sparse import SparseFrames
from fallwatch.core.types import EventKind
from fallwatch.evaluation.run.corruptions import CLEAN
from fallwatch.evaluation.score.clip_result import ClipResult
from fallwatch.evaluation.score.matching import Verdict, match
from fallwatch.evaluation.score.metrics import Interval, Summary, summarize
from fallwatch.evaluation.score.results import Results

#: Names of the metrics that are compared.
METRIC_NAMES = {
    "sensitivity": "sensitivity",
    "precision": "precision",
    "f1": "F1",
    "false_per_hour": "false alarms per hour",
}


def percent(value: float | None) -> str:
    """``97 %``; a dash where there is no figure."""
    return "-" if value is None else f"{value:.0%}".replace("%", " %")


def number(value: float | None, digits: int = 2) -> str:
    """``0.42``; a dash where there is no figure."""
    return "-" if value is None else f"{value:.{digits}f}"


def interval_text(interval: Interval) -> str:
    """``90-100`` for a share, in percent; nothing where there is no interval."""
    return "" if interval is None else f"{interval[0] * 100:.0f}-{interval[1] * 100:.0f}"


def metric_text(metric: str, value: float | None) -> str:
    """A rate as a number, a share in percent."""
    return number(value, 1) if metric == "false_per_hour" else percent(value)


def change_text(metric: str, value: float | None) -> str:
    """A difference with its sign, in percentage points for shares."""
    if value is None:
        return "-"
    return f"{value:+.1f}" if metric == "false_per_hour" else f"{value * 100:+.1f} points"


def kinds_text(kinds: Mapping[str, int]) -> str:
    """``12 fall, 1 on floor``; ``none`` for none."""
    words = (f"{count} {kind.replace('_', ' ')}" for kind, count in kinds.items())
    return ", ".join(words) or "none"


def mistakes(result: ClipResult, after_s: float) -> str:
    """The mistakes in a clip, in words; empty if there are none."""
    if result.error is not None:
        return result.error
    if not result.labelled:
        return ""
    matched = match(result.events, result.falls_s, after_s)
    found = sum(each.verdict is Verdict.FOUND for each in matched)
    late = [each for each in matched if each.verdict is Verdict.LATE]
    false = [each for each in matched if each.verdict is Verdict.FALSE]
    if result.sport:
        # People who exercise on a mat do lie on the floor: only a fall would be wrong.
        false = [each for each in false if each.event.kind == EventKind.FALL.value]
    words = []
    if found < len(result.falls_s):
        words.append("fall missed" if not late else "fall found only late")
    if false:
        kinds = " and ".join(
            f"{each.event.kind.replace('_', ' ')} at {each.event.decided_s:.1f} s" for each in false
        )
        words.append(f"false alarm: {kinds}")
    return "; ".join(words)


def misjudged_clips(results: Results) -> list[tuple[str, str]]:
    """Clips that failed, then those with a missed fall, then those with false alarms."""
    found = [(result, mistakes(result, results.after_s)) for result in results.clips]
    rows = [(result, words) for result, words in found if words]
    rows.sort(key=lambda row: (row[0].error is None, row[1].startswith("false"), row[0].clip))
    return [(result.clip, words) for result, words in rows]


def sparse_clips(clips: Sequence[ClipResult]) -> list[str]:
    """What to say of each clip of too few frames to judge, in words."""
    judged = [clip for clip in clips if not clip.spared]  # else frames were left out on purpose
    warnings = (SparseFrames(clip.series.t_s).warning(clip.clip) for clip in judged)
    return [str(warning) for warning in warnings if warning]


def spared_share(clips: Sequence[ClipResult]) -> float | None:
    """Share of all frames that were not judged, by time; None if all were."""
    total_s = sum(clip.duration_s for clip in clips)
    spared_s = sum(clip.spared * clip.duration_s for clip in clips)
    return spared_s / total_s if spared_s else None


def corruption_summaries(results: Results) -> list[tuple[str, Summary]]:
    """The metrics as recorded, and under each corruption, over everything but sport."""
    runs = {CLEAN.name: results.clips, **results.corruptions}
    return [
        (
            name,
            summarize(name, [c for c in clips if not c.sport], results.after_s, intervals=False),
        )
        for name, clips in runs.items()
    ]
