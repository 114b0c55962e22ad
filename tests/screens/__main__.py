"""Makes a picture of every screen, without a screen: ``python -m tests.screens OUT``.

The rooms show the project's own demo clips, judged by the real analysis; nothing is invented but
the events in the list. Pictures of the same state are the same, whatever computer made them, apart
from its fonts.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import TRANSLATED, speak
from fallwatch.ui.window.main_window import MainWindow
from tests.screens.dialogs import DIALOGS
from tests.screens.scene import judge_clips
from tests.screens.windows import WINDOWS

#: Width and height of the windows, in pixels.
SIZES = ((1280, 800), (800, 560), (1920, 1080))


def main() -> int:
    """Make the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures; made if missing")
    parser.add_argument("--language", default="en", choices=["en", *TRANSLATED])
    parser.add_argument("--dark", action="store_true", help="in the dark appearance")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    scene = judge_clips()
    # Importing cv2 points Qt to plug-ins of its own.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    application = QApplication([])
    speak(application, options.language)
    theme = Theme(application)
    if options.dark:
        theme.follow(Qt.ColorScheme.Dark)
    options.out.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES:
        for name, show in {**WINDOWS, **DIALOGS}.items():
            with show(theme, scene) as widget:
                if isinstance(widget, MainWindow):
                    widget.resize(width, height)
                elif (width, height) != SIZES[0]:
                    continue
                _save(widget, options.out / f"{name}-{width}x{height}.png")
    return 0


def _save(widget: QWidget, path: Path) -> None:
    widget.show()
    for _ in range(5):
        QApplication.processEvents()
    if not widget.grab().save(str(path)):
        raise OSError(f"{path} could not be written. Check the folder and the space on its disk.")
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    raise SystemExit(main())
