"""Cost of the live tiles to the window: ``python -m tests.bench.tile_painting``.

Nine rooms in the real window get frames of the demo clip at 25 a second each, with somebody in
every one, on the way that a monitor's take. It prints what the window's thread takes of one core
while it is seen, while its frames stand still, while it is minimised and while it is hidden, and
how often tiles were painted. Decoding and judging cost nothing here: the frames are made before.
With an X server (``QT_QPA_PLATFORM=xcb``) the sending to the screen counts, too.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from fallwatch import paths
from fallwatch.core.types import Analysis, Box, Frame, Person, Pose, Posture
from fallwatch.settings import CameraSettings

if TYPE_CHECKING:
    from tests.ui.fakes import FakeMonitor

#: Frames of the demo clip that are shown over and over.
_FRAMES = 50

_STATUS_EVERY_S = 1.0

#: Somebody who stands in the middle of the image: shares of its width and height.
_FIGURE = {
    **dict.fromkeys(range(11), (0.50, 0.18)),
    **{11: (0.55, 0.30), 12: (0.45, 0.30), 13: (0.58, 0.43), 14: (0.42, 0.43)},
    **{15: (0.59, 0.55), 16: (0.41, 0.55), 17: (0.60, 0.58), 18: (0.40, 0.58)},
    **{19: (0.59, 0.59), 20: (0.41, 0.59), 21: (0.58, 0.57), 22: (0.42, 0.57)},
    **{23: (0.53, 0.55), 24: (0.47, 0.55), 25: (0.54, 0.72), 26: (0.46, 0.72)},
    **{27: (0.54, 0.88), 28: (0.46, 0.88), 29: (0.53, 0.91), 30: (0.47, 0.91)},
    **{31: (0.56, 0.92), 32: (0.44, 0.92)},
}


@dataclass(frozen=True, slots=True)
class Share:
    """What some seconds of the window cost.

    Attributes:
        thread: Share of one core that the window's thread took.
        paints_per_s: Paints of tiles, all together.
        offered_per_s: Frames that came, all together.
    """

    thread: float
    paints_per_s: float
    offered_per_s: float


def demo_analyses() -> tuple[Analysis, ...]:
    """Frames of the demo clip with somebody in each, who moves a little."""
    from fallwatch.sources.opencv import cv2

    capture = cv2.VideoCapture(str(paths.resources_dir() / "demo" / "demo_fall.mp4"))
    figure = np.array([_FIGURE[index] for index in range(33)], np.float32)
    found = []
    for index in range(_FRAMES):
        good, image = capture.read()
        if not good:
            break
        height, width = image.shape[:2]
        pose = Pose(figure + 0.001 * index, np.ones(33, np.float32))
        box = Box(0.38 * width, 0.12 * height, 0.64 * width, 0.96 * height)
        person = Person(1, box, pose, 0.1, 0.1, Posture.UPRIGHT)
        found.append(Analysis(Frame("", index, 0.0, image), (person,)))
    capture.release()
    return tuple(found)


class Feeder:
    """Hands frames to all rooms at a steady rate, on a thread of its own."""

    def __init__(self, monitors: Sequence[FakeMonitor], fps: float) -> None:
        self._monitors, self._fps = monitors, fps
        self.offered = 0
        self.is_paused = threading.Event()
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feeder", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hand on no more; waits for the thread."""
        self.stopping.set()
        self._thread.join()

    def _run(self) -> None:
        from fallwatch.pipeline.monitor import MonitorState
        from tests.ui.fakes import status

        shown = demo_analyses()
        rooms = len(self._monitors)
        began_s = time.monotonic()
        for index in count():
            # Cameras do not wait for each other: the rooms' frames come evenly spread.
            due_s = began_s + index / (rooms * self._fps)
            if self.stopping.wait(max(0.0, due_s - time.monotonic())):
                return
            monitor, turn = self._monitors[index % rooms], index // rooms
            analysis, camera = shown[turn % len(shown)], monitor.choice.name
            frame = replace(analysis.frame, camera=camera, timestamp_s=turn / self._fps)
            if not self.is_paused.is_set():
                monitor.on_analysis(replace(analysis, frame=frame))
                self.offered += 1
            monitor.status = status(MonitorState.RUNNING, 0.05 + 0.01 * (turn % 7), camera=camera)
            if turn % max(1, round(self._fps * _STATUS_EVERY_S)) == 0:
                monitor.on_status(monitor.status)


