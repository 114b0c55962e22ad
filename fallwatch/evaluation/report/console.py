"""Terminal output of the results."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Table as RichTable

from fallwatch.evaluation.report.tables import (
    Table,
    chance_table,
    corruption_table,
    held_out_table,
    protocol_table,
    summary_table,
    sweep_table,
)
from fallwatch.evaluation.report.wording import (
    METRIC_NAMES,
    change_text,
    kinds_text,
    metric_text,
    misjudged_clips,
    percent,
    spared_share,
    sparse_clips,
)
from fallwatch.evaluation.score.compare import Comparison
from fallwatch.evaluation.score.metrics import SPORT, Summary
from fallwatch.evaluation.score.results import Results


def print_results(results: Results, console: Console, *, protocol: bool = False) -> None:
    """Print what there is, the summary last so that it stays on the screen.

    Args:
        results: Of a run.
        console: Where to.
        protocol: Whether to print falls found and quiet clips disturbed by source, too.
    """
    misjudged = misjudged_clips(results)
    if misjudged:
        console.print(_misjudged_table(misjudged))
    _print_further_runs(results, console)
    summaries = results.summaries()
    console.print(render(summary_table(summaries, results.after_s)))
    if protocol:
        console.print(render(protocol_table(summaries)))
    console.print(_summary_text(summaries[0]))
    for summary in summaries[1:]:
        if summary.name == SPORT:
            console.print(f"Sport, alarms of all kinds: {kinds_text(summary.alarms_by_kind)}.")
    for warning in sparse_clips(results.clips):
        console.print(f"[yellow]![/] {escape(warning)}")
    spared = spared_share(results.clips)
    if spared is not None:
        console.print(f"Of empty and calm rooms, as of a camera, spared: {percent(spared)} of all.")


def _print_further_runs(results: Results, console: Console) -> None:
    """Print what other thresholds, worse images and other views of the same clips give."""
    sweep, held_out, chance = results.sweep(), results.held_out(), results.chance()
    if sweep:
        console.print(render(sweep_table(sweep, results.counted)))
    if held_out:
        console.print(render(held_out_table(held_out, results.counted)))
    if results.corruptions:
        console.print(render(corruption_table(results)))
    if chance:
        console.print(render(chance_table(chance)))
        for clip in chance[0].unsteady:
            console.print(f"Not the same in all: {escape(clip)}")


def render(table: Table) -> RichTable:
    """A table for the terminal: the columns that have a short heading, without intervals."""
    shown = [number for number, column in enumerate(table.columns) if column.short]
    rendered = _light_table(table.title, *(table.columns[number].short for number in shown))
    for row in table.rows:
        cells = (escape(row.cells[number].text) for number in shown)
        rendered.add_row(*cells, style="bold" if row.is_bold else "")
    return rendered


def comparison_view(comparison: Comparison) -> RenderableType:
    """Two runs side by side."""
    if not comparison.clips and not comparison.changes:
        return Group("No clip is in both: A and B measured different folders.")
    without = ", those of sport left out" if comparison.has_sport else ""
    title = f"{comparison.clips} clips in both{without}"
    table = _light_table(title, "figure", "A", "B", "B - A", "95 % interval")
    for each in comparison.differences:
        table.add_row(
            METRIC_NAMES[each.metric],
            metric_text(each.metric, each.a),
            metric_text(each.metric, each.b),
            change_text(each.metric, each.change),
            "-"
            if each.change_ci is None
            else " to ".join(change_text(each.metric, end) for end in each.change_ci),
        )
    changes = RichTable("clip", "what changed from A to B", box=SIMPLE_HEAD)
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


def _light_table(title: str, *heads: str) -> RichTable:
    """A table whose first column is to the left and as wide as it needs, figures to the right."""
    table = RichTable(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column(heads[0], overflow="fold", min_width=12)
    for head in heads[1:]:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _misjudged_table(misjudged: Sequence[tuple[str, str]]) -> RichTable:
    title = "Clips that did not come out right"
    table = RichTable(title=title, title_justify="left", box=SIMPLE_HEAD)
    table.add_column("clip", overflow="fold")
    table.add_column("what", overflow="fold")
    for clip, words in misjudged:
        table.add_row(escape(clip), escape(words))
    return table


def _summary_text(summary: Summary) -> str:
    hours = f"{summary.hours:.2f} hours"
    falls = (
        f"Found {summary.found} of {summary.falls} falls{_sensitivity_text(summary)}; precision "
        f"{percent(summary.precision)}, F1 {percent(summary.f1)}"
        if summary.falls
        else "Nobody falls in these clips"
    )
    parts = [
        f"{falls}; false alarms in {summary.clips_with_false_alarm} of {summary.clips} clips.",
        f"Alarms of all kinds: {kinds_text(summary.alarms_by_kind)}; "
        f"false: {kinds_text(summary.false_by_kind)}.",
    ]
    if summary.false_per_hour_upper is not None:
        parts.append(
            f"False alarms in {hours}: {summary.false_alarms}, with 95 % confidence fewer than "
            f"{summary.false_per_hour_upper:.1f} an hour."
        )
    if summary.pose_before is not None or summary.pose_after is not None:
        parts.append(
            f"A pose was seen in {percent(summary.pose_before)} of the frames before a fall and "
            f"{percent(summary.pose_after)} of those after its start."
        )
    if summary.suspected_passed:
        parts.append(f"Suspected to have fallen, and not told: {summary.suspected_passed} times.")
    if summary.late or summary.repeated:
        parts.append(
            f"{summary.late} alarms came late, {summary.repeated} repeated one that was right."
        )
    return "\n".join(parts)


def _sensitivity_text(summary: Summary) -> str:
    if summary.sensitivity_ci is None:
        return ""
    low, high = summary.sensitivity_ci
    return f", {percent(summary.sensitivity)} (95 %: {percent(low)} to {percent(high)})"
