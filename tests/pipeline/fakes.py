"""Sources and analyzers that do what a test tells them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from fallwatch.core.protocols import EndOfStreamError, SourceError
from fallwatch.core.types import Analysis, Box, EventKind, FallEvent, Frame
from fallwatch.pipeline.monitor import Monitor, MonitorState, MonitorStatus
from tests.waiting import FakeClock, wait_until

#: Neither dark nor even: nothing is wrong with it.
_IMAGE = (np.arange(48, dtype=np.uint8) * 5).reshape(4, 4, 3)


class FakeSource:
    """Gives frames at 15 per second of its own time, 100 per second on the wall.

    Args:
        frames: How many until it ends (a clip) or breaks (a camera); None for ever.
        before_open: Called in ``open``; may raise or wait.
        before_read: Called in each ``read`` with the frame's number; may raise or wait.
    """

    def __init__(
        self,
        *,
        is_live: bool = True,
        frames: int | None = None,
        before_open: Callable[[FakeSource], None] = lambda source: None,
        before_read: Callable[[FakeSource, int], None] = lambda source, index: None,
    ) -> None:
        self.name = "kitchen"
        self.is_live = is_live
        self.fps = 15.0
        self.duration_s = None
        self.interrupted = threading.Event()
        self.closed = threading.Event()
        self._frames = frames
        self._before_open = before_open
        self._before_read = before_read
        self._index = 0

    def open(self) -> None:
        self._before_open(self)

    def read(self) -> Frame:
        self._before_read(self, self._index)
        if self._index == self._frames:
            if self.is_live:
                raise SourceError("kitchen has stopped sending images.")
            raise EndOfStreamError("The clip has ended.")
        self.interrupted.wait(0.01)
        if self.interrupted.is_set():
            raise SourceError("Reading kitchen was interrupted.")
        frame = Frame("kitchen", self._index, self._index / 15, _IMAGE, time.time())
        self._index += 1
        return frame

    def interrupt(self) -> None:
        self.interrupted.set()

    def close(self) -> None:
        self.closed.set()


class FakeAnalyzer:
    """Remembers what it saw; finds an event in the frames it is told to."""

    def __init__(
        self,
        *,
        events_at: tuple[int, ...] = (),
        before_step: Callable[[Frame], None] = lambda frame: None,
    ) -> None:
        self.stamps: list[float] = []
        self.closed = 0
        self._events_at = events_at
        self._before_step = before_step

    def step(self, frame: Frame) -> Analysis:
        self._before_step(frame)
        self.stamps.append(frame.timestamp_s)
        events = (an_event(frame, 1), an_event(frame, 2)) if frame.index in self._events_at else ()
        return Analysis(frame=frame, events=events)

    def close(self) -> None:
        self.closed += 1


def an_event(frame: Frame, track_id: int) -> FallEvent:
    stamp_s = frame.timestamp_s
    box = Box(0, 0, 1, 1)
    return FallEvent(EventKind.FALL, frame.camera, track_id, stamp_s, stamp_s, 1.0, (), box)


@dataclass
class Heard:
    """What a monitor told its listeners, in order."""

    analyses: list[Analysis] = field(default_factory=list)
    events: list[tuple[FallEvent, Analysis]] = field(default_factory=list)
    statuses: list[MonitorStatus] = field(default_factory=list)

    @property
    def states(self) -> list[MonitorState]:
        """States, each once in a row."""
        states: list[MonitorState] = []
        for status in self.statuses:
            if states[-1:] != [status.state]:
                states.append(status.state)
        return states


@contextmanager
def watching(
    source: Callable[[], FakeSource],
    analyzer: Callable[[], FakeAnalyzer] = FakeAnalyzer,
    **options: object,
) -> Iterator[tuple[Monitor, Heard]]:
    """A started monitor, stopped at the end."""
    heard = Heard()
    listeners: dict[str, object] = {
        "on_analysis": heard.analyses.append,
        "on_event": lambda event, analysis: heard.events.append((event, analysis)),
        "on_status": heard.statuses.append,
    }
    monitor = Monitor(source, analyzer, **{**listeners, **options})  # type: ignore[arg-type]
    monitor.start()
    try:
        yield monitor, heard
    finally:
        monitor.stop()


class WatchdogClock(FakeClock):
    """A clock that also knows how often the watchdog of a monitor has looked at it."""

    def __init__(self) -> None:
        super().__init__()
        self._looks = 0

    def __call__(self) -> float:
        if threading.current_thread().name.startswith("fallwatch-watchdog"):
            self._looks += 1
        return super().__call__()

    def wait_for_rounds(self) -> None:
        """Wait until the watchdog has gone at least twice through all it looks after."""
        enough = self._looks + 20  # in one round it looks 3 to 7 times
        wait_until(lambda: self._looks >= enough)
