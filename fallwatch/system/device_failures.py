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
        self._listeners: list[Callable[[Message], None]] = []

    def listen(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        """Call with each failure from now on.

        Returns:
            What ends it.
        """
        with self._lock:
            self._listeners.append(listener)

        def end() -> None:
            with self._lock, suppress(ValueError):
                self._listeners.remove(listener)

        return end

    def tell(self, message: Message) -> None:
        """A device has failed."""
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener(message)


#: Those of this process.
DEVICE_FAILURES = DeviceFailures()
