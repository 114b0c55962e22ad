"""``fallwatch evaluate`` as people run it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fallwatch import paths
from fallwatch.classifiers.manifest import available_variants


def fallwatch(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the program to its end."""
    line = [sys.executable, "-m", "fallwatch", "evaluate", *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=170, check=False)


@pytest.mark.skipif(not available_variants(paths.weights_dir()), reason="no weights here")
def test_a_folder_is_measured_reported_and_compared(tmp_path: Path, demo_fall: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    for path in (demo_fall, demo_fall.with_suffix(".txt")):
        shutil.copy(path, clips)
    (clips / "broken.mp4").write_text("This is no video.")
    (clips / "broken.txt").write_text("0\n0\n")
    output = tmp_path / "out"

    done = fallwatch(str(clips), "--output", str(output), "--sweep", "--jobs", "1")
    assert done.returncode == 1, done.stderr  # one clip could not be read
    assert "broken.mp4" in "".join(done.stderr.split())  # a long path is broken into lines
    assert "Found 1 of 1 falls" in done.stdout
    document = json.loads((output / "results.json").read_text())
    assert (document["summaries"][0]["falls"], document["summaries"][0]["found"]) == (1, 1)
    assert len(document["sweep"]) > 10
    assert "demo_fall.mp4" in (output / "report.html").read_text()
    assert "demo_fall.mp4" in (output / "results.csv").read_text()

    compared = fallwatch("--compare", str(output), str(output))
    assert compared.returncode == 0, compared.stderr
    assert "No clip came out differently." in compared.stdout


def test_a_folder_without_clips_is_said(tmp_path: Path) -> None:
    done = fallwatch(str(tmp_path))
    assert done.returncode == 2
    assert f"There are no clips in {tmp_path}".replace(" ", "") in "".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [[], ["somewhere", "--compare", "a", "b"]])
def test_neither_or_both_is_refused(arguments: list[str]) -> None:
    done = fallwatch(*arguments)
    assert done.returncode == 2
    assert "Give either folders of clips or --compare" in done.stderr


def test_results_that_are_none_are_named(tmp_path: Path) -> None:
    done = fallwatch("--compare", str(tmp_path), str(tmp_path))
    assert done.returncode == 2
    assert "holds no results.json. Give a folder" in " ".join(done.stderr.split())
