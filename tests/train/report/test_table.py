"""Runs of one kind make one row: the mean over their seeds, beside the study's figures."""

from __future__ import annotations

from pathlib import Path

from train.report.pages import read_reports
from train.report.table import markdown_table


def test_each_protocol_has_a_row_with_the_studys_figures(run_folder: Path) -> None:
    rows = markdown_table(read_reports(run_folder)).splitlines()
    assert len(rows) == 2 + 2
    for row in rows[2:]:
        assert "| resnet18-baseline | published |" in row
        assert "| 0.75 | 0.82 |" in row


def test_runs_of_one_kind_are_averaged() -> None:
    reports = [
        {
            "variant": "resnet18-baseline",
            "recipe": "published",
            "protocol": "honest",
            "data": {"pictures": {"study": 14}},
            "metrics": {"all": {"f1": f1, "accuracy": 0.5}},
        }
        for f1 in (0.25, 0.75)
    ]
    (row,) = markdown_table(reports).splitlines()[2:]
    assert "| honest | study | 2 | 0.500 | 0.500 |" in row
