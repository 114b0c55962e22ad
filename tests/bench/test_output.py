"""Output of a run: tables, JSON, a chart, and the comparison with an older run."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from fallwatch.bench.check import load_baseline, regressions
from fallwatch.bench.errors import BenchError
from fallwatch.bench.measure.stages import Stage
from fallwatch.bench.report.chart import stage_chart
from fallwatch.bench.report.tables import markdown, tables
from fallwatch.bench.run import write_report
from tests.bench.reports import a_report


def test_every_table_has_a_cell_for_each_column() -> None:
    found = tables(a_report())
    assert len(found) == 5
    assert all(len(row) == len(table.columns) for table in found for row in table.rows)


def test_the_markdown_ends_with_the_sentence_for_a_caregiver() -> None:
    text = markdown(a_report())
    assert text.rstrip().endswith("This PC can watch 1 camera.")
    assert "| pose | 20.00 | 15.0 | 30.0 % |" in text
    assert "a test <machine>" in text


def test_memory_that_is_not_known_is_said_to_be_unknown() -> None:
    assert "unknown" in markdown(a_report())


def test_the_longest_bar_is_the_dearest_stage() -> None:
    svg = stage_chart([Stage("decode", 2.0, 15.0), Stage("pose", 20.0, 15.0)], "a <pc>")
    root = ElementTree.fromstring(svg)
    names = {"svg": "http://www.w3.org/2000/svg"}
    ground, decode, pose = root.findall("svg:rect", names)
    assert float(pose.get("width", 0)) == pytest.approx(
        10 * float(decode.get("width", 0)), rel=0.01
    )
    words = [text.text for text in root.findall("svg:text", names)]
    assert "30.0 %" in words
    assert "a <pc>" in words
    assert ground.get("class") == "ground"


def test_a_chart_without_stages_is_still_a_picture() -> None:
    ElementTree.fromstring(stage_chart([], "a pc"))


def test_a_run_is_its_own_baseline(tmp_path: Path) -> None:
    report = a_report()
    write_report(report, tmp_path / "out")
    baseline = load_baseline(tmp_path / "out" / "bench.json", quick=True)
    assert baseline == report.ratios
    assert regressions(report, baseline) == []
    assert json.loads((tmp_path / "out" / "bench.json").read_text())["cameras"] == 1
    assert (tmp_path / "out" / "bench.svg").read_text().startswith("<svg ")
    assert (tmp_path / "out" / "bench.md").exists()


@pytest.mark.parametrize(
    ("now", "worse"), [(3.5, False), (9.0, False), (2.81, False), (2.79, True), (0.0, True)]
)
def test_only_a_loss_of_more_than_a_fifth_counts(now: float, worse: bool) -> None:
    report = a_report(ratios={"decisions_per_cpu_s": now})
    assert bool(regressions(report, {"decisions_per_cpu_s": 3.5})) is worse


def test_a_ratio_that_is_not_measured_any_more_counts_as_worse() -> None:
    words = regressions(a_report(ratios={}), {"latency_p95": 50.0})
    assert words == ["latency_p95 was not measured; it was 50.00."]


@pytest.mark.parametrize(
    "content", ["", "no json", "[]", "{}", '{"ratios": {"a": "b"}, "quick": true}']
)
def test_what_is_no_baseline_is_one_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(content)
    with pytest.raises(BenchError, match="is no result of fallwatch bench"):
        load_baseline(path, quick=True)


def test_a_missing_baseline_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="is no result of fallwatch bench"):
        load_baseline(tmp_path / "none.json", quick=True)


def test_a_quick_run_is_not_compared_with_a_full_one(tmp_path: Path) -> None:
    write_report(a_report(), tmp_path)
    with pytest.raises(BenchError, match="add --quick"):
        load_baseline(tmp_path / "bench.json", quick=False)


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BenchError, match="cannot be written"):
        write_report(a_report(), tmp_path / "file")
