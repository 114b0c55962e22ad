"""The capture thread: opens a source, reads it, and opens it again when a camera is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace

from fallwatch.core.image_checks.rate import AdjustableRateGate
from fallwatch.core.message import NO_MESSAGE, Message, message_of
from fallwatch.core.protocols import (
    EndOfStreamError,
    FrameSource,
    LoginRefusedError,
    SelectiveSource,
    SourceError,
)
from fallwatch.core.types import Frame
from fallwatch.pipeline.health.heartbeats import CaptureCall, HeartbeatLog
from fallwatch.pipeline.health.status import trying_again
from fallwatch.pipeline.mailbox import Outlet
from fallwatch.pipeline.worker import FailureLog, Worker

_log = logging.getLogger(__name__)

#: A camera locks an account after a few wrong logins: it is tried again after these times, the
#: last of them for ever.
LOGIN_WAITS_S = (60.0, 120.0, 300.0)


@dataclass(frozen=True, slots=True)
class ClipEnd:
    """Stands behind the last frame of a clip.

    Attributes:
        fault: Why the clip ended before its end; empty if it is complete.
    """

    fault: Message = NO_MESSAGE


class Capture:
    """One capture thread.

    A live source is opened again for ever, each time as a new object; the time stamps and numbers
    of its frames go on across the gap. A clip is read once; behind its last frame stands a
    `ClipEnd`. Frames that are not due to be analysed are not handed on.

    Args:
        camera: Name of the source, for messages and the thread.
        make_source: Makes a new source, not yet opened.
        is_live: Whether the source is a camera.
        outlet: Where frames go.
        heartbeat_log: Told of everything.
        look: Called with each frame of a camera before it is handed on; takes no time.
        elapsed: Seconds since the monitor was started.
        wanted_fps: Frames per second to hand on, as they are wanted at the moment.
    """

    def __init__(
        self,
        camera: str,
        make_source: Callable[[], FrameSource],
        *,
        is_live: bool,
        outlet: Outlet[Frame | ClipEnd],
        heartbeat_log: HeartbeatLog,
        look: Callable[[Frame], None],
        elapsed: Callable[[], float],
        wanted_fps: Callable[[], float],
    ) -> None:
        self._camera = camera
        self._make_source = make_source
        self._is_live = is_live
        self._outlet = outlet
        self._heartbeat_log = heartbeat_log
        self._look = look
        self._elapsed = elapsed
        self._gate = AdjustableRateGate(wanted_fps)
        self._source: FrameSource | None = None
        self._next_index = 0
        self._handed_on = False
        self._failures = FailureLog(_log)
        self._refusals = 0
        self.worker = Worker(
            f"capture-{camera}",
            self._connect_and_read,
            self._on_failure,
            least_wait_s=self._least_wait_s,
        )

    def retire(self) -> None:
        """Make the thread end as soon as the driver lets it; returns at once."""
        self.worker.stopping.set()
        self.reopen()

    def reopen(self) -> None:
        """Make the thread open the source again as soon as the driver lets it; returns at once."""
        source = self._source
        if source is not None:
            source.interrupt()

    def _connect_and_read(self) -> None:
        source = self._source = self._make_source()
        try:
            if not self.worker.stopping.is_set():
                self._heartbeat_log.calling(CaptureCall.OPEN)
                source.open()
                self._read_all(source)
        finally:
            source.close()

    def _read_all(self, source: FrameSource) -> None:
        opened_s = self._elapsed()
        first_index = self._next_index
        while not self.worker.stopping.is_set():
            self._heartbeat_log.calling(CaptureCall.READ)
            try:
                frame = self._read(source, opened_s if self._is_live else 0.0)
            except EndOfStreamError:
                self._heartbeat_log.calling(CaptureCall.NONE)
                self._outlet.put(ClipEnd())
                return
            if self.worker.stopping.is_set():
                return  # perhaps given up long ago: a new thread may be at work in this one's place
            self._heartbeat_log.captured(None if frame is None else frame.late_s)
            if frame is None:
                continue
            if self._is_live:
                frame = replace(
                    frame,
                    index=first_index + frame.index,
                    timestamp_s=opened_s + frame.timestamp_s,
                )
                self._look(frame)
            self._next_index = frame.index + 1
            self._handed_on = True
            self._outlet.put(frame)

    def _read(self, source: FrameSource, opened_s: float) -> Frame | None:
        """The next frame, or None if it is not due; where it can be, it is not even decoded.

        Args:
            source: Open.
            opened_s: When its time stamps began.
        """

        def due(timestamp_s: float) -> bool:
            return self._gate.due(opened_s + timestamp_s)

        if isinstance(source, SelectiveSource):
            return source.read_if(due)
        frame = source.read()
        return frame if due(frame.timestamp_s) else None

    def _least_wait_s(self, error: Exception) -> float:
        if not isinstance(error, LoginRefusedError):
            self._refusals = 0
            return 0.0
        self._refusals += 1
        return LOGIN_WAITS_S[min(self._refusals, len(LOGIN_WAITS_S)) - 1]

    def _on_failure(self, error: Exception) -> bool:
        expected = isinstance(error, SourceError)
        message = message_of(error)
        if not expected:
            message = Message("Reading {0} failed: {1}.", (self._camera, message))
        self._failures.write(str(message), error, expected=expected)
        if self._is_live:
            self._heartbeat_log.source_failed(trying_again(message))
            return True
        if self._handed_on:
            # Told when the frames before have been analysed, so that no event of theirs is late.
            self._outlet.put(ClipEnd(message))
        else:
            self._heartbeat_log.source_failed(message)
        return False