def measure(tiles: int, fps: float, seconds: float) -> dict[str, Share]:
    """Open the window and measure it in each of its states.

    Args:
        tiles: Rooms beside each other.
        fps: Frames a second of each.
        seconds: For which each state is measured.
    """
    from PySide6.QtWidgets import QApplication

    from fallwatch.app import make_application
    from fallwatch.ui.background.background_tasks import BackgroundTasks
    from fallwatch.ui.background.bridge import Bridge
    from fallwatch.ui.rooms.room import Room
    from fallwatch.ui.rooms.room_presenter import RoomContext
    from fallwatch.ui.rooms.rooms import Rooms
    from fallwatch.ui.style.theme import Theme
    from fallwatch.ui.video.video_view import VideoView
    from fallwatch.ui.window.main_window import MainWindow
    from tests.ui.fakes import FakeDispatcher, FakeFaults, FakeMonitor

    application = make_application()
    theme, bridge = Theme(application), Bridge()
    window = MainWindow(theme)
    monitors: list[FakeMonitor] = []

    def make_monitor(*arguments: object) -> FakeMonitor:
        monitors.append(FakeMonitor(*arguments))  # type: ignore[arg-type]
        return monitors[-1]

    paints = _counted(VideoView)
    tasks = BackgroundTasks(bridge, "fallwatch bench", window)
    around = RoomContext(FakeDispatcher(), FakeFaults(), tasks, window.messages)  # type: ignore[arg-type]
    rooms = Rooms(window.grid, theme, lambda: Room(make_monitor, bridge), around)
    rooms.show_cameras(
        [CameraSettings(name=f"Room {n + 1}", source=f"rtsp://10.0.0.{n}/1") for n in range(tiles)]
    )
    # As in the program: the curves belong to a room that is seen alone.
    window.live.show_strip(tiles == 1)
    if tiles == 1:
        rooms.analysed.connect(lambda room, analysis: window.strip.add(analysis))
    window.resize(1280, 800)
    window.show()
    feeder = Feeder(monitors, fps)
    found: dict[str, Share] = {}

    def take(name: str) -> None:
        _run(application, 1.0)
        began = time.perf_counter(), time.thread_time(), paints(), feeder.offered
        _run(application, seconds)
        ended = time.perf_counter(), time.thread_time(), paints(), feeder.offered
        wall_s, cpu_s, painted, offered = (b - a for a, b in zip(began, ended, strict=True))
        found[name] = Share(cpu_s / wall_s, painted / wall_s, offered / wall_s)

    assert isinstance(application, QApplication)
    take("seen")
    feeder.is_paused.set()
    take("no new frames")
    feeder.is_paused.clear()
    window.showMinimized()
    take("minimised")
    window.showNormal()
    window.hide()
    take("hidden")
    feeder.stop()
    rooms.shutdown()
    bridge.close()
    tasks.close()
    window.close()
    return found


def _run(application: object, seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _counted(view: type) -> Callable[[], int]:
    """Count the paints of a class of widgets; returns how to read the number."""
    paint, times = view.paintEvent, [0]  # type: ignore[attr-defined]

    def counting(self: object, event: object) -> None:
        times[0] += 1
        paint(self, event)

    view.paintEvent = counting  # type: ignore[attr-defined]
    return lambda: times[0]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and print; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tile_painting")
    parser.add_argument("--tiles", type=int, default=9)
    parser.add_argument("--fps", type=float, default=25.0)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for name, share in measure(options.tiles, options.fps, options.seconds).items():
        sys.stdout.write(
            f"{name:<16} {100 * share.thread:5.1f} % of a core, {share.paints_per_s:5.0f} paints "
            f"of {share.offered_per_s:.0f} frames a second\n"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
