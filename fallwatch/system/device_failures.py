"""Failures of this computer's graphics and neural processors, told to whoever raises alarms."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress

from fallwatch.core.message import Message


class DeviceFailures:
    """Listeners for failures of devices. Any thread may call."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Callable[[Message], object]] = []
        self._keeps = False
        self._kept: list[Message] = []

    def keep(self) -> None:
        """Keep what is told from now on for the first who listens, until `keep_no_more`."""
        with self._lock:
            self._keeps = True

    def keep_no_more(self) -> None:
        """Forget what was kept; without effect if nothing was."""
        with self._lock:
            self._keeps = False
            self._kept.clear()

    def listen(self, listener: Callable[[Message], object]) -> Callable[[], None]:
        """Call with each failure from now on, and at once with those that were kept.

        Returns:
            What ends it.
        """
        with self._lock:
            self._listeners.append(listener)
            kept, self._kept = self._kept, []
        for message in kept:
            listener(message)

        def end() -> None:
            with self._lock, suppress(ValueError):
                self._listeners.remove(listener)

        return end

    def tell(self, message: Message) -> None:
        """A device has failed."""
        with self._lock:
            listeners = list(self._listeners)
            if self._keeps and not listeners:
                self._kept.append(message)
        for listener in listeners:
            listener(message)


#: Of the devices of this process that judge frames, and of those that decode video.
DEVICE_FAILURES = DeviceFailures()
DECODER_FAILURES = DeviceFailures()
