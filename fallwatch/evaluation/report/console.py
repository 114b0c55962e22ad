"""The figures as tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table

from fallwatch.evaluation.report.wording import (
    FIGURE_NAMES,
    change_words,
    figure_words,
    kinds_words,
    number,
    percent,
    spared_share,
    stress_summaries,
    troubled_clips,
)
from fallwatch.evaluation.run.corruptions import PLAIN, STRESSES
from fallwatch.evaluation.score.compare import Comparison
from fallwatch.evaluation.score.held_out import HeldOut
from fallwatch.evaluation.score.metrics import SPORT, Summary
from fallwatch.evaluation.score.results import Results
from fallwatch.evaluation.score.sweep import SweepPoint


def print_results(results: Results, console: Console) -> None:
    """Print what there is, the figures last so that they stay on the screen."""
    troubled = troubled_clips(results)
    if troubled:
        console.print(_troubled_table(troubled))
    if results.sweep():
        console.print(_sweep_table(results.sweep()))
    held_out = results.held_out()
    if held_out:
        console.print(_held_out_table(held_out))
    if results.stresses:
        console.print(_stress_table(results))
    console.print(summary_table(results.summaries(), results.after_s))
    console.print(_in_words(results.summaries()[0]))
    for summary in results.summaries()[1:]:
        if summary.name == SPORT:
            console.print(f"Sport, alarms of all kinds: {kinds_words(summary.alarms_by_kind)}.")
    spared = spared_share(results.outcomes)
    if spared is not None:
        console.print(f"Of empty, still rooms, as of a camera, spared: {percent(spared)} of all.")


def summary_table(summaries: Sequence[Summary], after_s: float) -> Table:
    """One line for each group of clips."""
    table = _table(
        f"Alarms count up to {after_s:g} s after the end of a fall",
        "clips of", "clips", "hours", "found", "sens.", "false",
        "/ hour", "95 % <", "p50 s", "p95 s",
    )  # fmt: skip
    for index, summary in enumerate(summaries):
        table.add_row(
            escape(summary.name),
            str(summary.clips),
            f"{summary.hours:.2f}",
            f"{summary.found}/{summary.falls}" if summary.falls else "-",
            percent(summary.sensitivity),
            str(summary.false_alarms),
            number(summary.false_per_hour, 1),
            number(summary.false_per_hour_upper, 1),
            number(summary.delay_p50_s),
            number(summary.delay_p95_s),
            style="bold" if index == 0 else "",
        )
    return table


def _table(title: str, *heads: str) -> Table:
    """A light table: the first column to the left and as wide as it needs, figures to the right."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(heads[0], overflow="fold", min_width=12)
    for head in heads[1:]:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _in_words(summary: Summary) -> str:
    hours = f"{summary.hours:.2f} hours"
    parts = [
        f"Found {summary.found} of {summary.falls} falls{_percent_interval(summary)}; precision "
        f"{percent(summary.precision)}, F1 {percent(summary.f1)}; false alarms in "
        f"{summary.clips_with_false_alarm} of {summary.clips} clips.",
        f"Alarms of all kinds: {kinds_words(summary.alarms_by_kind)}; "
        f"false: {kinds_words(summary.false_by_kind)}.",
    ]
    if summary.false_per_hour_upper is not None:
        parts.append(
            f"False alarms in {hours}: {summary.false_alarms}, with 95 % confidence fewer than "
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


def _percent_interval(summary: Summary) -> str:
    if summary.sensitivity_ci is None:
        return ""
    low, high = summary.sensitivity_ci
    return f", {percent(summary.sensitivity)} (95 %: {percent(low)} to {percent(high)})"


def _troubled_table(troubled: Sequence[tuple[str, str]]) -> Table:
    title = "Clips that did not come out right"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("clip", overflow="fold")
    table.add_column("what", overflow="fold")
    for clip, words in troubled:
        table.add_row(escape(clip), escape(words))
    return table


def _sweep_table(points: Sequence[SweepPoint]) -> Table:
    table = _table(
        "Over the judge's threshold (all but sport)",
        "threshold", "setting", "sens.", "false", "in clips", "/ hour", "p50 s",
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


def _held_out_table(rows: Sequence[HeldOut]) -> Table:
    table = _table(
        "Leave one source out: the threshold is chosen on all other sources (all but sport)",
        "source", "threshold", "clips", "found", "sens.", "false", "/ hour",
    )  # fmt: skip
    for row in rows:
        summary = row.summary
        table.add_row(
            escape(summary.name),
            number(row.threshold),
            str(summary.clips),
            f"{summary.found}/{summary.falls}" if summary.falls else "-",
            percent(summary.sensitivity),
            str(summary.false_alarms),
            number(summary.false_per_hour, 1),
            style="bold" if row.threshold is None else "",
        )
    return table


def _stress_table(results: Results) -> Table:
    table = _table(
        "Bad light and bad pictures (all but sport)",
        "pictures", "found", "sens.", "false", "in clips", "p50 s",
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
    table = _table(
        f"{comparison.clips} clips in both (all but sport)",
        "figure",
        "A",
        "B",
        "B - A",
        "95 % interval",
    )
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
    changes = Table("clip", "what changed from A to B", box=SIMPLE_HEAD)
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
