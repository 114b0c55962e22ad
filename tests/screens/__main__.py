"""Makes a picture of every screen, without a screen: ``python -m tests.screens OUT``.

The rooms show the project's own demo clips, judged by the real analysis; nothing is invented but
the events in the list. Pictures of the same state are the same, whatever computer made them, apart
from its fonts. ``python -m tests.screens resources/screens --guides`` makes those of README and
guides, in every language; the one of the phone needs Chromium.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from fallwatch.ui.style.theme import Theme
from fallwatch.ui.text.language import TRANSLATED, speak
from fallwatch.ui.window.main_window import MainWindow
from tests.screens.dialogs import DIALOGS
from tests.screens.phone import save_phone
from tests.screens.scene import Scene, judge_clips
from tests.screens.windows import WINDOWS

#: Width and height of the windows, in pixels.
SIZES = ((1280, 800), (800, 560), (1920, 1080))

#: The screens that README and guides show.
GUIDES = ("alarm", "rooms", "zones")

#: Lists are laid out a moment after they have got their size.
_LAID_OUT_MS = 300

#: As many shades are enough for a guide, and make the files a third as large.
_COLOURS = 256


def main() -> int:
    """Make the pictures; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.screens", description=__doc__)
    parser.add_argument("out", type=Path, help="folder for the pictures; made if missing")
    parser.add_argument("--language", default="en", choices=["en", *TRANSLATED])
    parser.add_argument("--dark", action="store_true", help="in the dark appearance")
    parser.add_argument("--guides", action="store_true", help="those of README and guides alone")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    scene = judge_clips()
    # Importing cv2 points Qt to plug-ins of its own.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    application = QApplication([])
    theme = Theme(application)
    if options.dark:
        theme.follow(Qt.ColorScheme.Dark)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.guides:
        for language in ("en", *TRANSLATED):
            speak(application, language)
            _save_guides(theme, scene, options.out, "" if language == "en" else f".{language}")
        return 0
    speak(application, options.language)
    for width, height in SIZES:
        for name, show in {**WINDOWS, **DIALOGS}.items():
            with show(theme, scene) as widget:
                if isinstance(widget, MainWindow):
                    widget.resize(width, height)
                elif (width, height) != SIZES[0]:
                    continue
                _save(widget, options.out / f"{name}-{width}x{height}.png")
    return 0


def _save_guides(theme: Theme, scene: Scene, out: Path, suffix: str) -> None:
    paths = [out / f"{name}{suffix}.png" for name in GUIDES]
    for name, path in zip(GUIDES, paths, strict=True):
        with {**WINDOWS, **DIALOGS}[name](theme, scene) as widget:
            if isinstance(widget, MainWindow):
                widget.resize(*SIZES[0])
            _save(widget, path)
    phone = out / f"phone-alarm{suffix}.png"
    if save_phone(scene, phone):
        paths.append(phone)
    for path in paths:
        _make_small(path)


def finish_layout(widget: QWidget) -> None:
    """Show a widget, and wait until nothing in it moves any more."""
    widget.show()
    QTest.qWait(_LAID_OUT_MS)
    if isinstance(widget, MainWindow):
        # The rooms make way for a banner once nobody is busy.
        widget.floating.settle()
        QTest.qWait(_LAID_OUT_MS)


def _save(widget: QWidget, path: Path) -> None:
    finish_layout(widget)
    if not widget.grab().save(str(path)):
        raise OSError(f"{path} could not be written. Check the folder and the space on its disk.")
    sys.stdout.write(f"{path}\n")


def _make_small(path: Path) -> None:
    from PIL import Image

    with Image.open(path) as image:
        image.convert("RGB").quantize(_COLOURS).save(path, optimize=True)


if __name__ == "__main__":
    raise SystemExit(main())
