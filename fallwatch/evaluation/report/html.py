"""HTML report: one page that needs no other file."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from fallwatch.evaluation.report.curve import curve
from fallwatch.evaluation.report.style import STYLE
from fallwatch.evaluation.report.tables import (
    Cell,
    Table,
    chance_table,
    corruption_table,
    held_out_table,
    protocol_table,
    summary_table,
    sweep_table,
)
from fallwatch.evaluation.report.timeline import timeline
from fallwatch.evaluation.report.wording import (
    interval_text,
    misjudged_clips,
    mistakes,
    number,
    percent,
)
from fallwatch.evaluation.score.clip_result import ClipResult
from fallwatch.evaluation.score.metrics import Summary
from fallwatch.evaluation.score.results import Results


def write_report(results: Results, path: Path) -> None:
    """Write the page.

    Raises:
        OSError: It cannot be written.
    """
    path.write_text(report_page(results), encoding="utf-8")


def report_page(results: Results) -> str:
    """The page as HTML."""
    summaries = results.summaries()
    about = results.about
    parts = [
        f"<h1>Falls seen, falls missed: {escape(_folder_names(about.get('folder', '')))}</h1>",
        _about(about),
        _tiles(summaries[0]),
        "<h2>Figures</h2>",
        render(summary_table(summaries, results.after_s)),
        f"<p>{escape(_reading_help(results.after_s))}</p>",
        render(protocol_table(summaries)),
        _remarks(results.remarks),
        _sweep(results),
        _held_out(results),
        _corruptions(results),
        _chance(results),
        _clips(results),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>fallwatch evaluation</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _folder_names(folders: str) -> str:
    """The last part of each folder's path, as `fallwatch.evaluation.command` joins them."""
    return ", ".join(Path(folder).name for folder in folders.split(", "))


def _about(about: dict[str, str]) -> str:
    words = (
        f"Classifier {about.get('variant', '?')}, sensitivity {about.get('sensitivity', '?')} "
        f"(threshold {about.get('threshold', '?')}), {about.get('analysis_fps', '?')} frames "
        f"analysed per second, fallwatch {about.get('fallwatch', '?')}, "
        f"{about.get('made_utc', '?')} UTC."
    )
    return f'<p class="quiet">{escape(words)}</p>'


def _tiles(summary: Summary) -> str:
    upper = summary.false_per_hour_upper
    tiles = [
        (
            "falls found",
            f"{summary.found} of {summary.falls}" if summary.falls else "-",
            _sensitivity(summary) if summary.falls else "nobody falls in these clips",
        ),
        (
            "false alarms",
            str(summary.false_alarms),
            f"in {summary.clips_with_false_alarm} of {summary.clips} clips, {summary.hours:.2f} h",
        ),
        (
            "false alarms per hour",
            number(summary.false_per_hour, 1),
            "" if upper is None else f"below {number(upper, 1)} with 95 % confidence",
        ),
    ]
    if summary.delay_p50_s is not None:
        tiles.append(
            (
                "from fall to alarm",
                f"{number(summary.delay_p50_s, 1)} s",
                f"19 of 20 within {number(summary.delay_p95_s, 1)} s",
            )
        )
    return '<div class="tiles">' + "".join(
        f"<div><span>{escape(name)}</span><b>{escape(big)}</b><span>{escape(small)}</span></div>"
        for name, big, small in tiles
    ) + "</div>"  # fmt: skip


def _sensitivity(summary: Summary) -> str:
    share, interval = percent(summary.sensitivity), interval_text(summary.sensitivity_ci)
    return f"{share} ({interval})" if interval else share


def _reading_help(after_s: float) -> str:
    return (
        "A fall is found if an alarm is decided from 0.3 s before its annotated start to "
        f"{after_s:g} s after its end. Small numbers below a figure are 95 % intervals, exact "
        "for falls found (Clopper and Pearson), else from resampling the clips (bootstrap); with "
        "few clips they say little. The bound on false "
        "alarms per hour is exact for a Poisson process, and the rule of three where there was no "
        "false alarm. Sport, where people lie down on purpose, is reported separately. A long lie "
        "reported after a fall that was found does not count as a false alarm."
    )


