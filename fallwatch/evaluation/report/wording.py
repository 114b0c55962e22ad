"""Figures in words, the same on the terminal and in the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fallwatch.core.types import EventKind
from fallwatch.evaluation.run.corruptions import PLAIN
from fallwatch.evaluation.score.matching import Verdict, match
from fallwatch.evaluation.score.metrics import Interval, Summary, summarize
from fallwatch.evaluation.score.outcome import ClipOutcome
from fallwatch.evaluation.score.results import Results

#: What people call the figures that are compared.
FIGURE_NAMES = {
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


def interval_words(interval: Interval) -> str:
    """`` (90-100)`` for a share; nothing where there is no interval."""
    if interval is None:
        return ""
    return f" ({interval[0] * 100:.0f}-{interval[1] * 100:.0f})"


def figure_words(figure: str, value: float | None) -> str:
    """A figure as its kind wants it."""
    return number(value, 1) if figure == "false_per_hour" else percent(value)


def change_words(figure: str, value: float | None) -> str:
    """A difference with its sign, in percentage points for shares."""
    if value is None:
        return "-"
    return f"{value:+.1f}" if figure == "false_per_hour" else f"{value * 100:+.1f} points"


def kinds_words(kinds: Mapping[str, int]) -> str:
    """``12 fall, 1 on floor``; ``none`` for none."""
    words = (f"{count} {kind.replace('_', ' ')}" for kind, count in kinds.items())
    return ", ".join(words) or "none"


def trouble(outcome: ClipOutcome, after_s: float) -> str:
    """What went wrong in a clip, in words; empty if nothing did."""
    if outcome.error is not None:
        return outcome.error
    if not outcome.labelled:
        return ""
    judged = match(outcome.events, outcome.falls_s, after_s)
    found = sum(each.verdict is Verdict.FOUND for each in judged)
    late = [each for each in judged if each.verdict is Verdict.LATE]
    false = [each for each in judged if each.verdict is Verdict.FALSE]
    if outcome.sport:
        # Who exercises on a mat does lie on the floor: only a fall would be wrong.
        false = [each for each in false if each.event.kind == EventKind.FALL.value]
    words = []
    if found < len(outcome.falls_s):
        words.append("fall missed" if not late else "fall found only late")
    if false:
        kinds = " and ".join(
            f"{each.event.kind.replace('_', ' ')} at {each.event.decided_s:.1f} s" for each in false
        )
        words.append(f"false alarm: {kinds}")
    return "; ".join(words)


def troubled_clips(results: Results) -> list[tuple[str, str]]:
    """Clips that failed, then those with a missed fall, then those with false alarms."""
    found = [(outcome, trouble(outcome, results.after_s)) for outcome in results.outcomes]
    rows = [(outcome, words) for outcome, words in found if words]
    rows.sort(key=lambda row: (row[0].error is None, row[1].startswith("false"), row[0].clip))
    return [(outcome.clip, words) for outcome, words in rows]


def spared_share(outcomes: Sequence[ClipOutcome]) -> float | None:
    """Share of all pictures that were not judged, by time; None if all were."""
    total_s = sum(outcome.duration_s for outcome in outcomes)
    spared_s = sum(outcome.spared * outcome.duration_s for outcome in outcomes)
    return spared_s / total_s if spared_s else None


def stress_summaries(results: Results) -> list[tuple[str, Summary]]:
    """The figures as recorded, and under each stress, over everything but sport."""
    runs = {PLAIN.name: results.outcomes, **results.stresses}
    return [
        (
            name,
            summarize(name, [o for o in outcomes if not o.sport], results.after_s, intervals=False),
        )
        for name, outcomes in runs.items()
    ]
