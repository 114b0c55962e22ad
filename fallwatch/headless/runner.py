"""Watching without a window: a clip frame by frame, or a camera until told to stop."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fallwatch.core.protocols import FrameAnalyzer, FrameSource
from fallwatch.core.types import Analysis, FallEvent
from fallwatch.pipeline.monitor import Monitor, MonitorState, MonitorStatus
from fallwatch.runtime.clip_runner import analyze_clip

Settled = tuple[FallEvent, Analysis]


@dataclass(frozen=True, slots=True)
class Listener:
    """What a headless run tells while it goes on.

    Attributes:
        on_event: Called once for each event, in order.
        on_analysis: Called for each analysed frame.
        on_status: Called when the state of a camera changes.
    """

    on_event: Callable[[FallEvent, Analysis], None]
    on_analysis: Callable[[Analysis], None]
    on_status: Callable[[MonitorStatus], None]


def watch_clip(
    source: FrameSource,
    analyzer: FrameAnalyzer,
    listener: Listener,
    stop: threading.Event,
    max_fps: float,
) -> None:
    """Analyse a clip as fast as the machine can, on the caller's thread.

    Raises:
        fallwatch.core.protocols.SourceError: The clip cannot be read, or ends early; what came
            before has been reported.
    """
    for analysis in _until(stop, analyze_clip(source, analyzer, max_fps)):
        for event in analysis.events:
            listener.on_event(event, analysis)
        listener.on_analysis(analysis)


def _until(stop: threading.Event, analyses: Iterator[Analysis]) -> Iterator[Analysis]:
    for analysis in analyses:
        if stop.is_set():
            return
        yield analysis


def watch_live(
    source: Callable[[], FrameSource],
    analyzer: Callable[[], FrameAnalyzer],
    listener: Listener,
    stop: threading.Event,
    max_fps: float,
) -> MonitorStatus:
    """Watch a camera until ``stop`` is set, or a clip in real time until its end.

    A camera that was seen once is waited for when it is lost; one that cannot be opened at the
    start is given up, for then the address is more likely wrong. Events and status changes are
    reported on the caller's thread, and events are never dropped.

    Returns:
        The last status: FINISHED for a clip that ended, FAULTED for what could not be read.
    """
    events: queue.SimpleQueue[Settled] = queue.SimpleQueue()
    statuses: queue.SimpleQueue[MonitorStatus] = queue.SimpleQueue()
    wake = threading.Event()
    live, ran = source().is_live, False

    def put_event(event: FallEvent, analysis: Analysis) -> None:
        events.put((event, analysis))
        wake.set()

    def put_status(status: MonitorStatus) -> None:
        statuses.put(status)
        wake.set()

    monitor = Monitor(
        source,
        analyzer,
        on_analysis=listener.on_analysis,
        on_event=put_event,
        on_status=put_status,
        max_fps=max_fps,
    )
    monitor.start()
    try:
        while not stop.is_set():
            wake.wait(0.2)
            wake.clear()
            _drain(events, statuses, listener)
            status = monitor.status
            ran = ran or status.state is MonitorState.RUNNING
            given_up = status.state is MonitorState.FAULTED and not (live and ran)
            if given_up or status.state is MonitorState.FINISHED:
                break
    finally:
        status = monitor.status
        monitor.stop()
        _drain(events, statuses, listener)
    return status


def _drain(
    events: queue.SimpleQueue[Settled],
    statuses: queue.SimpleQueue[MonitorStatus],
    listener: Listener,
) -> None:
    while not events.empty():
        listener.on_event(*events.get())
    while not statuses.empty():
        listener.on_status(statuses.get())
