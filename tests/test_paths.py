"""The user's folders are for the user alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from fallwatch import paths


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rights")
def test_nobody_else_can_look_into_the_user_s_folders(fallwatch_home: Path) -> None:
    before = os.umask(0o022)
    try:
        folders = [paths.config_dir(), paths.data_dir(), paths.cache_dir()]
    finally:
        os.umask(before)
    assert {folder.parent for folder in folders} == {fallwatch_home}
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


@pytest.mark.parametrize("arguments", [["events", "list"], ["notify", "list"], ["doctor"], []])
def test_a_home_that_is_a_file_is_one_sentence(tmp_path: Path, arguments: list[str]) -> None:
    home = tmp_path / "home"
    home.write_text("a file")
    done = subprocess.run(
        [sys.executable, "-m", "fallwatch", *arguments],
        env={**os.environ, "FALLWATCH_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert str(home) in done.stderr
    assert "Traceback" not in done.stderr
    assert home.read_text() == "a file"
