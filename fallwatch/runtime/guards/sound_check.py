"""The sound check: looks, without a sound, whether an alarm could be heard on this computer."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.protocols import AlarmDispatch, ChannelError
from fallwatch.pipeline.worker import FailureLog, Worker

_log = logging.getLogger(__name__)

#: The same alarm as the one about a burst that could not be heard.
SOUND_FAILED = "sound_failed"

#: From one look to the next; sooner while something is wrong, so that the alarm ends soon after.
LOOK_EVERY_S, LOOK_AGAIN_S = 3600.0, 60.0


class SoundCheck:
    """Looks at the sound output at the start, every hour, and when it is asked to.

    Args:
        alarms: Raises an alarm where nothing could be heard, and ends it when something could.
        look: Raises `ChannelError` if nothing could be heard. It makes no sound.
        every_s: From one look to the next.
        again_s: The same, while something is wrong.
    """

    def __init__(
        self,
        alarms: AlarmDispatch,
        look: Callable[[], None],
        *,
        every_s: float = LOOK_EVERY_S,
        again_s: float = LOOK_AGAIN_S,
    ) -> None:
        self._alarms, self._look = alarms, look
        self._every_s, self._again_s = every_s, again_s
        self._reported = False
        self._wake = threading.Event()
        self._failures = FailureLog(_log)
        self._worker = Worker("sound check", self._run, self._on_failure)

    def start(self) -> None:
        """Begin to look; once only."""
        self._worker.start()

    def look_soon(self) -> None:
        """Look now, as after a sleep of the computer. Never waits."""
        self._wake.set()

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """Look no more.

        Returns:
            Name of the thread if it did not end in time.
        """
        self._worker.stopping.set()
        self._wake.set()
        return self._worker.left_after(timeout_s)

    def _run(self) -> None:
        while not self._worker.stopping.is_set():
            self._wake.clear()
            self._check()
            self._wake.wait(self._again_s if self._reported else self._every_s)

    def _check(self) -> None:
        try:
            self._look()
        except ChannelError as error:
            self._reported = True
            self._alarms.raise_technical(THIS_COMPUTER, SOUND_FAILED, error.message)
        else:
            # An alarm about a burst that was not heard ends with one that is, not with a look.
            if self._reported:
                self._reported = False
                self._alarms.clear_technical(THIS_COMPUTER, SOUND_FAILED)

    def _on_failure(self, error: Exception) -> bool:
        self._failures.write(
            f"The sound output could not be looked at: {error}", error, expected=False
        )
        return True
