"""Permission to use webcams, where the system asks the person once: macOS.

macOS asks only on the window's thread, while cameras are opened on their own. So the window asks
first, and cameras wait for the answer.
"""

from __future__ import annotations

import threading

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError

#: A person has to read the question; a camera that waits longer says why, and is tried again.
_ANSWER_WITHIN_S = 10.0


class CameraAccess:
    """The answer of the system, or that nobody asked it. Any thread."""

    def __init__(self) -> None:
        self._answered = threading.Event()
        self._answered.set()
        self._allowed = True

    def expect(self) -> None:
        """A question is shown; `check` waits for its answer."""
        self._answered.clear()

    def answer(self, allowed: bool) -> None:
        """The answer has come."""
        self._allowed = allowed
        self._answered.set()

    def check(self, within_s: float = _ANSWER_WITHIN_S) -> None:
        """Return if webcams may be used, or nobody asked.

        Raises:
            SourceError: They may not, or there is no answer yet.
        """
        if not self._answered.wait(within_s):
            raise SourceError(
                Message(
                    "The system asks whether fallwatch may use the camera. Choose Allow in its "
                    "question."
                )
            )
        if not self._allowed:
            raise SourceError(
                Message(
                    "The system does not let fallwatch use the camera. Allow it in System "
                    "Settings > Privacy & Security > Camera, then start fallwatch again."
                )
            )


#: The one of this process.
camera_access = CameraAccess()
