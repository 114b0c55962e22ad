"""The live image of a camera that is being set up, without holding up the window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from fallwatch.core.message import Message, message_of
from fallwatch.core.protocols import EndOfStreamError, FrameSource, SourceError
from fallwatch.core.types import Frame
from fallwatch.ui.background.bridge import Bridge

MakeSource = Callable[[], FrameSource]

#: Frames a second that are shown: enough to place a camera by.
_MAX_FPS = 10.0

#: A camera that does not let go by then is left to its driver.
_LET_GO_S = 1.5


class Preview(QObject):
    """Shows the images of one camera at a time.

    A driver may hold its thread for long, so nobody waits for it; but a camera is opened only
    after the one before has let go, for it may be the same.

    Signals:
        frame_came: The newest ``Frame``.
        failed: Why no image comes, in words.
    """

    frame_came = Signal(object)
    failed = Signal(object)

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._look: _Look | None = None

    @property
    def is_running(self) -> bool:
        """Whether a camera is open, or about to be."""
        return self._look is not None and not self._look.ended.is_set()

    def start(self, make: MakeSource) -> None:
        """Show a camera's images instead of those shown before.

        Args:
            make: Makes the source, not yet opened; called on a thread.
        """
        before = self._look
        self.stop()
        self._look = _Look(make, before, self._bridge, self._on_frame, self._on_failure)

    def stop(self, then: Callable[[], None] = lambda: None) -> None:
        """Show no more images.

        Args:
            then: Called once the camera has let go, at the latest after some time.
        """
        look = self._look
        if look is None or not self.is_running:
            then()
            return
        look.stop()
        waiting = [then]

        def once() -> None:
            if waiting:
                waiting.pop()()

        QTimer.singleShot(round(_LET_GO_S * 1000), self, once)
        look.when_ended(once)

    def _on_frame(self, look: _Look, frame: Frame) -> None:
        if look is self._look and not look.stopping.is_set():
            self.frame_came.emit(frame)

    def _on_failure(self, look: _Look, message: Message) -> None:
        if look is self._look and not look.stopping.is_set():
            self.failed.emit(message)


class _Look:
    """One camera, opened once, on a thread of its own."""

    def __init__(
        self,
        make: MakeSource,
        before: _Look | None,
        bridge: Bridge,
        on_frame: Callable[[_Look, Frame], None],
        on_failure: Callable[[_Look, Message], None],
    ) -> None:
        self.stopping = threading.Event()
        self.ended = threading.Event()
        self._make, self._before, self._bridge = make, before, bridge
        self._on_frame, self._on_failure = on_frame, on_failure
        self._lock = threading.Lock()
        self._source: FrameSource | None = None
        self._newest: Frame | None = None
        self._then: list[Callable[[], None]] = []
        threading.Thread(target=self._run, name="fallwatch camera preview", daemon=True).start()

    def stop(self) -> None:
        """End as soon as the driver allows."""
        self.stopping.set()
        source = self._source
        if source is not None:
            source.interrupt()

    def when_ended(self, call: Callable[[], None]) -> None:
        """Have something called on the window's thread when the camera has let go."""
        with self._lock:
            if not self.ended.is_set():
                self._then.append(call)
                return
        self._bridge.post(call)

    def _run(self) -> None:
        problem: Message | None = Message("The test broke off. Try again.")
        try:
            self._show_all()
            problem = None
        except EndOfStreamError:
            problem = None
        except (SourceError, OSError) as error:
            problem = message_of(error)
        finally:
            # Also where something else went wrong, which Python itself reports.
            if problem is not None:
                self._bridge.post(partial(self._on_failure, self, problem))
            with self._lock:
                self.ended.set()
                waiting, self._then = self._then, []
            for call in waiting:
                self._bridge.post(call)

    def _show_all(self) -> None:
        if self._before is not None:
            self._before.ended.wait(_LET_GO_S)
            self._before = None
        if self.stopping.is_set():
            return
        source = self._source = self._make()
        shown_s = float("-inf")
        try:
            source.open()
            while not self.stopping.is_set():
                frame = source.read()
                now_s = time.monotonic()
                if now_s - shown_s >= 1.0 / _MAX_FPS:
                    shown_s = now_s
                    self._offer(frame)
        finally:
            source.close()

    def _offer(self, frame: Frame) -> None:
        """Have a frame shown; one that was not shown yet is replaced."""
        with self._lock:
            waiting, self._newest = self._newest is not None, frame
        if not waiting:
            self._bridge.post(self._show)

    def _show(self) -> None:
        with self._lock:
            frame, self._newest = self._newest, None
        if frame is not None:
            self._on_frame(self, frame)
