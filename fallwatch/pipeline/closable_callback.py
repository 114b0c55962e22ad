"""Lets calls through to a listener until it is closed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class ClosableCallback(Generic[P]):
    """A callback that can be closed: a thread that stops late reaches nobody any more.

    Args:
        listener: The callback behind it.
    """

    def __init__(self, listener: Callable[P, None]) -> None:
        self._listener = listener
        # Re-entrant, so that a listener may stop the very thread that calls it.
        self._lock = threading.RLock()
        self._closed = False

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call the listener, unless it is closed."""
        with self._lock:
            if not self._closed:
                self._listener(*args, **kwargs)

    def close(self, deadline_s: float) -> None:
        """Let no more calls through, and wait for one that is under way.

        Args:
            deadline_s: On the clock ``time.monotonic``, when to wait no longer.
        """
        self._closed = True
        if self._lock.acquire(timeout=max(0.0, deadline_s - time.monotonic())):
            self._lock.release()
