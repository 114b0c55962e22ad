"""The monitor of one camera or clip."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from fallwatch.core.protocols import FrameAnalyzer, FrameSource
from fallwatch.core.types import Analysis, FallEvent
from fallwatch.pipeline.analysis_thread import Change
from fallwatch.pipeline.health.status import MonitorState, MonitorStatus
from fallwatch.pipeline.health.watchdog import Limits
from fallwatch.pipeline.session import NOT_MONITORING, Session

__all__ = ["Monitor", "MonitorState", "MonitorStatus"]


class Monitor:
    """One camera or clip: a capture thread, an analysis thread, and one that watches over both.

    Of a camera the newest frame is analysed and the others are dropped. Of a clip every frame
    that is due is analysed, and a slow machine plays it slower: its verdict is the same everywhere.
    A camera that fails or hangs is opened again, for ever; a clip that fails stays FAULTED.

    The callbacks run on the monitor's threads, never after `stop` has returned, and must not
    wait for the thread that calls `stop`.

    Args:
        source: Makes a new source, not yet opened; cheap, and called on any thread.
        analyzer: Loads the models; called on the analysis thread.
        on_analysis: Called for each analysed frame.
        on_event: Called once for each event, in order, before `on_analysis` of its frame.
        on_status: Called when the state or its words change, and about once a second.
        max_fps: Frames per second to analyse at most.
        clock: Seconds, steadily increasing, by which frames are stamped, too. Not
            ``time.monotonic``: it ticks in steps of 15.6 ms on Windows before Python 3.13, which
            cost a fall of the test recordings.
        limits: How long things may take.

    Raises:
        fallwatch.core.protocols.SourceError: ``source`` refuses to make one.
    """

    def __init__(
        self,
        source: Callable[[], FrameSource],
        analyzer: Callable[[], FrameAnalyzer],
        *,
        on_analysis: Callable[[Analysis], None],
        on_event: Callable[[FallEvent, Analysis], None],
        on_status: Callable[[MonitorStatus], None],
        max_fps: float = 15.0,
        clock: Callable[[], float] = time.perf_counter,
        limits: Limits | None = None,
    ) -> None:
        example = source()  # only asked who it is; never opened
        self._camera = example.name
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._make_session = partial(
            Session,
            self._camera,
            source,
            analyzer,
            is_live=example.is_live,
            on_analysis=on_analysis,
            on_event=on_event,
            on_status=on_status,
            max_fps=max_fps,
            clock=clock,
            limits=limits or Limits(),
        )

    @property
    def status(self) -> MonitorStatus:
        """What the monitor is doing at this moment. Any thread may ask."""
        session = self._session
        if session is None:
            return MonitorStatus(self._camera, MonitorState.IDLE, NOT_MONITORING, 0.0, None)
        return session.status

    def start(self) -> None:
        """Begin to watch, with all objects new; without effect while it is watching."""
        with self._lock:
            if self._session is None or self._session.is_over:
                self._session = self._make_session()
                self._session.start()

    def change_analyzer(self, change: Change, *, loads: bool = False) -> None:
        """Change how frames are judged without letting go of the camera.

        Args:
            change: Called on the analysis thread, between two frames, with the analyzer; returns
                it, or another that takes its place. Without effect while nothing is watched: the
                next start makes a new one.
            loads: Whether that loads models, which takes its time.
        """
        with self._lock:
            if self._session is not None and not self._session.is_over:
                self._session.change_analyzer(change, loads=loads)

    def reopen(self) -> None:
        """Open the camera again, as after a sleep of the computer. Never waits.

        One that sends no more is told as lost; one that does is watched again within a second.
        Without effect on a clip, and while nothing is watched.
        """
        session = self._session
        if session is not None and not session.is_over:
            session.reopen()

    def stop(self, timeout_s: float = 2.0) -> list[str]:
        """Stop watching. Safe to call twice, and without `start`.

        Args:
            timeout_s: Longest time it may take.

        Returns:
            Names of threads that did not stop in time, mostly in a driver that hangs. They can do
            no more than end.
        """
        with self._lock:
            return [] if self._session is None else self._session.stop(timeout_s)
