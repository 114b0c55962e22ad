"""Sends a clip through the whole chain on a thread of its own, while it can be looked at."""

from __future__ import annotations

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from fallwatch.core.message import NO_MESSAGE, Message, message_of
from fallwatch.core.overlay import Shape, overlay
from fallwatch.core.protocols import FrameAnalyzer
from fallwatch.core.types import Analysis, EventKind
from fallwatch.pipeline.worker import Worker
from fallwatch.recording.evidence_track import Point
from fallwatch.runtime.clip_runner import analyze_clip
from fallwatch.sources.clip.video_file import VideoFileSource
from fallwatch.ui.player.folder import OpenedClip

MakeAnalyzer = Callable[[str], FrameAnalyzer]

# Shapes are shown up to so long after their frame.
_SHAPES_S = 0.5

# Skeletons take room: after ten minutes of a clip there are only curves.
_MAX_SHAPES = 10_000

# Between two frames the window and the monitoring get their turn.
_BREATH_S = 0.001


@dataclass(frozen=True, slots=True)
class Found:
    """What is known so far.

    Attributes:
        points: The evidence, in order of time.
        alarms: Time and kind of each alarm.
        falls_s: Annotated falls, once the clip's frame rate is known.
        share: How much is analysed, 0 to 1; None where the clip's length is unknown.
        is_over: Whether no more will come.
        problem: Why it ended early.
    """

    points: tuple[Point, ...] = ()
    alarms: tuple[tuple[float, str], ...] = ()
    falls_s: tuple[tuple[float, float], ...] = ()
    share: float | None = 0.0
    is_over: bool = False
    problem: Message = NO_MESSAGE


class ClipAnalysis:
    """Analyses one clip, once.

    Args:
        clip: The clip.
        make_analyzer: Loads the models for a clip of this name; called on the thread.
        max_fps: Frames per second of the clip to analyse at most.
    """

    def __init__(self, clip: OpenedClip, make_analyzer: MakeAnalyzer, max_fps: float) -> None:
        self._clip, self._make_analyzer, self._max_fps = clip, make_analyzer, max_fps
        self._lock = threading.Lock()
        self._points: list[Point] = []
        self._shapes: list[tuple[Shape, ...]] = []
        self._alarms: list[tuple[float, str]] = []
        self._falls_s: tuple[tuple[float, float], ...] = ()
        self._share: float | None = 0.0
        self._is_over = False
        self._problem = NO_MESSAGE
        self._worker = Worker("clip analysis", self._run, self._on_failure)

    def start(self) -> None:
        """Begin; once only."""
        self._worker.start()

    def stop(self) -> None:
        """End soon; it is not waited for."""
        self._worker.stopping.set()

    def found(self) -> Found:
        """What is known at this moment."""
        with self._lock:
            return Found(
                tuple(self._points),
                tuple(self._alarms),
                self._falls_s,
                self._share,
                self._is_over,
                self._problem,
            )

    def shapes_at(self, time_s: float) -> Sequence[Shape]:
        """What to draw over the frame of a time."""
        with self._lock:
            index = bisect_right(self._points, time_s + 1e-3, key=lambda point: point.time_s)
            if (
                not 0 < index <= len(self._shapes)
                or time_s - self._points[index - 1].time_s > _SHAPES_S
            ):
                return ()
            return self._shapes[index - 1]

    def _run(self) -> None:
        source = VideoFileSource(self._clip.path)
        with closing(self._make_analyzer(self._clip.path.name)) as analyzer:
            for analysis in analyze_clip(source, analyzer, self._max_fps):
                if self._worker.stopping.is_set():
                    return
                self._take(analysis, source)
                time.sleep(_BREATH_S)
        with self._lock:
            self._is_over = True
            self._share = 1.0

    def _take(self, analysis: Analysis, source: VideoFileSource) -> None:
        time_s = analysis.frame.timestamp_s
        shapes = overlay(analysis)
        with self._lock:
            if not self._points:
                self._falls_s = tuple(fall.seconds(source.fps) for fall in self._clip.falls)
            self._points.append(Point(time_s, analysis.p_fall, analysis.score))
            if len(self._shapes) < _MAX_SHAPES:
                self._shapes.append(shapes)
            self._alarms += [
                (event.decided_s, event.kind.value)
                for event in analysis.events
                if event.kind is not EventKind.RECOVERED
            ]
            length_s = source.duration_s
            self._share = min(1.0, time_s / length_s) if length_s else None

    def _on_failure(self, error: Exception) -> bool:
        with self._lock:
            self._problem = message_of(error)
            self._is_over = True
        return False