def render(table: Table) -> str:
    """A table for the page: all columns; intervals stand below their figures, in small."""
    head = "".join(f"<th>{escape(column.name)}</th>" for column in table.columns)
    body = "".join(
        f"<tr{_BOLD if row.is_bold else ''}>{''.join(map(_cell, row.cells))}</tr>"
        for row in table.rows
    )
    caption = f"<caption>{escape(table.title)}</caption>"
    content = f"{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="scroll"><table>{content}</table></div>'


def _cell(cell: Cell) -> str:
    interval = f"<small>{escape(cell.interval)}</small>" if cell.interval else ""
    return f"<td>{escape(cell.text)}{interval}</td>"


def _remarks(remarks: Sequence[str]) -> str:
    if not remarks:
        return ""
    return "<ul>" + "".join(f"<li>{escape(remark)}</li>" for remark in remarks) + "</ul>"


def _sweep(results: Results) -> str:
    points = results.sweep()
    if not points:
        return ""
    return (
        "<h2>Over the judge's threshold</h2><p>At each threshold the judge ran "
        f"again on the same predictions.</p><figure>{curve(points)}</figure>"
        "<details><summary>The figures</summary>"
        f"{render(sweep_table(points, results.counted))}</details>"
    )


def _held_out(results: Results) -> str:
    held_out = results.held_out()
    if not held_out:
        return ""
    return f"<h2>Leave one source out</h2>{render(held_out_table(held_out, results.counted))}"


def _corruptions(results: Results) -> str:
    if not results.corruptions:
        return ""
    return f"<h2>Bad light, bad images, cameras hung badly</h2>{render(corruption_table(results))}"


def _chance(results: Results) -> str:
    chance = results.chance()
    if not chance:
        return ""
    names = "".join(f"<li>{escape(clip)}</li>" for clip in chance[0].unsteady)
    unsteady = f"<p>Not the same in all:</p><ul>{names}</ul>" if names else ""
    words = (
        "The same clips once more, changed in ways that change nothing of what happened: whatever "
        "is found in one and missed in another was found, or missed, by luck. Figures in a row "
        "stand in the order of the caption."
    )
    return f"<h2>How much is chance</h2><p>{words}</p>{render(chance_table(chance))}{unsteady}"


def _clips(results: Results) -> str:
    by_name = {result.clip: result for result in results.clips}
    wrong = [by_name[clip] for clip, _ in misjudged_clips(results)]
    right = [result for result in results.clips if result not in wrong]
    unknown = [result for result in right if not result.labelled]
    falls = [result for result in right if result.labelled and result.falls_s]
    quiet = [result for result in right if result.labelled and not result.falls_s]
    groups = (
        ("Missed falls, false alarms and errors", wrong, True),
        ("Falls found", falls, False),
        ("Everyday life, no false alarm", quiet, False),
        ("Not counted: no label says whether somebody falls", unknown, False),
    )
    return "<h2>Clips</h2>" + _LEGEND + "".join(
        _group(title, clips, results, opened=opened)
        for title, clips, opened in groups
        if clips
    )  # fmt: skip


def _group(title: str, clips: Sequence[ClipResult], results: Results, *, opened: bool) -> str:
    figures = "".join(_clip(clip, results) for clip in clips)
    mark = " open" if opened else ""
    return f"<details{mark}><summary>{escape(title)} ({len(clips)})</summary>{figures}</details>"


def _clip(result: ClipResult, results: Results) -> str:
    words = mistakes(result, results.after_s)
    caption = f"<b>{escape(result.clip)}</b>"
    if result.sport:
        caption += ' <span class="quiet">sport</span>'
    if words:
        caption += f' <span class="mistakes">{escape(words)}</span>'
    if result.error is not None:
        return f"<figure><figcaption>{caption}</figcaption></figure>"
    drawing = timeline(result, float(results.about.get("threshold", "0.5")), results.after_s)
    return f"<figure><figcaption>{caption}</figcaption>{drawing}</figure>"


_BOLD = ' class="bold"'

_LEGEND = (
    '<p class="legend"><i class="score"></i>score of the judge <i class="p-fall"></i>p(fall) '
    '<i class="threshold"></i>threshold <i class="fall"></i>annotated fall <i class="window"></i>'
    'time allowed for its alarm <i class="pose"></i>a pose was found. Alarms: <b class="found">▲ '
    'found a fall</b> <b class="repeated">△ repeated</b> <b class="late">◇ late</b> '
    '<b class="false">✕ false</b>. Point at an alarm to see its evidence.</p>'
)
