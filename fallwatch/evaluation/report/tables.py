"""Tables of the metrics: built once, rendered on the terminal (`console`) and the page (`html`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fallwatch.evaluation.report.wording import (
    corruption_summaries,
    interval_text,
    kinds_text,
    number,
    percent,
)
from fallwatch.evaluation.run.corruptions import VARIATIONS, corruption_named
from fallwatch.evaluation.score.chance import Chance
from fallwatch.evaluation.score.held_out import HeldOut
from fallwatch.evaluation.score.intervals import binomial_interval
from fallwatch.evaluation.score.metrics import Interval, Summary
from fallwatch.evaluation.score.results import Results
from fallwatch.evaluation.score.sweep import SweepPoint


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its heading.
        short: Its heading on the terminal; empty: it is left out there, for want of width.
    """

    name: str
    short: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table.

    Attributes:
        text: Its content.
        interval: 95 % interval of the figure, which only the page has room for.
    """

    text: str
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.

    Attributes:
        cells: One for each column.
        is_bold: Whether it stands out.
    """

    cells: tuple[Cell, ...]
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table, all as text.

    Attributes:
        title: Its subject.
        columns: The first names the rows; the others hold figures.
        rows: In order.

    Raises:
        ValueError: A row has another number of cells than there are columns.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row.cells) != len(self.columns):
                raise ValueError(
                    f"{self.title}: expected {len(self.columns)} cells, got {len(row.cells)}"
                )


def summary_table(summaries: Sequence[Summary], after_s: float) -> Table:
    """One row for each group of clips; the first, over all that count, is bold."""
    columns = (
        Column("clips of", "clips of"),
        Column("clips", "clips"),
        Column("hours", "hours"),
        Column("falls found", "found"),
        Column("sensitivity", "sens."),
        Column("precision", ""),
        Column("F1", ""),
        Column("false alarms", "false"),
        Column("in clips", ""),
        Column("per hour", "/ hour"),
        Column("per hour, 95 % upper bound", "95 % <"),
        Column("delay p50, s", "p50 s"),
        Column("delay p95, s", "p95 s"),
        Column("pose before / after fall", ""),
        Column("alarms", ""),
    )
    rows = tuple(
        _row(
            each.name,
            str(each.clips),
            f"{each.hours:.2f}",
            _found(each),
            _share(each.sensitivity, each.sensitivity_ci),
            _share(each.precision, each.precision_ci),
            _share(each.f1, each.f1_ci),
            str(each.false_alarms),
            str(each.clips_with_false_alarm),
            number(each.false_per_hour, 1),
            number(each.false_per_hour_upper, 1),
            number(each.delay_p50_s),
            number(each.delay_p95_s),
            f"{percent(each.pose_before)} / {percent(each.pose_after)}",
            kinds_text(each.alarms_by_kind),
            is_bold=index == 0,
        )
        for index, each in enumerate(summaries)
    )
    return Table(f"Alarms count up to {after_s:g} s after the end of a fall", columns, rows)


def protocol_table(summaries: Sequence[Summary]) -> Table:
    """One row for each source: falls found and quiet clips disturbed, with exact intervals."""
    columns = (
        Column("clips of", "clips of"),
        Column("falls found", "falls found"),
        Column("95 %", "95 %"),
        Column("everyday clips with a false fall", "false in"),
        Column("95 %", "95 %"),
        Column("suspected and passed", "passed"),
        Column("delay p50, s", "p50 s"),
        Column("delay p95, s", "p95 s"),
    )
    rows = tuple(
        _row(
            each.name,
            _found(each),
            _exact(each.found, each.falls),
            f"{each.quiet_clips_with_fall}/{each.quiet_clips}" if each.quiet_clips else "-",
            _exact(each.quiet_clips_with_fall, each.quiet_clips),
            str(each.suspected_passed),
            number(each.delay_p50_s),
            number(each.delay_p95_s),
            is_bold=index == 0,
        )
        for index, each in enumerate(summaries)
    )
    return Table("Falls found, and everyday clips in which a fall was told", columns, rows)


