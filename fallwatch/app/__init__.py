"""The composition root of the window: the one place where its parts are built and joined."""

from fallwatch.app.application import demo_clip, make_application, run_window
from fallwatch.app.window_composition import WindowComposition

__all__ = ["WindowComposition", "demo_clip", "make_application", "run_window"]
