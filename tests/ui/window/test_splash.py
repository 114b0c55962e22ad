"""The first thing painted is small, says what is true, and needs nothing but Qt."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from fallwatch.ui.window.splash import Splash, show_splash


def test_the_splash_is_painted_at_once_and_can_be_taken_away(qtbot: QtBot) -> None:
    close = show_splash()
    (splash,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, Splash)]
    assert splash.painted
    assert "Not monitoring yet" in splash.text()
    close()
    assert not splash.isVisible()
    splash.deleteLater()


def test_nothing_heavy_is_loaded_for_it() -> None:
    script = (
        "import sys, fallwatch.cli.main, fallwatch.ui.window.splash\n"
        "heavy = {'numpy', 'cv2', 'pydantic', 'mediapipe', 'openvino', 'torch', 'fallwatch.app'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, stdout=subprocess.PIPE, text=True
    )
    assert done.stdout.strip() == "[]"
