"""Work for other threads on the window's behalf: the disk and the stopping of monitors."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QMetaMethod, QObject, Signal

from fallwatch.ui.background.bridge import Bridge

T = TypeVar("T")


class BackgroundTasks(QObject):
    """Does one task after the other on a thread of its own; answers on the window's thread.

    Signals:
        failed: A background task nobody waits for raised this ``BaseException``. Where nobody
            listens it is raised on the window's thread, where the last resort hears of it.
    """

    failed = Signal(object)

    def __init__(self, bridge: Bridge, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def run(
        self,
        work: Callable[[], T],
        then: Callable[[T], None] | None = None,
        otherwise: Callable[[BaseException], None] | None = None,
    ) -> None:
        """Do ``work`` on the background thread; ``then`` gets its result on the window's thread.

        Args:
            work: What to do.
            then: Called with the result.
            otherwise: Called with what ``work`` raised; without it ``failed`` is emitted.
        """
        try:
            future = self._executor.submit(work)
        except RuntimeError:
            return  # closed: the window is gone
        future.add_done_callback(
            lambda done: self._bridge.post(partial(self._finish, done, then, otherwise))
        )

    def close(self) -> None:
        """Finish what was asked for, an acknowledgement among it, and end the thread."""
        self._executor.shutdown(wait=True)

    def _finish(
        self,
        done: Future[Any],
        then: Callable[[Any], None] | None,
        otherwise: Callable[[BaseException], None] | None,
    ) -> None:
        error = done.exception()
        if error is None:
            if then is not None:
                then(done.result())
        elif otherwise is not None:
            otherwise(error)
        elif self.isSignalConnected(QMetaMethod.fromSignal(self.failed)):
            self.failed.emit(error)
        else:
            raise error
