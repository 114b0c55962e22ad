"""The sleep guard: keeps the computer awake while a room is watched, and reports when it slept."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from fallwatch.alarms.channels.channel_thread import guarded
from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message
from fallwatch.core.protocols import AlarmDispatch
from fallwatch.pipeline.worker import FailureLog, Worker
from fallwatch.system.keep_awake import Inhibitor, KeepAwakeError, system_inhibitor

_log = logging.getLogger(__name__)

SLEEP_POSSIBLE, WATCH_GAP = "sleep_possible", "watch_gap"

_TICK_S = 1.0

_LOOKING_AGAIN = Message("Looking again after the gap")

#: Two looks further apart than this: the computer slept, or this process was stopped. A busy
#: computer delays a look by a second or two.
LONGEST_LOOK_S = 15.0

#: How often a system that refused is asked again.
_ASK_AGAIN_S = 60.0


def clock_with_sleep() -> float:
    """Seconds, steadily increasing, also while the computer sleeps.

    ``time.monotonic`` stands still then on Linux and macOS; see Python's documentation of
    ``time.CLOCK_BOOTTIME`` and, for macOS, of ``clock_gettime(3)``.
    """
    if sys.platform == "win32":
        return time.monotonic()
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _nothing() -> None:
    """There is no camera to look at again."""


class SleepGuard:
    """Keeps the computer awake while rooms are watched, its display on while an alarm waits.

    Rooms and alarms are reported from any thread; the system is asked on a thread of its own.

    Args:
        alarms: Raises an alarm where the system refuses, and about a time in which nobody watched.
        inhibitor: What the system offers; asked once, at the start.
        clock: See `clock_with_sleep`.
        now: The present, in local time.
        on_resume: Called after such a time, for what has to be looked at again.
    """

    def __init__(
        self,
        alarms: AlarmDispatch,
        *,
        inhibitor: Callable[[], Inhibitor | None] = system_inhibitor,
        clock: Callable[[], float] = clock_with_sleep,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
        on_resume: Callable[[], None] = lambda: None,
    ) -> None:
        self._alarms, self._make_inhibitor = alarms, inhibitor
        self._clock, self._now, self._on_resume = clock, now, on_resume
        self._lock = threading.Lock()
        self._rooms: dict[str, list[Callable[[], None]]] = {}
        self._alarm_waits = False
        self._wake = threading.Event()
        self._inhibitor: Inhibitor | None = None
        self._held_with_display: bool | None = None
        self._refused_s = float("-inf")
        self._reported = False
        self._looked_s: float | None = None
        self._failures = FailureLog(_log)
        self._worker = Worker("sleep guard", self._run, self._on_failure)

    def begin(self, room: str, look_again: Callable[[], None] = _nothing) -> None:
        """A room is being watched. Never waits.

        Args:
            room: Its name.
            look_again: Called after a time in which nobody watched, to test the room's camera.
                It must return at once.
        """
        with self._lock:
            self._rooms.setdefault(room, []).append(look_again)
        self._wake.set()

    def end(self, room: str, look_again: Callable[[], None] = _nothing) -> None:
        """A room is not watched any more; as it was begun. Never waits."""
        with self._lock:
            watches = self._rooms.get(room, [])
            if look_again in watches:
                watches.remove(look_again)
            if not watches:
                self._rooms.pop(room, None)
        self._wake.set()

    def alarm_waits(self, waits: bool) -> None:
        """Whether an alarm waits to be acknowledged. Never waits itself."""
        if waits != self._alarm_waits:
            self._alarm_waits = waits
            self._wake.set()

    def start(self) -> None:
        """Begin to look; once only."""
        self._worker.start()

    def stop(self, timeout_s: float = 1.0) -> list[str]:
        """Let the computer sleep again.

        Returns:
            Name of the thread if it did not end in time.
        """
        self._worker.stopping.set()
        self._wake.set()
        return self._worker.left_after(timeout_s)

    def look(self) -> None:
        """Do what is to be done now."""
        self._notice_gap()
        with self._lock:
            wanted = self._alarm_waits if self._rooms else None
        if self._inhibitor is None:
            return
        if wanted is None:
            if self._held_with_display is not None:
                self._inhibitor.release()
                self._held_with_display = None
            self._clear_refusal()
        elif wanted != self._held_with_display or not self._inhibitor.is_held:
            self._hold(self._inhibitor, display=wanted)

    def _hold(self, inhibitor: Inhibitor, *, display: bool) -> None:
        now_s = self._clock()
        if now_s - self._refused_s < _ASK_AGAIN_S:
            return
        try:
            inhibitor.hold(display=display)
        except KeepAwakeError as error:
            self._refused_s = now_s
            self._held_with_display = None
            if not self._reported:
                self._reported = True
                self._alarms.raise_technical(THIS_COMPUTER, SLEEP_POSSIBLE, error.message)
        else:
            self._held_with_display = display
            self._clear_refusal()

    def _clear_refusal(self) -> None:
        self._refused_s = float("-inf")
        if self._reported:
            self._reported = False
            self._alarms.clear_technical(THIS_COMPUTER, SLEEP_POSSIBLE)

    def _notice_gap(self) -> None:
        now_s = self._clock()
        before_s, self._looked_s = self._looked_s, now_s
        with self._lock:
            rooms = list(self._rooms)
            look_again = [each for watches in self._rooms.values() for each in watches]
        if before_s is None or not rooms or now_s - before_s < LONGEST_LOOK_S:
            return
        ended = self._now()
        began = ended - timedelta(seconds=now_s - before_s)
        words = Message(
            "Nobody watched from {0} to {1}: the computer slept or was stopped. Look after whoever "
            "is in these rooms: {2}. In the system's power settings, set it to never sleep while "
            "plugged in.",
            (f"{began:%H:%M:%S}", f"{ended:%H:%M:%S}", ", ".join(rooms)),
        )
        # One that was acknowledged is still open: this is another one. It goes to every recipient,
        # which tests them, too: one who cannot be reached becomes an alarm.
        self._alarms.clear_technical(THIS_COMPUTER, WATCH_GAP)
        self._alarms.raise_technical(THIS_COMPUTER, WATCH_GAP, words)
        for each in (*look_again, self._on_resume):
            guarded(_LOOKING_AGAIN, each)

    def _run(self) -> None:
        if self._inhibitor is None:
            self._inhibitor = self._make_inhibitor()
        try:
            while not self._worker.stopping.is_set():
                self.look()
                self._wake.wait(_TICK_S)
                self._wake.clear()
        finally:
            if self._inhibitor is not None:
                self._inhibitor.release()
                self._held_with_display = None

    def _on_failure(self, error: Exception) -> bool:
        words = f"Keeping the computer awake failed: {error}"
        self._failures.write(words, error, expected=False)
        return True
