"""Shows the window until it is closed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QApplication

from fallwatch import paths
from fallwatch.app.window_composition import WindowComposition
from fallwatch.settings import Settings
from fallwatch.ui.cameras.camera_permission import ask_for_camera
from fallwatch.ui.window.quit_signals import QuitSignals
from fallwatch.ui.window.single_window import SingleWindow

# How long one thread of Python may go on while the window waits for its turn. With Python's own
# 5 ms, and each call into Qt or numpy a new wait, four cameras held the window up for longer.
_TURN_S = 0.001


def run_window(
    source: str | None,
    *,
    demo: bool = False,
    kiosk: bool = False,
    settings: Settings | None = None,
    weights_dir: Path | None = None,
    on_painted: Callable[[], object] = lambda: None,
) -> int:
    """Show the window until it is closed.

    Args:
        source: Webcam number, network address or clip to watch; by default the last camera.
        demo: Play the bundled clip instead.
        kiosk: Begin with full screen.
        settings: What holds for this run instead of the stored settings; it is not saved.
        weights_dir: Folder of classifier variants; the bundled one by default.
        on_painted: Called when the window has been painted for the first time.

    Returns:
        The exit status.
    """
    application = make_application()
    first = demo_clip() if demo else source
    single = SingleWindow(paths.config_dir())
    # One that shows a clip or a camera once watches none of the rooms.
    if first is None and not single.is_first():
        on_painted()
        return 0
    ask_for_camera(application)
    desktop = WindowComposition(application, first, settings, weights_dir)
    desktop.window.painted.connect(on_painted)
    single.wanted.connect(desktop.window.come_to_front)
    desktop.window.ended.connect(application.quit)
    signals = QuitSignals(desktop.window.end)
    # A session that ends is no accident, and must not wait for a question.
    application.commitDataRequest.connect(lambda _: desktop.window.end())
    if kiosk:
        desktop.kiosk.enter()
    else:
        desktop.window.show()
    try:
        return application.exec()
    finally:
        signals.close()
        single.close()
        desktop.shutdown()


def demo_clip() -> str:
    """Path of the bundled clip with a fall in it."""
    return str(paths.resources_dir() / "demo" / "demo_fall.mp4")


def make_application() -> QApplication:
    """The Qt application, free of what other libraries did to its environment."""
    # A cv2 with a window system of its own sets this to Qt 5 plugins, with which Qt 6 cannot start.
    os.environ.pop("QT_QPA_PLATFORM_PLUGIN_PATH", None)
    sys.setswitchinterval(_TURN_S)
    existing = QApplication.instance()
    application = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("fallwatch")
    application.setApplicationDisplayName("fallwatch")
    # A window hidden in the tray goes on watching, also when the last dialog is closed.
    application.setQuitOnLastWindowClosed(False)
    return application
