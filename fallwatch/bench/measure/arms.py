"""Arms of the benchmark: the two ways to judge frames that are compared, with one interface."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from fallwatch.bench.measure.camera import LoopCamera
from fallwatch.bench.measure.footage import Footage, Scene
from fallwatch.bench.measure.naive import NaiveJudge, naive_watches
from fallwatch.bench.measure.usage import Meter, memory_mb
from fallwatch.core.analyzer import Analyzer
from fallwatch.core.types import Analysis
from fallwatch.pipeline.monitor import Monitor
from fallwatch.pipeline.urgency import somebody_falls
from fallwatch.runtime.analyzers import build_analyzer
from fallwatch.settings import Settings

#: Frame rate of the cameras.
CAMERA_FPS = 30.0

#: From its first sign on, a fall is watched for so long.
_FALL_S = 2.0

#: Rooms that have not begun by then never will.
_BEGIN_WITHIN_S = 120.0


@dataclass(frozen=True, slots=True)
class Lap:
    """A clip judged once, as fast as possible.

    Attributes:
        decisions: Number of frames judged.
        wall_s: Wall-clock seconds.
        cpu_s: Processor seconds.
    """

    decisions: int
    wall_s: float
    cpu_s: float


@dataclass(frozen=True, slots=True)
class LiveRun:
    """Some cameras watched for a while.

    Attributes:
        decisions: Number of frames judged, of each camera.
        latencies_s: From the camera having a frame to its verdict, of each decision.
        wall_s: Seconds for which they were watched.
        cpu_s: Processor seconds, the decoding of the cameras' frames included.
        memory_mb: In use at the end; None if unknown.
        falling_fps: Frames judged a second of the first camera while somebody fell there; None if
            nobody did, or if that is not known.
    """

    decisions: tuple[int, ...]
    latencies_s: tuple[float, ...]
    wall_s: float
    cpu_s: float
    memory_mb: float | None
    falling_fps: float | None = None


class Arm(Protocol):
    """One of the ways to judge frames."""

    def lap(self, footage: Footage, frames: int | None = None) -> Lap:
        """Judge a clip, or its first ``frames``, one after the other without waiting."""
        ...

    def live(self, scene: Scene, cameras: int, seconds: float) -> LiveRun:
        """Watch cameras that send their clips over and over."""
        ...


class NaiveArm:
    """See `fallwatch.bench.measure.naive`."""

    def __init__(self, weights_dir: Path, settings: Settings) -> None:
        self._make = partial(NaiveJudge, weights_dir, settings.variant)
        self._judges = [self._make()]

    @property
    def runtime(self) -> str:
        """Runtime of its classifier."""
        return self._judges[0].runtime

    def lap(self, footage: Footage, frames: int | None = None) -> Lap:
        """See `Arm.lap`."""
        clip = footage.frames()[:frames]
        meter = Meter()
        for frame in clip:
            self._judges[0].is_fall(frame.image_bgr)
        cost = meter.read()
        return Lap(len(clip), cost.wall_s, cost.cpu_s)

    def live(self, scene: Scene, cameras: int, seconds: float) -> LiveRun:
        """See `Arm.live`."""
        while len(self._judges) < cameras:
            self._judges.append(self._make())
        for judge in self._judges[:cameras]:
            judge.is_fall(scene.footage(0).image(0))  # what happens only once, happens now
        watches = naive_watches(self._judges[:cameras], scene, CAMERA_FPS)
        meter = Meter()
        for watch in watches:
            watch.start()
        time.sleep(seconds)
        latencies = [tuple(watch.latencies_s) for watch in watches]
        cost, memory = meter.read(), memory_mb()
        for watch in watches:
            watch.stop()
        return _live(latencies, cost.wall_s, cost.cpu_s, memory)


class FallwatchArm:
    """The monitoring of the window and the headless run, without window, record and alarms."""

    def __init__(self, weights_dir: Path, settings: Settings) -> None:
        self._settings = settings
        self._make_analyzer = partial(build_analyzer, settings=settings, weights_dir=weights_dir)
        self._laps = 0
        self._analyzer: Analyzer | None = None
        self.runtime = "OpenVINO"

    def lap(self, footage: Footage, frames: int | None = None) -> Lap:
        """See `Arm.lap`."""
        clip = footage.frames(self._laps)[:frames]
        self._laps += 1
        # Made for the first lap: it must not count among the memory of live cameras.
        analyzer = self._analyzer = self._analyzer or self._make_analyzer("clip")
        meter = Meter()
        for frame in clip:
            analyzer.step(frame)
        cost = meter.read()
        return Lap(len(clip), cost.wall_s, cost.cpu_s)

    def live(self, scene: Scene, cameras: int, seconds: float) -> LiveRun:
        """See `Arm.live`."""
        seen = _Seen(_room(0))
        monitors = [
            Monitor(
                partial(
                    LoopCamera,
                    _room(n),
                    scene.footage(n),
                    CAMERA_FPS,
                    begin=n * 37,
                ),
                partial(self._make_analyzer, _room(n)),
                on_analysis=seen.take,
                on_event=lambda event, analysis: None,
                on_status=lambda status: None,
                max_fps=self._settings.analysis_fps,
            )
            for n in range(cameras)
        ]
        with _running(monitors):
            seen.wait_for(cameras)
            # The first frames of every room find the models cold; and a room in which nobody
            # is seen takes a few seconds to count as empty.
            time.sleep(min(4.0, seconds / 2))
            seen.begin()
            meter = Meter()
            time.sleep(seconds)
            latencies = seen.end()
            cost, memory = meter.read(), memory_mb()
        live = _live(latencies, cost.wall_s, cost.cpu_s, memory)
        return replace(live, falling_fps=seen.falling_fps)


def _room(number: int) -> str:
    return f"room {number + 1}"


class _Seen:
    """Takes the age of every verdict, from all rooms.

    Args:
        watched_fall: The room whose rate is measured while somebody falls in it.
    """

    def __init__(self, watched_fall: str) -> None:
        self._lock = threading.Lock()
        self._latencies: dict[str, list[float]] = defaultdict(list)
        self._watched_fall = watched_fall
        self._fall_s: list[float] = []

    def take(self, analysis: Analysis) -> None:
        frame = analysis.frame
        with self._lock:
            self._latencies[frame.camera].append(time.time() - frame.captured_unix_s)
            if frame.camera == self._watched_fall:
                self._follow_fall(frame.timestamp_s, begins=somebody_falls(analysis))

    def _follow_fall(self, now_s: float, *, begins: bool) -> None:
        begun = bool(self._fall_s)
        if (begins and not begun) or (begun and now_s - self._fall_s[0] <= _FALL_S):
            self._fall_s.append(now_s)

    @property
    def falling_fps(self) -> float | None:
        """Frames judged a second in the two seconds from the first sign of a fall on."""
        with self._lock:
            if len(self._fall_s) < 2:
                return None
            return (len(self._fall_s) - 1) / (self._fall_s[-1] - self._fall_s[0])

    def wait_for(self, cameras: int) -> None:
        until_s = time.monotonic() + _BEGIN_WITHIN_S
        while len(self._latencies) < cameras:
            if time.monotonic() > until_s:
                raise TimeoutError(f"Only {len(self._latencies)} of {cameras} cameras began.")
            time.sleep(0.05)

    def begin(self) -> None:
        with self._lock:
            for latencies in self._latencies.values():
                latencies.clear()
            self._fall_s.clear()

    def end(self) -> list[tuple[float, ...]]:
        with self._lock:
            return [tuple(latencies) for latencies in self._latencies.values()]


@contextmanager
def _running(monitors: list[Monitor]) -> Iterator[None]:
    try:
        for monitor in monitors:
            monitor.start()
        yield
    finally:
        for monitor in monitors:
            monitor.stop()


def _live(
    latencies_s: list[tuple[float, ...]], wall_s: float, cpu_s: float, memory: float | None
) -> LiveRun:
    return LiveRun(
        decisions=tuple(len(each) for each in latencies_s),
        latencies_s=tuple(round(age_s, 4) for each in latencies_s for age_s in each),
        wall_s=wall_s,
        cpu_s=cpu_s,
        memory_mb=memory,
    )


#: By name, as a process is started for one.
ARMS: dict[str, Callable[[Path, Settings], NaiveArm | FallwatchArm]] = {
    "naive": NaiveArm,
    "fallwatch": FallwatchArm,
}
