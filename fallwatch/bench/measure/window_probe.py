"""Probe that measures the window from inside.

``python -m fallwatch.bench.measure.window_probe STARTED_UNIX_S SECONDS WEIGHTS`` opens it, writes
one line of JSON on standard output and closes it. The cameras are those in the settings of its
FALLWATCH_HOME. Nothing heavy is imported before the splash, as in the program itself.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fallwatch.bench.measure.window import WindowFigures
    from fallwatch.core.types import Analysis, Frame

#: Seconds for which the analysis is held up to see whether the window goes on painting, and the
#: paints a second it should reach.
_STALLED_S = 2.0
_PAINTS_PER_S = 30.0

_FIRST_DECISION_WITHIN_S = 120.0


@dataclass(slots=True)
class _Probe:
    """Measurements taken around the window's own methods while they run."""

    decided: threading.Event = field(default_factory=threading.Event)
    first_decision_unix_s: float = 0.0
    bridge: Any = None
    view: Any = None
    capture_to_paint_s: list[float] = field(default_factory=list)
    paint_s: list[float] = field(default_factory=list)
    painted: threading.Event = field(default_factory=threading.Event)
    may_analyse: threading.Event = field(default_factory=threading.Event)
    captured: dict[int, float] = field(default_factory=dict)

    def install(self) -> None:
        from fallwatch.core.analyzer import Analyzer
        from fallwatch.ui.background.bridge import Bridge
        from fallwatch.ui.video.video_view import VideoView

        self.may_analyse.set()
        _around(Analyzer, "step", before=self._hold)
        _around(Bridge, "post_analysis", before=self._on_decision)
        _around(VideoView, "set_analysis", before=self._on_new_frame)
        _around(VideoView, "paintEvent", after=self._on_painted)

    def _hold(self, analyzer: object, frame: Frame) -> None:
        self.may_analyse.wait()

    def _on_decision(self, bridge: object, run: int, analysis: Analysis) -> None:
        if not self.decided.is_set():
            self.first_decision_unix_s, self.bridge = time.time(), bridge
            self.decided.set()

    def _on_new_frame(self, view: object, analysis: Analysis) -> None:
        self.view = view
        self.captured[id(view)] = analysis.frame.captured_unix_s

    def _on_painted(self, took_s: float, view: object, event: object) -> None:
        self.paint_s.append(took_s)
        captured_s = self.captured.pop(id(view), None)
        if captured_s is not None:
            self.capture_to_paint_s.append(time.time() - captured_s)
        if view is self.view:
            self.painted.set()

    def stalled_paints(self) -> list[float]:
        """Request paints while no frame is analysed; the seconds each took."""
        self.may_analyse.clear()
        took = []
        until_s = time.monotonic() + _STALLED_S
        while time.monotonic() < until_s:
            self.painted.clear()
            wanted_s = time.monotonic()
            self.bridge.post(self.view.update)
            self.painted.wait(5.0)
            took.append(time.monotonic() - wanted_s)
            time.sleep(max(0.0, 1.0 / _PAINTS_PER_S - took[-1]))
        self.may_analyse.set()
        return took


def _around(
    owner: type,
    name: str,
    before: Callable[..., None] | None = None,
    after: Callable[..., None] | None = None,
) -> None:
    """Have a method call ``before`` with its own arguments, and ``after`` with the time it took."""
    method = getattr(owner, name)

    @wraps(method)
    def run(*args: Any, **kwargs: Any) -> Any:
        if before is not None:
            before(*args, **kwargs)
        began_s = time.thread_time()
        result = method(*args, **kwargs)
        if after is not None:
            after(time.thread_time() - began_s, *args, **kwargs)
        return result

    setattr(owner, name, run)


def run_measured_window(started_unix_s: float, seconds: float, weights_dir: Path) -> WindowFigures:
    """Run the window as ``fallwatch`` does, in the same order, with probes in it.

    Raises:
        SystemExit: No frame was judged.
    """
    import typer  # noqa: F401 - the command line has loaded it by now

    from fallwatch.ui.window.splash import show_splash

    close_splash = show_splash()
    first_paint_s = time.time() - started_unix_s
    from fallwatch import paths
    from fallwatch.runtime.early_models import EarlyModels
    from fallwatch.settings import SETTINGS_FILE, load_settings

    stored, _ = load_settings(paths.config_dir() / SETTINGS_FILE)
    with EarlyModels(stored, weights_dir):
        return _measured(started_unix_s, first_paint_s, seconds, weights_dir, close_splash)


def _measured(
    started_unix_s: float,
    first_paint_s: float,
    seconds: float,
    weights_dir: Path,
    close_splash: Callable[[], object],
) -> WindowFigures:
    """Open the window behind the splash, and measure it."""
    from fallwatch.app import make_application, run_window

    probe = _Probe()
    probe.install()
    found: list[WindowFigures] = []

    def watch() -> None:
        if probe.decided.wait(_FIRST_DECISION_WITHIN_S):
            found.append(_watch(probe, started_unix_s, first_paint_s, seconds))
            # Closing the window, which quit() tries, would ask first: rooms are watched.
            probe.bridge.post(make_application().exit)
        else:
            make_application().exit()

    watcher = threading.Thread(target=watch, name="fallwatch-bench", daemon=True)
    watcher.start()
    run_window(None, weights_dir=weights_dir, on_painted=close_splash)
    watcher.join(1.0)
    if not found:
        raise SystemExit(f"no frame was judged within {_FIRST_DECISION_WITHIN_S:.0f} s")
    return found[0]


def _watch(
    probe: _Probe, started_unix_s: float, first_paint_s: float, seconds: float
) -> WindowFigures:
    """Let it run for a while; on a thread of its own."""
    from fallwatch.bench.measure.usage import Meter, memory_mb
    from fallwatch.bench.measure.window import WindowFigures

    time.sleep(min(4.0, seconds / 2))  # the other cameras begin, and everything is done once
    probe.capture_to_paint_s.clear()
    probe.paint_s.clear()
    meter = Meter()
    time.sleep(seconds)
    cost, memory = meter.read(), memory_mb()
    ages, paints = tuple(probe.capture_to_paint_s), list(probe.paint_s)
    return WindowFigures(
        first_paint_s=first_paint_s,
        first_decision_s=probe.first_decision_unix_s - started_unix_s,
        capture_to_paint_s=ages,
        paint_ms=1000.0 * statistics.median(paints or [0.0]),
        stalled_paint_s=tuple(probe.stalled_paints()),
        cpu_s=cost.cpu_s,
        wall_s=cost.wall_s,
        memory_mb=memory,
    )


def main(arguments: list[str]) -> None:
    """See the head of this file."""
    # Only the answer goes to standard output, whatever a library prints there.
    answer = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    started, seconds, weights_dir = arguments
    figures = run_measured_window(float(started), float(seconds), Path(weights_dir))
    answer.write(json.dumps(asdict(figures)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
