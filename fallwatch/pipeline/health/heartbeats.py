"""Signs of life of one monitor: written by its threads, read by the watchdog."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from fallwatch.core.message import NO_MESSAGE, Message
from fallwatch.pipeline.rate_meter import RateMeter

_MOST_FAILURES = 1000


class CaptureCall(str, Enum):
    """Calls into a driver, which may take as long as they like."""

    NONE = "none"
    OPEN = "open"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Heartbeats:
    """Signs of life at one moment. Times are seconds on the monitor's clock.

    Attributes:
        started_s: When the monitor was started.
        call: What the capture thread waits for in the driver.
        call_since_s: Since when.
        captured_s: When the last frame came; None before the first.
        late_s: How much later than usual it came.
        analyzer_ready_s: Since when the models are loaded; None while they are not.
        analysed_s: When the last frame was analysed; None before the first.
        is_still: Whether that one showed nobody, and nothing had moved for a while.
        source_fault: Why no frame comes; empty if nothing is wrong.
        analyzer_fault: Why frames are not analysed; empty if nothing is wrong.
        finished: Whether the clip's last frame has been analysed.
    """

    started_s: float
    call: CaptureCall = CaptureCall.NONE
    call_since_s: float = 0.0
    captured_s: float | None = None
    late_s: float = 0.0
    analyzer_ready_s: float | None = None
    analysed_s: float | None = None
    is_still: bool = False
    source_fault: Message = NO_MESSAGE
    analyzer_fault: Message = NO_MESSAGE
    finished: bool = False


class HeartbeatLog:
    """Keeps the signs of life. Every method may be called from any thread.

    Args:
        clock: Seconds, steadily increasing.
        changed: Set whenever the state may be another one now.
    """

    def __init__(self, clock: Callable[[], float], changed: threading.Event) -> None:
        self._clock = clock
        self._changed = changed
        self._lock = threading.Lock()
        self._heartbeats = Heartbeats(started_s=clock())
        self._captured_rate = RateMeter()
        self._analysed_rate = RateMeter()
        self._failed_s: deque[float] = deque(maxlen=_MOST_FAILURES)

    @property
    def heartbeats(self) -> Heartbeats:
        """The signs of life now."""
        return self._heartbeats

    def calling(self, call: CaptureCall) -> None:
        """The capture thread goes into the driver."""
        with self._lock:
            self._heartbeats = replace(self._heartbeats, call=call, call_since_s=self._clock())

    def captured(self, late_s: float | None = None) -> None:
        """A frame came.

        Args:
            late_s: How much later than usual; None if nobody looked at it.
        """
        with self._lock:
            now_s = self._clock()
            had_fault = bool(self._heartbeats.source_fault)
            self._heartbeats = replace(
                self._heartbeats,
                call=CaptureCall.NONE,
                captured_s=now_s,
                late_s=self._heartbeats.late_s if late_s is None else late_s,
                source_fault=NO_MESSAGE,
            )
            self._captured_rate.add(now_s)
        if had_fault:
            self._changed.set()

    def source_failed(self, why: Message) -> None:
        """No frame comes, for a reason that a person can be told."""
        with self._lock:
            self._heartbeats = replace(self._heartbeats, call=CaptureCall.NONE, source_fault=why)
        self._changed.set()

    def analyzer_loading(self) -> None:
        """The models are being loaded."""
        with self._lock:
            self._heartbeats = replace(self._heartbeats, analyzer_ready_s=None)
        self._changed.set()

    def analyzer_ready(self) -> None:
        """The models are loaded."""
        with self._lock:
            self._heartbeats = replace(self._heartbeats, analyzer_ready_s=self._clock())
        self._changed.set()

    def analysed(self, *, is_still: bool = False) -> None:
        """A frame was analysed.

        Args:
            is_still: Whether it showed nobody, and nothing has moved for a while.
        """
        with self._lock:
            now_s = self._clock()
            first = self._heartbeats.analysed_s is None or bool(self._heartbeats.analyzer_fault)
            self._heartbeats = replace(
                self._heartbeats,
                analysed_s=now_s,
                is_still=is_still,
                analyzer_fault=NO_MESSAGE,
            )
            self._analysed_rate.add(now_s)
        if first:
            self._changed.set()

    def analyzer_failed(self, why: Message) -> None:
        """Frames are not analysed, for a reason that a person can be told."""
        with self._lock:
            self._heartbeats = replace(self._heartbeats, analyzer_fault=why)
            self._failed_s.append(self._clock())
        self._changed.set()

    def finished(self) -> None:
        """The last frame of the clip was analysed."""
        with self._lock:
            self._heartbeats = replace(self._heartbeats, finished=True)
        self._changed.set()

    def analyzer_failures(self, within_s: float) -> int:
        """How often the analysis has failed of late; no more than a thousand are counted."""
        with self._lock:
            now_s = self._clock()
            return sum(now_s - failed_s <= within_s for failed_s in self._failed_s)

    def captured_fps(self) -> float:
        """Frames per second that came, over the last three seconds."""
        return self._per_second(self._captured_rate)

    def analysed_fps(self) -> float:
        """Frames analysed per second, over the last three seconds."""
        return self._per_second(self._analysed_rate)

    def _per_second(self, rate: RateMeter) -> float:
        with self._lock:
            return rate.per_second(self._clock())
