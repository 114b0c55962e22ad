"""One window for each home: a second start brings the first window to the front."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from fallwatch.system.files import FileLock

#: Beside the settings.
LOCK_FILE = "window.lock"

_ANSWERS_WITHIN_MS = 1000


class SingleWindow(QObject):
    """Finds out whether a window is open already, and hears of later starts.

    Signals:
        wanted: Somebody has started fallwatch once more.
    """

    wanted = Signal()

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._lock = FileLock(home / LOCK_FILE)
        self._name = f"fallwatch-{hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]}"
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_connection)

    def is_first(self) -> bool:
        """Whether to open a window; if not, the first one comes to the front.

        Rather two windows than none: one that does not answer, or a folder that cannot be written,
        keeps no other from opening.
        """
        try:
            if not self._lock.acquire():
                return not self._ask_first()
        except OSError:
            return True
        # What a window that was killed has left behind.
        QLocalServer.removeServer(self._name)
        self._server.listen(self._name)
        return True

    def close(self) -> None:
        """Be the first no more."""
        self._server.close()
        self._lock.release()

    def _ask_first(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        answered = socket.waitForConnected(_ANSWERS_WITHIN_MS)
        socket.abort()
        return answered

    def _on_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.deleteLater()
            self.wanted.emit()
