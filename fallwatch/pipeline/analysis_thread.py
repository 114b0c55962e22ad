"""The analysis thread: loads the models, judges frames, hands on what it finds."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack

from fallwatch.core.message import Message, MessageError
from fallwatch.core.protocols import FrameAnalyzer, HeirAnalyzer
from fallwatch.core.types import Analysis, FallEvent, Frame
from fallwatch.pipeline.capture_thread import ClipEnd
from fallwatch.pipeline.frame_selector import Choice, FrameSelector
from fallwatch.pipeline.health.heartbeats import HeartbeatLog
from fallwatch.pipeline.health.status import trying_again
from fallwatch.pipeline.mailbox import Inlet
from fallwatch.pipeline.worker import FailureLog, Worker

_log = logging.getLogger(__name__)

_TAKE_TIMEOUT_S = 0.5

#: Changes an analyzer and returns it, or returns another that takes its place.
Change = Callable[[FrameAnalyzer], FrameAnalyzer]

#: Of a room in which nothing happens, as many frames are handed on: enough to see it live.
_SHOW_STILL_EVERY_S = 0.2


class AnalysisThread:
    """One analysis thread. An analyzer that fails is replaced by a new one.

    It takes over what the other knew: somebody who is falling is not forgotten.

    Args:
        camera: Name of the source, for messages and the thread.
        make_analyzer: Loads the models; called on the analysis thread.
        inlet: Where frames come from.
        heartbeat_log: Told of everything.
        on_event: Called once for each event, in order, before `on_analysis` of its frame.
        on_analysis: Called for each analysed frame; less often while a room is empty and still.
        make_pace: Chooses among a camera's frames. None for a clip, of which every frame is
            judged: its verdict must not depend on the load.
    """

    def __init__(
        self,
        camera: str,
        make_analyzer: Callable[[], FrameAnalyzer],
        *,
        inlet: Inlet[Frame | ClipEnd],
        heartbeat_log: HeartbeatLog,
        on_event: Callable[[FallEvent, Analysis], None],
        on_analysis: Callable[[Analysis], None],
        make_pace: Callable[[], FrameSelector] | None = None,
    ) -> None:
        self._camera = camera
        self._make_analyzer = make_analyzer
        self._inlet = inlet
        self._heartbeat_log = heartbeat_log
        self._on_event = on_event
        self._on_analysis = on_analysis
        self._last_s = self._shown_s = float("-inf")
        self._make_pace = make_pace
        self._failures = FailureLog(_log)
        self._earlier: FrameAnalyzer | None = None
        self._changes: deque[tuple[Change, bool]] = deque()
        self.worker = Worker(f"analysis-{camera}", self._load_and_judge, self._on_failure)

    def change(self, change: Change, *, loads: bool) -> None:
        """Change the analyzer, or put another in its place, before the next frame.

        Args:
            change: What to do, on this thread.
            loads: Whether it loads models, which takes its time.
        """
        self._changes.append((change, loads))

    def _load_and_judge(self) -> None:
        self._heartbeat_log.analyzer_loading()
        with ExitStack() as at_end:
            analyzer = self._make_analyzer()
            at_end.callback(lambda: analyzer.close())
            # What it knew may be why it failed: so the next one takes over only from one that
            # has judged something itself.
            earlier, self._earlier = self._earlier, None
            if earlier is not None and isinstance(analyzer, HeirAnalyzer):
                analyzer.take_over(earlier)
            pace = self._make_pace() if self._make_pace is not None else None
            if pace is not None:
                at_end.callback(pace.close)
            self._heartbeat_log.analyzer_ready()
            while not self.worker.stopping.is_set():
                while self._changes:
                    analyzer = self._changed(analyzer, *self._changes.popleft())
                item = self._inlet.take(_TAKE_TIMEOUT_S)
                if isinstance(item, ClipEnd):
                    self._end(item)
                    return
                if item is not None and self._is_new(item):
                    self._judge(analyzer, pace, item)

    def _changed(self, analyzer: FrameAnalyzer, change: Change, loads: bool) -> FrameAnalyzer:
        """The analyzer after a change; it may be another, which takes over from the one before."""
        if loads:
            self._heartbeat_log.analyzer_loading()
        after = change(analyzer)
        if after is not analyzer:
            if isinstance(after, HeirAnalyzer):
                after.take_over(analyzer)
            analyzer.close()
        if loads:
            self._heartbeat_log.analyzer_ready()
        return after

    def _is_new(self, frame: Frame) -> bool:
        """Whether it is not from a camera that was given up, and answered after all."""
        is_new = frame.timestamp_s > self._last_s
        self._last_s = max(frame.timestamp_s, self._last_s)
        return is_new

    def _judge(self, analyzer: FrameAnalyzer, pace: FrameSelector | None, frame: Frame) -> None:
        if pace is None:
            self._take_in(self._step(analyzer, frame))
            return
        choice = pace.choose(frame)
        if choice is Choice.JUDGE:
            with pace.turn():
                frame = self._newest(frame)
                analysis = self._step(analyzer, frame)
            pace.saw(analysis)
            self._take_in(analysis, is_still=pace.is_quiet and not analysis.people)
        else:
            self._heartbeat_log.analysed(is_still=True)
            if frame.timestamp_s - self._shown_s >= _SHOW_STILL_EVERY_S - 1e-6:
                self._show(Analysis(frame))

    def _step(self, analyzer: FrameAnalyzer, frame: Frame) -> Analysis:
        analysis = analyzer.step(frame)
        self._earlier = analyzer
        return analysis

    def _newest(self, frame: Frame) -> Frame:
        """The frame that came while this one waited for its turn, if any."""
        newer = self._inlet.take(0.0)
        return newer if isinstance(newer, Frame) and self._is_new(newer) else frame

    def _take_in(self, analysis: Analysis, *, is_still: bool = False) -> None:
        self._heartbeat_log.analysed(is_still=is_still)
        self._hand_on_events(analysis)
        self._show(analysis)

    def _show(self, analysis: Analysis) -> None:
        self._shown_s = analysis.frame.timestamp_s
        self._on_analysis(analysis)

    def _hand_on_events(self, analysis: Analysis) -> None:
        # The stack calls what was put on it last first, and each also when one before it failed:
        # an event that cannot be handed on must not take those behind it along.
        with ExitStack() as hand_on:
            for event in reversed(analysis.events):
                hand_on.callback(self._on_event, event, analysis)

    def _end(self, end: ClipEnd) -> None:
        if end.fault:
            self._heartbeat_log.source_failed(end.fault)
        else:
            self._heartbeat_log.finished()

    def _on_failure(self, error: Exception) -> bool:
        message = self._failed_because(error)
        self._failures.write(str(message), error, expected=False)
        self._heartbeat_log.analyzer_failed(message)
        return True

    def _failed_because(self, error: Exception) -> Message:
        if isinstance(error, MessageError):  # it ends like a sentence
            parts = (self._camera, error.message)
            return trying_again(Message("The analysis of {0} failed: {1}", parts))
        reason = (str(error) or type(error).__name__).rstrip(".")
        return trying_again(Message("The analysis of {0} failed: {1}.", (self._camera, reason)))
