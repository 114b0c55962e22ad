"""The figures as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from fallwatch.evaluation.compare import Comparison
from fallwatch.evaluation.metrics import Summary
from fallwatch.evaluation.results import Results
from fallwatch.evaluation.stress import PLAIN, STRESSES
from fallwatch.evaluation.sweep import SweepPoint
from fallwatch.evaluation.words import (
    FIGURE_NAMES,
    change_words,
    figure_words,
    interval_words,
    kinds_words,
    number,
    percent,
    stress_summaries,
    troubled_clips,
)


def print_results(results: Results, console: Console) -> None:
    """Print what there is, the figures last so that they stay on the screen."""
    troubled = troubled_clips(results)
    if troubled:
        console.print(_troubled_table(troubled))
    if results.sweep():
        console.print(_sweep_table(results.sweep()))
    if results.stresses:
        console.print(_stress_table(results))
    console.print(summary_table(results.summaries(), results.after_s))
    console.print(_in_words(results.summaries()[0]))


def summary_table(summaries: Sequence[Summary], after_s: float) -> Table:
    """One line for each group of clips."""
    table = Table(
        "clips of", "clips", "hours", "falls found", "sensitivity", "precision", "F1",
        "false alarms", "in clips", "per hour", "delay p50 / p95",
        title=f"Falls found within {after_s:g} s of their end", title_justify="left",
    )  # fmt: skip
    for column in table.columns[1:]:
        column.justify = "right"
    for index, summary in enumerate(summaries):
        rate, upper = summary.false_per_hour, summary.false_per_hour_upper
        table.add_row(
            escape(summary.name),
            str(summary.clips),
            f"{summary.hours:.2f}",
            f"{summary.found} / {summary.falls}" if summary.falls else "-",
            f"{percent(summary.sensitivity)}{interval_words(summary.sensitivity_ci)}",
            percent(summary.precision),
            percent(summary.f1),
            str(summary.false_alarms),
            str(summary.clips_with_false_alarm),
            f"{number(rate, 1)} (< {number(upper, 1)})" if upper is not None else "-",
            f"{number(summary.delay_p50_s)} / {number(summary.delay_p95_s)} s"
            if summary.delay_p50_s is not None
            else "-",
            style="bold" if index == 0 else "",
        )
    return table


def _in_words(summary: Summary) -> str:
    hours = f"{summary.hours:.2f} hours"
    parts = [
        f"Alarms of all kinds: {kinds_words(summary.alarms_by_kind)}; "
        f"false: {kinds_words(summary.false_by_kind)}."
    ]
    if summary.false_per_hour_upper is not None:
        parts.append(
            f"{summary.false_alarms} false alarms in {hours}: with 95 % confidence fewer than "
            f"{summary.false_per_hour_upper:.1f} an hour."
        )
    if summary.pose_before is not None or summary.pose_after is not None:
        parts.append(
            f"A pose was seen in {percent(summary.pose_before)} of the pictures before a fall and "
            f"{percent(summary.pose_after)} of those after its start."
        )
    if summary.late or summary.repeated:
        parts.append(
            f"{summary.late} alarms came late, {summary.repeated} repeated one that was right."
        )
    return "\n".join(parts)


def _troubled_table(troubled: Sequence[tuple[str, str]]) -> Table:
    table = Table("clip", "what", title="Clips that did not come out right", title_justify="left")
    for clip, words in troubled:
        table.add_row(escape(clip), escape(words))
    return table


def _sweep_table(points: Sequence[SweepPoint]) -> Table:
    table = Table(
        "threshold", "setting", "sensitivity", "false alarms", "in clips", "per hour", "delay p50",
        title="Over the judge's threshold (all but sport)", title_justify="left",
    )  # fmt: skip
    for point in points:
        table.add_row(
            f"{point.threshold:.2f}",
            point.setting,
            percent(point.sensitivity),
            str(point.false_alarms),
            str(point.clips_with_false_alarm),
            number(point.false_per_hour, 1),
            number(point.delay_p50_s),
            style="bold" if point.setting else "",
        )
    return table


def _stress_table(results: Results) -> Table:
    table = Table(
        "pictures", "falls found", "sensitivity", "false alarms", "in clips", "delay p50",
        title="Bad light and bad pictures (all but sport)", title_justify="left",
    )  # fmt: skip
    for name, summary in stress_summaries(results):
        stress = STRESSES.get(name, PLAIN)
        table.add_row(
            stress.meaning,
            f"{summary.found} / {summary.falls}",
            percent(summary.sensitivity),
            str(summary.false_alarms),
            str(summary.clips_with_false_alarm),
            number(summary.delay_p50_s),
        )
    return table


def comparison_view(comparison: Comparison) -> RenderableType:
    """Two runs side by side."""
    table = Table(
        "figure", "A", "B", "B - A", "95 % interval",
        title=f"{comparison.clips} clips in both (all but sport)", title_justify="left",
    )  # fmt: skip
    for each in comparison.differences:
        table.add_row(
            FIGURE_NAMES[each.figure],
            figure_words(each.figure, each.a),
            figure_words(each.figure, each.b),
            change_words(each.figure, each.change),
            "-"
            if each.change_ci is None
            else " to ".join(change_words(each.figure, end) for end in each.change_ci),
        )
    changes = Table("clip", "what changed from A to B")
    for clip, words in comparison.changes:
        changes.add_row(escape(clip), words)
    parts: list[RenderableType] = [
        table,
        changes if comparison.changes else "No clip came out differently.",
    ]
    for name, only in (("A", comparison.only_a), ("B", comparison.only_b)):
        if only:
            parts.append(f"Only in {name}, and left out: {len(only)} clips.")
    return Group(*parts)
