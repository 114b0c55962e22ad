"""Names that no file or terminal can hold do not cost the report of all the other clips."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from fallwatch.evaluation.clips.folders import find_clips
from fallwatch.evaluation.report.console import print_results
from fallwatch.evaluation.report.html import write_report
from fallwatch.evaluation.run.worker import InferenceJob
from fallwatch.evaluation.score.results import Results, read_json, write_csv, write_json


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (b"K\xfcche.mp4", "K\\xfcche.mp4"),
        (b"\xff\xfe__\xe9__\x80.mp4", "\\xff\\xfe__\\xe9__\\x80.mp4"),
        (b"a\x1b[31m\nb.mp4", "a\\x1b[31m\\nb.mp4"),
        (b"a\xed\xa0\x80b.mp4", "a\\xed\\xa0\\x80b.mp4"),
        ("Ku\u0308che.mp4".encode(), "K\u00fcche.mp4"),
        (b"[bold]<b>&.mp4", "[bold]<b>&.mp4"),
    ],
)
def test_clips_of_any_name_are_in_every_report(tmp_path: Path, name: bytes, told: str) -> None:
    folder = tmp_path / os.fsdecode(b"M\xe4rz")
    folder.mkdir()
    (folder / os.fsdecode(name)).write_bytes(b"clip")
    found = find_clips(tmp_path)
    results = Results({"folder": str(tmp_path)}, [], remarks=found.remarks)
    results.clips = [InferenceJob(clip).failed(f"{clip.path} is lost") for clip in found.clips]
    write_json(results, tmp_path / "results.json")
    write_csv(results, tmp_path / "results.csv")
    write_report(results, tmp_path / "report.html")
    screen = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    print_results(results, Console(file=screen, width=200))
    assert read_json(tmp_path).clips == results.clips
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["clip"].startswith("M\\xe4rz/")
    assert row["clip"].endswith(f"/{told}")
    assert row["source"].startswith("M\\xe4rz")
    assert told in row["error"]
