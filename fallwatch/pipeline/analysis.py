"""The analysis thread: loads the models, judges pictures, hands on what it finds."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack

from fallwatch.core.types import Analysis, FallEvent, Frame
from fallwatch.pipeline.capture import ClipEnd
from fallwatch.pipeline.clip_runner import Steps
from fallwatch.pipeline.mailbox import Inlet
from fallwatch.pipeline.motion_gate import StillRoom
from fallwatch.pipeline.vitals import Vitals
from fallwatch.pipeline.worker import FailureLog, Worker

_log = logging.getLogger(__name__)

_TAKE_TIMEOUT_S = 0.5

#: Of a room in which nothing happens, as many pictures are handed on: enough to see it live.
_SHOW_STILL_EVERY_S = 0.2


class AnalysisThread:
    """One analysis thread. An analyzer that fails is replaced by a new one.

    Args:
        camera: Name of the source, for messages and the thread.
        make_analyzer: Loads the models; called on the analysis thread.
        inlet: Where pictures come from.
        vitals: Told of everything.
        on_event: Called once for each event, in order, before `on_analysis` of its picture.
        on_analysis: Called for each analysed picture; less often while a room is empty and still.
        spare_still: Whether pictures of an empty room in which nothing moves are spared the
            models. For cameras: a clip's verdict must not depend on it.
    """

    def __init__(
        self,
        camera: str,
        make_analyzer: Callable[[], Steps],
        *,
        inlet: Inlet[Frame | ClipEnd],
        vitals: Vitals,
        on_event: Callable[[FallEvent, Analysis], None],
        on_analysis: Callable[[Analysis], None],
        spare_still: bool = False,
    ) -> None:
        self._camera = camera
        self._make_analyzer = make_analyzer
        self._inlet = inlet
        self._vitals = vitals
        self._on_event = on_event
        self._on_analysis = on_analysis
        self._last_s = self._shown_s = float("-inf")
        self._spare_still = spare_still
        self._room: StillRoom | None = None
        self._failures = FailureLog(_log)
        self.worker = Worker(f"analysis-{camera}", self._load_and_judge, self._on_failure)

    def _load_and_judge(self) -> None:
        self._vitals.analyzer_loading()
        analyzer = self._make_analyzer()
        self._room = StillRoom() if self._spare_still else None
        try:
            self._vitals.analyzer_ready()
            while not self.worker.stopping.is_set():
                item = self._inlet.take(_TAKE_TIMEOUT_S)
                if isinstance(item, ClipEnd):
                    self._end(item)
                    return
                if item is not None:
                    self._judge(analyzer, item)
        finally:
            analyzer.close()

    def _judge(self, analyzer: Steps, frame: Frame) -> None:
        if frame.timestamp_s <= self._last_s:
            return  # from a camera that was given up, and answered after all
        self._last_s = frame.timestamp_s
        if self._room is not None and self._room.spares(frame):
            self._vitals.analysed()
            if frame.timestamp_s - self._shown_s >= _SHOW_STILL_EVERY_S - 1e-6:
                self._show(Analysis(frame))
            return
        analysis = analyzer.step(frame)
        if self._room is not None:
            self._room.saw(analysis)
        self._vitals.analysed()
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
            self._vitals.source_failed(end.fault)
        else:
            self._vitals.finished()

    def _on_failure(self, error: Exception) -> bool:
        reason = (str(error) or type(error).__name__).rstrip(".")
        message = f"The analysis of {self._camera} failed: {reason}. Trying again."
        self._failures.write(message, error, expected=False)
        self._vitals.analyzer_failed(message)
        return True
