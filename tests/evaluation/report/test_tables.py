"""Tables of the metrics: the terminal and the page show the same cells."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree

import pytest
from rich.console import Console
from rich.text import Text

from fallwatch.evaluation.report import console, html
from fallwatch.evaluation.report.tables import (
    Cell,
    Column,
    Row,
    Table,
    chance_table,
    corruption_table,
    held_out_table,
    protocol_table,
    summary_table,
    sweep_table,
)
from fallwatch.evaluation.score.clip_result import ClipResult, Event
from fallwatch.evaluation.score.results import Results
from tests.evaluation.factory import clip_result, results


def _swept(clip: str, *alarms: float, fall_s: float | None = None) -> ClipResult:
    """A clip whose alarms come at all thresholds but the highest."""
    events = tuple(Event("fall", alarm, alarm) for alarm in alarms)
    return clip_result(clip, *alarms, fall_s=fall_s, sweep={0.3: events, 0.58: events, 0.7: ()})


def _run() -> Results:
    return results(
        _swept("one [kitchen]/fall", 10.5, fall_s=10.0),
        _swept("one [kitchen]/missed", fall_s=10.0),
        _swept("two <&>/fall", 11.0, fall_s=10.0),
        _swept("two <&>/calm", 3.0),
        corruptions={
            "dark": [clip_result("one/fall", fall_s=10.0)],
            "fps8": [clip_result("one/fall", 10.5, fall_s=10.0)],
        },
        variations={
            "later": [
                _swept("one [kitchen]/fall", fall_s=10.0),
                _swept("one [kitchen]/missed", 10.2, fall_s=10.0),
                _swept("two <&>/fall", 11.0, fall_s=10.0),
                _swept("two <&>/calm"),
            ]
        },
    )


def _tables() -> dict[str, Table]:
    run = _run()
    return {
        "summary": summary_table(run.summaries(), run.after_s),
        "protocol": protocol_table(run.summaries()),
        "sweep": sweep_table(run.sweep(), run.counted),
        "held out": held_out_table(run.held_out(), run.counted),
        "corruptions": corruption_table(run),
        "chance": chance_table(run.chance()),
    }


def _on_page(table: Table) -> tuple[str, list[str], list[list[str]]]:
    """Title, headings and the cells' texts without intervals, as the page shows them."""
    root = ElementTree.fromstring(html.render(table))
    heads = [head.text or "" for head in root.iter("th")]
    rows = [[cell.text or "" for cell in row.iter("td")] for row in root.iter("tr")]
    return root.findtext(".//caption") or "", heads, rows[1:]


def _on_terminal(table: Table) -> tuple[str, list[str], list[list[str]]]:
    rendered = console.render(table)
    columns = [[Text.from_markup(str(cell)).plain for cell in c.cells] for c in rendered.columns]
    heads = [str(column.header) for column in rendered.columns]
    return str(rendered.title), heads, [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("name", ["summary", "sweep", "held out", "corruptions", "chance"])
def test_terminal_and_page_show_the_same_cells(name: str) -> None:
    table = _tables()[name]
    assert len(table.rows) >= 3
    page_title, page_heads, page_rows = _on_page(table)
    title, heads, rows = _on_terminal(table)
    assert page_title == title == table.title
    assert page_heads == [column.name for column in table.columns]
    assert page_rows == [[cell.text for cell in row.cells] for row in table.rows]
    shown = [number for number, column in enumerate(table.columns) if column.short]
    assert heads == [table.columns[number].short for number in shown]
    assert rows == [[row[number] for number in shown] for row in page_rows]


@pytest.mark.parametrize("name", ["sweep", "held out", "corruptions"])
def test_titles_say_which_clips_are_counted(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _tables()[name].title.endswith(": all clips")
    run = _run()
    run.clips.append(clip_result("one/jumps", 3.0, sport=True))
    monkeypatch.setattr("tests.evaluation.report.test_tables._run", lambda: run)
    assert _tables()[name].title.endswith(": all clips but sport")


@pytest.mark.parametrize("name", ["summary", "sweep", "held out", "corruptions", "chance"])
def test_the_same_rows_stand_out_on_both(name: str) -> None:
    table = _tables()[name]
    page = ElementTree.fromstring(html.render(table)).findall(".//tbody/tr")
    assert [row.get("class") == "bold" for row in page] == [row.is_bold for row in table.rows]
    styles = [str(row.style) for row in console.render(table).rows]
    assert [style == "bold" for style in styles] == [row.is_bold for row in table.rows]


def test_the_terminal_prints_names_as_they_are() -> None:
    printer = Console(file=io.StringIO(), width=200)
    printer.print(console.render(_tables()["summary"]))
    assert isinstance(printer.file, io.StringIO)
    assert "one [kitchen]" in printer.file.getvalue()


def test_intervals_stand_on_the_page_only() -> None:
    table = Table("t", (Column("share", "share"),), (Row((Cell("67 %", "30-90"),)),))
    assert "<td>67 %<small>30-90</small></td>" in html.render(table)
    assert _on_terminal(table)[2] == [["67 %"]]


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="t: expected 2 cells, got 1"):
        Table("t", (Column("a", "a"), Column("b", "b")), (Row((Cell("1"),)),))


def test_the_protocol_counts_falls_and_quiet_clips_apart_with_exact_intervals() -> None:
    table = protocol_table(_run().summaries())
    cells = {row.cells[0].text: [cell.text for cell in row.cells[1:6]] for row in table.rows}
    assert cells["all clips"] == ["2/3", "9-99", "1/1", "3-100", "0"]
    assert cells["one [kitchen]"] == ["1/2", "1-99", "-", "-", "0"]
