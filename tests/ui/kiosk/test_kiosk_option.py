"""``fallwatch --kiosk`` begins with full screen."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fallwatch.cli import main as cli
from tests.waiting import PATIENCE_S

_PROGRAM = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from fallwatch.app import run_window

def look():
    (window,) = [each for each in QApplication.topLevelWidgets() if hasattr(each, "controls")]
    print(window.isFullScreen(), window.menuBar().isVisible(), flush=True)
    window.end()

sys.exit(run_window(None, kiosk={kiosk}, on_painted=lambda: QTimer.singleShot(0, look)))
"""


@pytest.mark.parametrize(("kiosk", "said"), [(True, "True False"), (False, "False True")])
def test_the_window_begins_as_wanted(fallwatch_home: Path, kiosk: bool, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(kiosk=kiosk)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "FALLWATCH_HOME": str(fallwatch_home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, said), done.stderr


@pytest.mark.parametrize(
    ("arguments", "kiosk"),
    [(["--kiosk"], True), (["gui", "--kiosk"], True), (["gui"], False), ([], False)],
)
def test_the_command_line_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], kiosk: bool
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(cli, "_open_window", lambda *a, **options: asked.append(options["kiosk"]))
    done = CliRunner().invoke(cli.app, arguments)
    assert (done.exit_code, asked) == (0, [kiosk])


def test_it_means_nothing_without_a_window() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fallwatch", "--kiosk", "health"],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 2
    assert "fallwatch gui --kiosk" in done.stderr
