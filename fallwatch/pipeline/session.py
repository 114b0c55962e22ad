"""The threads of one monitor, from one start to one stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from fallwatch.core.message import Message
from fallwatch.core.protocols import FrameAnalyzer, FrameSource
from fallwatch.core.types import Analysis, FallEvent, Frame
from fallwatch.pipeline.analysis_thread import AnalysisThread, Change
from fallwatch.pipeline.capture_thread import Capture, ClipEnd
from fallwatch.pipeline.closable_callback import ClosableCallback
from fallwatch.pipeline.cpu_scheduler import COMPUTER
from fallwatch.pipeline.frame_selector import FrameSelector
from fallwatch.pipeline.health.faults import (
    BLINDING,
    OFTEN_WITHIN_S,
    blind_because,
    often_failed,
)
from fallwatch.pipeline.health.heartbeats import HeartbeatLog, Heartbeats
from fallwatch.pipeline.health.image_check import ImageCheck
from fallwatch.pipeline.health.status import Fault, MonitorState, MonitorStatus, trying_again
from fallwatch.pipeline.health.throughput_check import ThroughputCheck
from fallwatch.pipeline.health.watchdog import Limits, assess, hangs
from fallwatch.pipeline.mailbox import Conveyor, Mailbox
from fallwatch.pipeline.worker import Worker

_log = logging.getLogger(__name__)

NOT_MONITORING = Message("Not monitoring.")

_TICK_S = 0.25
_REPORT_EVERY_S = 1.0
#: Capture threads of one camera that may be stuck in its driver before no more are started.
_MAX_STUCK = 3
#: Of the time to stop, what is kept for saying the last word.
_LAST_WORD_SHARE = 0.15


class Session:
    """See `fallwatch.pipeline.monitor.Monitor`; this is what it makes again at each start."""

    def __init__(
        self,
        camera: str,
        make_source: Callable[[], FrameSource],
        make_analyzer: Callable[[], FrameAnalyzer],
        *,
        is_live: bool,
        on_analysis: Callable[[Analysis], None],
        on_event: Callable[[FallEvent, Analysis], None],
        on_status: Callable[[MonitorStatus], None],
        max_fps: float,
        clock: Callable[[], float],
        limits: Limits,
    ) -> None:
        self._camera = camera
        self._make_source = make_source
        self._is_live = is_live
        self._clock = clock
        self._limits = limits
        self._started_s = clock()
        self._wanted_fps = max_fps
        self._changed = threading.Event()
        self._stopping = False
        self._captures_lock = threading.Lock()  # held while a capture thread is replaced
        self._heartbeat_log = HeartbeatLog(clock, self._changed)
        self._images = ImageCheck(camera)
        self._pace = ThroughputCheck(camera)
        self._out_of_pace: Fault | None = None
        self._on_analysis = ClosableCallback(on_analysis)
        self._on_event = ClosableCallback(on_event)
        self._on_status = ClosableCallback(on_status)
        self._hand_over: Mailbox[Frame | ClipEnd] | Conveyor[Frame | ClipEnd] = (
            Mailbox() if is_live else Conveyor()
        )
        self._capture = self._new_capture()
        self._stuck: list[Capture] = []
        self._analysis = AnalysisThread(
            camera,
            make_analyzer,
            inlet=self._hand_over,
            heartbeat_log=self._heartbeat_log,
            on_event=self._on_event,
            on_analysis=self._on_analysis,
            make_pace=partial(FrameSelector, COMPUTER, max_fps, self._want) if is_live else None,
        )
        self._watchdog = Worker(f"watchdog-{camera}", self._watch, self._on_failure)
        self._reported: tuple[MonitorState, Message] | None = None
        self._reported_s = 0.0

    @property
    def is_over(self) -> bool:
        """Whether it was stopped."""
        return self._watchdog.stopping.is_set()

    @property
    def status(self) -> MonitorStatus:
        """What is going on at this moment."""
        now_s = self._clock()
        heartbeats = self._heartbeat_log.heartbeats
        if self.is_over:
            state, message = MonitorState.IDLE, NOT_MONITORING
        elif self._stopping:
            state, message = MonitorState.STOPPING, Message("Stopping.")
        else:
            state, message = assess(heartbeats, now_s, self._limits)
        faults = self._faults(heartbeats, state, message, now_s)
        if state is MonitorState.RUNNING:
            for trouble in faults:
                if trouble.kind in BLINDING:
                    state, message = MonitorState.STALLED, trouble.message
        age_s = None if heartbeats.analysed_s is None else max(0.0, now_s - heartbeats.analysed_s)
        fps = 0.0 if self.is_over else self._heartbeat_log.analysed_fps()
        return MonitorStatus(
            self._camera, state, message, fps, age_s, faults, is_still=heartbeats.is_still
        )

    def change_analyzer(self, change: Change, *, loads: bool) -> None:
        """See `fallwatch.pipeline.monitor.Monitor.change_analyzer`."""
        self._analysis.change(change, loads=loads)

    def reopen(self) -> None:
        """See `fallwatch.pipeline.monitor.Monitor.reopen`."""
        if self._is_live:
            self._capture.reopen()

    def start(self) -> None:
        """Start the threads; once only."""
        self._watchdog.start()
        self._analysis.worker.start()
        self._capture.worker.start()

    def stop(self, timeout_s: float) -> list[str]:
        """See `fallwatch.pipeline.monitor.Monitor.stop`."""
        if not self.is_over:
            self._stop_workers(time.monotonic() + timeout_s * (1 - _LAST_WORD_SHARE))
            self._stop_watchdog(time.monotonic() + timeout_s * _LAST_WORD_SHARE)
        left = [
            worker.name
            for worker in (*self._workers(), self._watchdog)
            if worker.is_alive and not worker.is_current
        ]
        if left:
            _log.warning("Still running after the stop: %s", ", ".join(left))
        return left

    def _stop_workers(self, deadline_s: float) -> None:
        with self._captures_lock:
            self._stopping = True
        self._changed.set()
        self._analysis.worker.stopping.set()
        for capture in (*self._stuck, self._capture):
            capture.retire()
        self._hand_over.close()
        for worker in self._workers():
            worker.join_until(deadline_s)
        self._on_event.close(deadline_s)
        self._on_analysis.close(deadline_s)

    def _stop_watchdog(self, deadline_s: float) -> None:
        self._watchdog.stopping.set()
        self._changed.set()
        self._watchdog.join_until(deadline_s)
        self._on_status.close(deadline_s)

    def _workers(self) -> list[Worker]:
        captures = [capture.worker for capture in (*self._stuck, self._capture)]
        return [*captures, self._analysis.worker]

    def _faults(
        self, heartbeats: Heartbeats, state: MonitorState, message: Message, now_s: float
    ) -> tuple[Fault, ...]:
        if not self._is_live:
            return ()
        blind = blind_because(heartbeats, state, message, now_s, self._limits)
        if blind is not None:
            return (blind,)
        if state is not MonitorState.RUNNING:
            return ()
        failed = often_failed(self._camera, self._heartbeat_log.analyzer_failures(OFTEN_WITHIN_S))
        if failed is not None:
            return (failed,)
        if self._out_of_pace is not None:
            # It reads what the camera sent long ago: no word about the frames is worth much.
            return (self._out_of_pace,)
        return self._images.faults

    def _keep_pace(self) -> None:
        now_s = self._clock()
        heartbeats = self._heartbeat_log.heartbeats
        state, _ = assess(heartbeats, now_s, self._limits)
        self._out_of_pace = self._pace.update(
            running=state is MonitorState.RUNNING,
            analysed_fps=self._heartbeat_log.analysed_fps(),
            captured_fps=self._heartbeat_log.captured_fps(),
            late_s=heartbeats.late_s,
            now_s=now_s,
        )

    def _new_capture(self) -> Capture:
        return Capture(
            self._camera,
            self._make_source,
            is_live=self._is_live,
            outlet=self._hand_over,
            heartbeat_log=self._heartbeat_log,
            look=self._images.look,
            elapsed=lambda: self._clock() - self._started_s,
            wanted_fps=lambda: self._wanted_fps,
        )

    def _want(self, fps: float) -> None:
        self._wanted_fps = fps

    def _watch(self) -> None:
        while not self._watchdog.stopping.is_set():
            self._changed.clear()
            if hangs(self._heartbeat_log.heartbeats, self._clock(), self._limits):
                with self._captures_lock:
                    if not self._stopping:
                        self._give_up_capture()
            self._keep_pace()
            self._report()
            self._changed.wait(_TICK_S)
        self._report()

    def _give_up_capture(self) -> None:
        """The driver does not return: leave that thread behind, and begin again beside it."""
        _log.warning("%s does not answer.", self._camera)
        if not self._is_live:
            self._capture.retire()
            self._heartbeat_log.source_failed(
                Message(
                    "{0} does not answer. Check the disk or network folder it lies on.",
                    (self._camera,),
                )
            )
            return
        self._stuck = [capture for capture in self._stuck if capture.worker.is_alive]
        if len(self._stuck) >= _MAX_STUCK:
            self._heartbeat_log.source_failed(
                Message(
                    "{0} does not answer, and neither does its driver. Unplug the camera and plug "
                    "it in again; if that does not help, start fallwatch again.",
                    (self._camera,),
                )
            )
            return
        old, self._capture = self._capture, self._new_capture()
        self._stuck.append(old)
        old.retire()
        self._heartbeat_log.source_failed(
            trying_again(Message("{0} does not answer.", (self._camera,)))
        )
        self._capture.worker.start()

    def _report(self) -> None:
        status = self.status
        now_s = self._clock()
        words = (status.state, status.message)
        if words != self._reported or now_s - self._reported_s >= _REPORT_EVERY_S:
            self._reported, self._reported_s = words, now_s
            self._on_status(status)

    def _on_failure(self, error: Exception) -> bool:
        _log.error("A change of state of %s could not be told", self._camera, exc_info=error)
        return True
