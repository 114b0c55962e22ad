"""A second start brings the first window to the front."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from fallwatch.ui.window.single_window import SingleWindow
from tests.repository import REPOSITORY

_START = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from fallwatch.ui.window.single_window import SingleWindow
application = QCoreApplication([])
single = SingleWindow(Path(sys.argv[1]))
print(single.is_first(), flush=True)
sys.stdin.read()
"""


def test_the_first_hears_of_the_second_and_the_second_of_the_first(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    first, second = SingleWindow(tmp_path), SingleWindow(tmp_path)
    elsewhere = SingleWindow(tmp_path / "other")
    try:
        assert first.is_first()
        with qtbot.waitSignal(first.wanted):
            assert not second.is_first()
        assert elsewhere.is_first()
        first.close()
        assert second.is_first()
    finally:
        for each in (first, second, elsewhere):
            each.close()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of Windows end with their process")
def test_a_window_that_was_killed_is_in_nobodys_way(qtbot: QtBot, tmp_path: Path) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", _START, str(tmp_path)],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "True\n"
        killed.kill()
    single = SingleWindow(tmp_path)
    assert single.is_first()
    single.close()
