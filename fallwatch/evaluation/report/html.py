"""The report: one page that needs nothing but itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

from fallwatch.evaluation.report.curve import curve
from fallwatch.evaluation.report.style import STYLE
from fallwatch.evaluation.report.timeline import timeline
from fallwatch.evaluation.report.wording import (
    interval_words,
    kinds_words,
    number,
    percent,
    stress_summaries,
    trouble,
    troubled_clips,
)
from fallwatch.evaluation.run.corruptions import PLAIN, STRESSES
from fallwatch.evaluation.score.metrics import Summary
from fallwatch.evaluation.score.outcome import ClipOutcome
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
        f"<h1>Falls seen, falls missed: {escape(Path(about.get('folder', '')).name)}</h1>",
        _about(about),
        _tiles(summaries[0], results.after_s),
        "<h2>Figures</h2>",
        _summary_table(summaries),
        f"<p>{escape(_reading_help(results.after_s))}</p>",
        _remarks(results.remarks),
        _sweep(results),
        _held_out(results),
        _stress(results),
        _clips(results),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>fallwatch evaluation</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _about(about: dict[str, str]) -> str:
    words = (
        f"Classifier {about.get('variant', '?')}, sensitivity {about.get('sensitivity', '?')} "
        f"(threshold {about.get('threshold', '?')}), {about.get('analysis_fps', '?')} pictures "
        f"judged per second, fallwatch {about.get('fallwatch', '?')}, "
        f"{about.get('made_utc', '?')} UTC."
    )
    return f'<p class="quiet">{escape(words)}</p>'


def _tiles(summary: Summary, after_s: float) -> str:
    upper = summary.false_per_hour_upper
    tiles = [
        (
            "falls found",
            f"{summary.found} of {summary.falls}",
            f"{percent(summary.sensitivity)}{interval_words(summary.sensitivity_ci)}"
            if summary.falls
            else "no clip has a fall",
        ),
        (
            "false alarms",
            str(summary.false_alarms),
            f"in {summary.clips_with_false_alarm} of {summary.clips} clips, {summary.hours:.2f} h",
        ),
        (
            "false alarms per hour",
            number(summary.false_per_hour, 1),
            f"below {number(upper, 1)} with 95 % confidence",
        ),
        (
            "from fall to alarm",
            f"{number(summary.delay_p50_s, 1)} s",
            f"19 of 20 within {number(summary.delay_p95_s, 1)} s",
        ),
    ]
    return '<div class="tiles">' + "".join(
        f"<div><span>{escape(name)}</span><b>{escape(big)}</b><span>{escape(small)}</span></div>"
        for name, big, small in tiles
    ) + "</div>"  # fmt: skip


def _reading_help(after_s: float) -> str:
    return (
        "A fall is found if an alarm is decided from 0.3 s before its annotated start to "
        f"{after_s:g} s after its end. Small numbers below a figure are 95 % intervals from "
        "drawing clips anew; with few clips they say little. The bound on false alarms per hour is "
        "exact for a Poisson process, and the rule of three where there was none. Sport, where "
        "people lie down on purpose, is kept apart. A long lie reported after a fall that was "
        "found is no further false alarm."
    )


def _summary_table(summaries: Sequence[Summary]) -> str:
    head = (
        "clips of", "clips", "hours", "falls found", "sensitivity", "precision", "F1",
        "false alarms", "in clips", "per hour, 95 % bound below", "delay p50 / p95, s",
        "pose before / after fall", "alarms",
    )  # fmt: skip
    rows = [
        (
            each.name,
            str(each.clips),
            f"{each.hours:.2f}",
            f"{each.found} / {each.falls}" if each.falls else "-",
            percent(each.sensitivity) + interval_words(each.sensitivity_ci),
            percent(each.precision) + interval_words(each.precision_ci),
            percent(each.f1) + interval_words(each.f1_ci),
            str(each.false_alarms),
            str(each.clips_with_false_alarm),
            f"{number(each.false_per_hour, 1)} (< {number(each.false_per_hour_upper, 1)})",
            f"{number(each.delay_p50_s)} / {number(each.delay_p95_s)}",
            f"{percent(each.pose_before)} / {percent(each.pose_after)}",
            kinds_words(each.alarms_by_kind),
        )
        for each in summaries
    ]
    return _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll">{table}</div>'


def _cell(words: str) -> str:
    """A cell; what stands in brackets goes below, in small."""
    main, _, aside = words.partition(" (")
    return escape(main) + (f"<small>{escape(aside.rstrip(')'))}</small>" if aside else "")


def _remarks(remarks: Sequence[str]) -> str:
    if not remarks:
        return ""
    return "<ul>" + "".join(f"<li>{escape(remark)}</li>" for remark in remarks) + "</ul>"


def _sweep(results: Results) -> str:
    points = results.sweep()
    if not points:
        return ""
    rows = [
        (
            f"{point.threshold:.2f}",
            point.setting,
            percent(point.sensitivity),
            str(point.false_alarms),
            str(point.clips_with_false_alarm),
            number(point.false_per_hour, 1),
            number(point.delay_p50_s),
        )
        for point in points
    ]
    head = (
        "threshold", "setting", "sensitivity", "false alarms", "in clips", "per hour",
        "delay p50, s",
    )  # fmt: skip
    return (
        "<h2>Over the judge's threshold</h2><p>All but sport; at each threshold the judge ran "
        f"anew.</p><figure>{curve(points)}</figure>"
        f"<details><summary>The figures</summary>{_table(head, rows)}</details>"
    )


def _held_out(results: Results) -> str:
    held_out = results.held_out()
    if not held_out:
        return ""
    head = ("source", "threshold", "clips", "falls found", "sensitivity", "false alarms",
            "per hour")  # fmt: skip
    rows = [
        (
            row.summary.name,
            number(row.threshold),
            str(row.summary.clips),
            f"{row.summary.found} / {row.summary.falls}" if row.summary.falls else "-",
            percent(row.summary.sensitivity) + interval_words(row.summary.sensitivity_ci),
            str(row.summary.false_alarms),
            number(row.summary.false_per_hour, 1),
        )
        for row in held_out
    ]
    return (
        "<h2>Leave one source out</h2><p>All but sport; each source at the threshold that all the "
        f"others would choose.</p>{_table(head, rows)}"
    )


def _stress(results: Results) -> str:
    if not results.stresses:
        return ""
    head = ("pictures", "falls found", "sensitivity", "false alarms", "in clips", "delay p50, s")
    rows = [
        (
            STRESSES.get(name, PLAIN).meaning,
            f"{summary.found} / {summary.falls}",
            percent(summary.sensitivity),
            str(summary.false_alarms),
            str(summary.clips_with_false_alarm),
            number(summary.delay_p50_s),
        )
        for name, summary in stress_summaries(results)
    ]
    return f"<h2>Bad light and bad pictures</h2><p>All but sport.</p>{_table(head, rows)}"


def _clips(results: Results) -> str:
    by_name = {outcome.clip: outcome for outcome in results.outcomes}
    wrong = [by_name[clip] for clip, _ in troubled_clips(results)]
    right = [o for o in results.outcomes if o not in wrong]
    unknown = [outcome for outcome in right if not outcome.labelled]
    falls = [outcome for outcome in right if outcome.labelled and outcome.falls_s]
    quiet = [outcome for outcome in right if outcome.labelled and not outcome.falls_s]
    groups = (
        ("Did not come out right", wrong, True),
        ("Falls found", falls, False),
        ("Everyday life, no false alarm", quiet, False),
        ("Not counted: nobody noted whether somebody falls", unknown, False),
    )
    return "<h2>Clips</h2>" + _LEGEND + "".join(
        _group(title, outcomes, results, opened=opened)
        for title, outcomes, opened in groups
        if outcomes
    )  # fmt: skip


def _group(title: str, outcomes: Sequence[ClipOutcome], results: Results, *, opened: bool) -> str:
    figures = "".join(_clip(outcome, results) for outcome in outcomes)
    mark = " open" if opened else ""
    return f"<details{mark}><summary>{escape(title)} ({len(outcomes)})</summary>{figures}</details>"


def _clip(outcome: ClipOutcome, results: Results) -> str:
    words = trouble(outcome, results.after_s)
    caption = f"<b>{escape(outcome.clip)}</b>"
    if outcome.sport:
        caption += ' <span class="quiet">sport</span>'
    if words:
        caption += f' <span class="trouble">{escape(words)}</span>'
    if outcome.error is not None:
        return f"<figure><figcaption>{caption}</figcaption></figure>"
    picture = timeline(outcome, float(results.about.get("threshold", "0.5")), results.after_s)
    return f"<figure><figcaption>{caption}</figcaption>{picture}</figure>"


_LEGEND = (
    '<p class="legend"><i class="score"></i>score of the judge <i class="p-fall"></i>p(fall) '
    '<i class="threshold"></i>threshold <i class="fall"></i>annotated fall <i class="window"></i>'
    'time for its alarm <i class="pose"></i>a pose was seen. Alarms: <b class="found">▲ found a '
    'fall</b> <b class="repeated">△ repeated</b> <b class="late">◇ late</b> '
    '<b class="false">✕ false</b>. Hold the pointer over an alarm for its evidence.</p>'
)
