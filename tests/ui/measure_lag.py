"""Measures how long the window is held up: ``python -m tests.ui.measure_lag --cameras 4``.

The real window, offscreen, watches demo clips as cameras. A timer of the event loop notes how
late it comes. On Linux the time in which the window's thread was ready but other programs had
the processor is told apart: it says something of the computer, not of fallwatch. What remains is
counted as our own only as far as our own threads used the processor meanwhile.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

_TICK_S = 0.02
_CLIPS = ("demo_fall", "demo_daily", "demo_bed")


class LagMeter:
    """Notes the lateness of a timer; to be started on the window's thread."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.late_ms: list[float] = []
        self.own_ms: list[float] = []
        self.listening = False
        self._waits = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._last = self._now()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(round(_TICK_S * 1000))
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _now(self) -> tuple[float, float, float]:
        """Wall clock, time spent waiting for a processor, processor time of all our threads."""
        waited_s = 0.0
        if self._waits.exists():
            waited_s = int(self._waits.read_text(encoding="utf-8").split()[1]) / 1e9
        return time.monotonic(), waited_s, time.process_time()

    def _tick(self) -> None:
        now = self._now()
        wall_s, waited_s, used_s = (a - b for a, b in zip(now, self._last, strict=True))
        self._last = now
        if self.listening:
            late_s = max(0.0, wall_s - _TICK_S)
            self.late_ms.append(late_s * 1000)
            self.own_ms.append(max(0.0, min(late_s - waited_s, used_s)) * 1000)


def main() -> int:
    """Run and print; returns the exit status: 1 if we held the window up for over 100 ms."""
    parser = argparse.ArgumentParser(prog="python -m tests.ui.measure_lag", description=__doc__)
    parser.add_argument("--cameras", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--warm-up", type=float, default=20.0)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["FALLWATCH_HOME"] = home
        meter, rates = _watch(options.cameras, options.warm_up, options.seconds)
    for words, values in (("late", meter.late_ms), ("by ourselves", meter.own_ms)):
        ordered = sorted(values)
        p50, p99 = (ordered[int(len(ordered) * share)] for share in (0.5, 0.99))
        sys.stdout.write(f"{words}: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {ordered[-1]:.1f} ms\n")
    told = ", ".join(f"{rate:.1f}" for rate in rates)
    sys.stdout.write(
        f"ticks {len(meter.late_ms)}, frames/s {told}, load {os.getloadavg()[0]:.1f}\n"
    )
    return int(max(meter.own_ms) > 100)


def _watch(cameras: int, warm_up_s: float, seconds: float) -> tuple[LagMeter, list[float]]:
    from PySide6.QtCore import QTimer

    from fallwatch import paths
    from fallwatch.app import WindowComposition, make_application
    from fallwatch.settings import (
        SETTINGS_FILE,
        AlarmSettings,
        CameraSettings,
        Settings,
        save_settings,
    )

    demo = paths.resources_dir() / "demo"
    rooms = tuple(
        CameraSettings(name=f"Room {n + 1}", source=str(demo / f"{_CLIPS[n % len(_CLIPS)]}.mp4"))
        for n in range(cameras)
    )
    settings = Settings(cameras=rooms, alarm=AlarmSettings(sound_enabled=False), language="en")
    save_settings(settings, paths.config_dir() / SETTINGS_FILE)
    application = make_application()
    desktop = WindowComposition(application, None)
    desktop.window.resize(1280, 800)
    desktop.window.show()
    meter = LagMeter()
    rates: dict[str, float] = {}
    # The rooms come when the window has been painted.
    desktop._rooms.added.connect(
        lambda room: room.status_changed.connect(
            lambda status: rates.update({status.camera: status.analysed_fps})
        )
    )
    QTimer.singleShot(round(warm_up_s * 1000), lambda: setattr(meter, "listening", True))
    # Closing the window, which quit() tries, would ask first: rooms are watched.
    QTimer.singleShot(round((warm_up_s + seconds) * 1000), application.exit)
    application.exec()
    found = list(rates.values())
    desktop.shutdown()
    return meter, found


if __name__ == "__main__":
    raise SystemExit(main())
