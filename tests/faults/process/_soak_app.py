"""The real window, offscreen, that tells how it fares: one line of JSON on standard output a time.

Run by ``soak``. User folders come from ``FALLWATCH_HOME``; the settings lie there already.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import threading
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

from fallwatch.alarms.lifecycle import is_unacknowledged
from fallwatch.app import WindowComposition, make_application
from fallwatch.core.types import Alarm

_PULSE_MS = 20
_ANSWER_MS = 3000
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20


class Pulse(QObject):
    """Beats on the window's thread; each beat that is late is a stall that people feel."""

    def __init__(self) -> None:
        super().__init__()
        self._late_ms: list[float] = []
        self._due_s = time.perf_counter() + _PULSE_MS / 1000
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_PULSE_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def take(self) -> list[float]:
        """How late each beat was since the last call, in milliseconds."""
        late, self._late_ms = self._late_ms, []
        return late

    def _beat(self) -> None:
        now_s = time.perf_counter()
        self._late_ms.append(max(0.0, (now_s - self._due_s) * 1000))
        self._due_s = now_s + _PULSE_MS / 1000


def answer_all(desktop: WindowComposition) -> None:
    """Do what a caregiver does: acknowledge every alarm a few seconds after it came."""
    for alarm in desktop.alarms.dispatcher.open_alarms:
        if is_unacknowledged(alarm):
            desktop.alarms.dispatcher.acknowledge(alarm.event_id, "soak")


def sample(
    desktop: WindowComposition, pulse: Pulse, open_alarms: tuple[Alarm, ...]
) -> dict[str, object]:
    """How the process fares at this moment."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    status = {each.name: each.tile.look.title for each in desktop._rooms.all}
    return {
        "at_s": time.monotonic(),
        "rss_mb": round(pages * _PAGE_MB, 1),
        "threads": len(list(Path("/proc/self/task").iterdir())),
        "python_threads": threading.active_count(),
        "descriptors": len(list(Path("/proc/self/fd").iterdir())),
        "objects": len(gc.get_objects()),
        "late_ms": [round(late, 1) for late in pulse.take()],
        "open_alarms": sorted({alarm.kind for alarm in open_alarms}),
        "rooms": status,
    }


def main() -> None:
    """Watch until the time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--every", type=float, required=True, help="seconds from line to line")
    arguments = parser.parse_args()
    application = make_application()
    desktop = WindowComposition(application, None)
    desktop.window.show()
    pulse = Pulse()

    def tell() -> None:
        line = json.dumps(sample(desktop, pulse, desktop.alarms.dispatcher.open_alarms))
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    timers = []
    for interval_ms, call in (
        (arguments.every * 1000, tell),
        (_ANSWER_MS, lambda: answer_all(desktop)),
    ):
        timer = QTimer()
        timer.timeout.connect(call)
        timer.start(int(interval_ms))
        timers.append(timer)
    QTimer.singleShot(int(arguments.seconds * 1000), desktop.window.close)
    application.exec()
    for timer in timers:
        timer.stop()
    began_s = time.monotonic()
    desktop.shutdown()
    left = [each.name for each in threading.enumerate() if each.name.startswith("fallwatch")]
    line = {"shutdown_s": round(time.monotonic() - began_s, 2), "left_running": left}
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
