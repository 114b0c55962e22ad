"""Pages stand alone and show figures, curves and mistakes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from train.errors import TrainError
from train.report.pages import label_of, read_report, read_reports, write_comparison


def test_the_page_of_a_run_shows_figures_curves_and_mistakes(run_folder: Path) -> None:
    page = (run_folder / "honest" / "report.html").read_text("utf-8")
    assert 'src="http' not in page
    assert 'href="http' not in page
    assert page.count("<svg") == 3
    report = json.loads((run_folder / "honest" / "report.json").read_text("utf-8"))
    (a, wrong_fall), (wrong_other, b) = report["metrics"]["all"]["confusion"]
    assert a + b + wrong_fall + wrong_other == 14
    assert page.count("data:image/jpeg;base64,") == min(wrong_fall + wrong_other, 24)


def test_the_comparison_shows_every_run_beside_the_studys_figures(
    run_folder: Path, tmp_path: Path
) -> None:
    reports = read_reports(run_folder)
    write_comparison(reports, tmp_path / "comparison.html")
    page = (tmp_path / "comparison.html").read_text("utf-8")
    assert all(label_of(report) in page for report in reports)
    assert "0.75" in page


def test_a_damaged_report_is_named(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text('{"format": 1,')
    with pytest.raises(TrainError, match=r"report\.json is damaged"):
        read_report(path)
    with pytest.raises(TrainError, match="no finished run"):
        read_reports(tmp_path / "none")