def _exact(successes: int, trials: int) -> str:
    return interval_text(binomial_interval(successes, trials)) or "-"


def sweep_table(points: Sequence[SweepPoint], counted: str) -> Table:
    """One row for each threshold of the judge; those of the settings are bold."""
    columns = (
        Column("threshold", "threshold"),
        Column("setting", "setting"),
        Column("sensitivity", "sens."),
        Column("false alarms", "false"),
        Column("in clips", "in clips"),
        Column("per hour", "/ hour"),
        Column("delay p50, s", "p50 s"),
    )
    rows = tuple(
        _row(
            f"{point.threshold:.2f}",
            point.setting,
            percent(point.sensitivity),
            str(point.false_alarms),
            str(point.clips_with_false_alarm),
            number(point.false_per_hour, 1),
            number(point.delay_p50_s),
            is_bold=bool(point.setting),
        )
        for point in points
    )
    return Table(f"Over the judge's threshold: {counted}", columns, rows)


def held_out_table(held_out: Sequence[HeldOut], counted: str) -> Table:
    """One row for each held-out source; that of all together is bold."""
    columns = (
        Column("source", "source"),
        Column("threshold", "threshold"),
        Column("clips", "clips"),
        Column("falls found", "found"),
        Column("sensitivity", "sens."),
        Column("false alarms", "false"),
        Column("per hour", "/ hour"),
    )
    rows = tuple(
        _row(
            each.summary.name,
            number(each.threshold),
            str(each.summary.clips),
            _found(each.summary),
            _share(each.summary.sensitivity, each.summary.sensitivity_ci),
            str(each.summary.false_alarms),
            number(each.summary.false_per_hour, 1),
            is_bold=each.threshold is None,
        )
        for each in held_out
    )
    title = f"Leave one source out, threshold chosen on all others: {counted}"
    return Table(title, columns, rows)


def corruption_table(results: Results) -> Table:
    """One row for the clips as recorded, then one for each corruption."""
    columns = (
        Column("images", "images"),
        Column("falls found", "found"),
        Column("sensitivity", "sens."),
        Column("false alarms", "false"),
        Column("in clips", "in clips"),
        Column("delay p50, s", "p50 s"),
    )
    rows = tuple(
        _row(
            corruption_named(name).description,
            f"{summary.found} / {summary.falls}",
            percent(summary.sensitivity),
            str(summary.false_alarms),
            str(summary.clips_with_false_alarm),
            number(summary.delay_p50_s),
        )
        for name, summary in corruption_summaries(results)
    )
    return Table(f"Bad light, bad images, cameras hung badly: {results.counted}", columns, rows)


def chance_table(groups: Sequence[Chance]) -> Table:
    """One row for each source: what is found as recorded, and in each variation of the clips."""
    columns = (
        Column("clips of", "clips of"),
        Column("falls", "falls"),
        Column("found, as recorded and varied", "found"),
        Column("always found", "always"),
        Column("never found", "never"),
        Column("everyday clips", "everyday"),
        Column("false fall, as recorded and varied", "false in"),
    )
    rows = tuple(
        _row(
            each.name,
            str(each.falls) if each.falls else "-",
            _each_view(each.found) if each.falls else "-",
            str(each.always) if each.falls else "-",
            str(each.never) if each.falls else "-",
            str(each.quiet_clips) if each.quiet_clips else "-",
            _each_view(each.disturbed) if each.quiet_clips else "-",
            is_bold=index == 0,
        )
        for index, each in enumerate(groups)
    )
    views = ", ".join(variation.description for variation in VARIATIONS.values())
    return Table(f"Clips as recorded, {views}", columns, rows)


def _each_view(counts: Sequence[int]) -> str:
    return " ".join(map(str, counts))


def _row(*cells: str | Cell, is_bold: bool = False) -> Row:
    return Row(tuple(Cell(c) if isinstance(c, str) else c for c in cells), is_bold)


def _found(summary: Summary) -> str:
    return f"{summary.found}/{summary.falls}" if summary.falls else "-"


def _share(value: float | None, interval: Interval) -> Cell:
    return Cell(percent(value), interval_text(interval))
