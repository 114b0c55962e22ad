"""Ctrl-C and termination requests close the window as its close button does."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable

from PySide6.QtCore import QObject, QSocketNotifier

from fallwatch.system.program.ending_signals import ending_signals


class QuitSignals(QObject):
    """Calls back when the process is asked to end.

    Python runs signal handlers only between two of its own instructions, and Qt's event loop may
    not run any for a long time. So the signal also writes a byte into a socket that Qt watches.
    """

    def __init__(self, on_quit: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._old_wakeup = signal.set_wakeup_fd(self._writer.fileno())
        self._old_handlers = {
            number: signal.signal(number, lambda *_: on_quit()) for number in ending_signals()
        }
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        # Running any Python at all is enough: the handler comes first.
        self._notifier.activated.connect(self._drain)

    def close(self) -> None:
        """Put the old handlers back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._old_wakeup)
        for number, handler in self._old_handlers.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()

    def _drain(self) -> None:
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return
