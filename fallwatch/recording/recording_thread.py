"""Snapshots and clips of events, on a thread of their own: alarms never wait for them."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from fallwatch.alarms.raising import THIS_COMPUTER
from fallwatch.core.message import Message, MessageError, message_of, plain
from fallwatch.core.protocols import AlarmDispatch
from fallwatch.core.types import Analysis
from fallwatch.pipeline.worker import FailureLog, Worker
from fallwatch.recording.media import MediaFolder
from fallwatch.recording.recorder import Recorder, Render, as_seen
from fallwatch.recording.trim_memory import hand_back_memory

_log = logging.getLogger(__name__)

DISK_LOW, RECORDING_FAILED = "disk_low", "recording_failed"

#: With less room than this no clips are recorded: the record of events needs it.
MIN_FREE_BYTES = 500_000_000

# Warnings end only when there is clearly more room again.
_ENOUGH_FREE_BYTES = MIN_FREE_BYTES * 3 // 2

#: Frames of one camera that may wait for the recorder; older ones are dropped.
MAX_WAITING = 8

_CHECK_DISK_S = 2.0
_HOUSEKEEPING_S = 3600.0
_HAND_BACK_S = 60.0
# A camera that has sent nothing for so long is taken for gone, and its clips end.
_SILENT_S = 5.0
# A clip that nobody has worked on for so long was left behind by a fallwatch that was killed.
_ABANDONED_S = 10.0
_IDLE_WAIT_S = 0.5
# Frames taken in, if so many wait, for each that is encoded: taken in, they survive a crash.
_INTAKE = 4


class Tap:
    """Where one camera's frames go in. No method waits or raises; any thread may call them."""

    def __init__(self, recording: Recording, recorder: Recorder) -> None:
        self.recorder = recorder
        self.seen_s = float("-inf")
        self.waiting = 0
        self._recording = recording

    def see(self, analysis: Analysis) -> None:
        """Offer an analysed frame; it may be dropped."""
        self._recording.put_frame(self, analysis)

    def event(self, event_id: str, analysis: Analysis) -> None:
        """Record an event. To be called after the alarm is in the record and told.

        Args:
            event_id: As the record has it.
            analysis: What settled it.
        """
        self._recording.put_event(self, event_id, analysis)

    def close(self) -> None:
        """No more frames come: the clips end now. A camera that falls silent needs no call."""
        self._recording.put_end(self)


class Recording:
    """Records all cameras on one thread.

    A full disk ends the clips first: the alarm ``disk_low`` says so, and events are recorded on.
    Its thread has time to spare, and also hands freed memory back to the system.

    Args:
        media: Where snapshots and clips go.
        dispatcher: Told of what does not work.
        housekeeping: Called on the thread at the start and every hour; for retention.
        free_bytes: Room left on the disk of a folder.
        monotonic: Clock in seconds.
    """

    def __init__(
        self,
        media: MediaFolder,
        dispatcher: AlarmDispatch,
        *,
        housekeeping: Callable[[], None] = lambda: None,
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._media, self._dispatcher = media, dispatcher
        self._housekeeping, self._free_bytes, self._monotonic = housekeeping, free_bytes, monotonic
        self._changed = threading.Condition()
        self._queue: deque[tuple[Tap | None, Callable[[], None]]] = deque()
        self._taps: list[Tap] = []  # those with a clip under way
        self._disk_low = False
        self._failed = False
        self._checked_s = self._housekept_s = self._salvaged_s = float("-inf")
        self._handed_back_s = float("-inf")
        self._salvage = self.tap()
        self._until_s = float("inf")
        self._failures = FailureLog(_log)
        self._worker = Worker("recorder", self._run, self._on_failure)

    def start(self) -> None:
        """Start the thread; once only."""
        self._worker.start()

    def tap(self, *, render: Render = as_seen, source_clip: Path | None = None) -> Tap:
        """Begin to record a camera or recorded clip.

        Args:
            render: Makes the image that may be stored; called on the recorder's thread.
            source_clip: The file, if it is a recorded clip: it is referred to, not copied.
        """
        recorder = Recorder(
            self._media, render=render, source_clip=source_clip, on_failure=self._on_not_stored
        )
        return Tap(self, recorder)

    def put_frame(self, tap: Tap, analysis: Analysis) -> None:
        """See `Tap.see`."""
        with self._changed:
            if tap.waiting < MAX_WAITING:
                tap.waiting += 1
                self._put(tap, partial(self._see, tap, analysis))

    def put_event(self, tap: Tap, event_id: str, analysis: Analysis) -> None:
        """See `Tap.event`."""
        with self._changed:
            # Before the frames that wait: they come into its clip all the same.
            self._put(None, partial(self._begin, tap, event_id, analysis), first=True)

    def put_end(self, tap: Tap) -> None:
        """See `Tap.close`."""
        with self._changed:
            self._put(None, partial(self._end, tap))

    def stop(self, timeout_s: float = 2.0) -> list[str]:
        """End the clips under way and the thread.

        Args:
            timeout_s: Longest time it may take. What is not written by then is left out.

        Returns:
            Name of the thread if it did not end in time.
        """
        deadline_s = time.monotonic() + timeout_s
        with self._changed:
            self._until_s = self._monotonic() + timeout_s * 0.7
            self._worker.stopping.set()
            self._changed.notify()
        return self._worker.left_after(deadline_s - time.monotonic())

    def _put(self, tap: Tap | None, job: Callable[[], None], *, first: bool = False) -> None:
        if not self._worker.stopping.is_set():
            (self._queue.appendleft if first else self._queue.append)((tap, job))
            self._changed.notify()

    def _run(self) -> None:
        more = False
        while not self._worker.stopping.is_set():
            self._take(0.0 if more else _IDLE_WAIT_S)
            for _ in range(_INTAKE - 1):
                self._take(0.0)
            now_s = self._monotonic()
            self._look_after(now_s)
            more = False
            for tap in tuple(self._taps):
                if now_s - tap.seen_s > _SILENT_S and tap.recorder.is_busy:
                    tap.recorder.complete_clips()
                more = tap.recorder.work() or more
                if not tap.recorder.is_busy:
                    self._taps.remove(tap)
        self._finish()

    def _take(self, timeout_s: float) -> None:
        """Do one job, waiting for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._worker.stopping.is_set(), timeout_s)
            if not self._queue:
                return
            tap, job = self._queue.popleft()
            if tap is not None:
                tap.waiting -= 1
        job()

    def _see(self, tap: Tap, analysis: Analysis) -> None:
        tap.seen_s = self._monotonic()
        tap.recorder.see(analysis)

    def _begin(self, tap: Tap, event_id: str, analysis: Analysis) -> None:
        if tap not in self._taps:
            self._taps.append(tap)
        tap.seen_s = self._monotonic()
        self._check_disk()
        failed_before, self._failed = self._failed, False
        tap.recorder.begin(event_id, analysis, with_clip=not self._disk_low)
        if failed_before and not self._failed:
            self._dispatcher.clear_technical(THIS_COMPUTER, RECORDING_FAILED)

    def _end(self, tap: Tap) -> None:
        tap.recorder.complete_clips()

    def _look_after(self, now_s: float) -> None:
        if now_s - self._housekept_s >= _HOUSEKEEPING_S:
            self._housekept_s = now_s
            self._housekeeping()
        if now_s - self._handed_back_s >= _HAND_BACK_S:
            self._handed_back_s = now_s
            hand_back_memory()
        if now_s - self._checked_s >= _CHECK_DISK_S:
            self._check_disk()
        if now_s - self._salvaged_s >= _ABANDONED_S:
            self._salvaged_s = now_s
            self._resume_clips()

    def _resume_clips(self) -> None:
        """Write the clips to their end that a killed fallwatch left behind."""
        if self._disk_low or self._salvage in self._taps:
            return
        for event_id in self._media.abandoned(before_unix_s=time.time() - _ABANDONED_S):
            self._salvage.recorder.resume(event_id)
        self._taps.append(self._salvage)

    def _check_disk(self) -> None:
        self._checked_s = self._monotonic()
        try:
            self._media.prepare()
            free = self._free_bytes(self._media.folder)
        except OSError as error:
            self._on_not_stored(
                Message("{0} cannot be used ({1}).", (str(self._media.folder), str(error)))
            )
            return
        if free < MIN_FREE_BYTES and not self._disk_low:
            self._disk_low = True
            for tap in self._taps:
                tap.recorder.give_up_clips()
            self._dispatcher.raise_technical(
                THIS_COMPUTER, DISK_LOW, _disk_words(self._media, free)
            )
        elif free >= _ENOUGH_FREE_BYTES and self._disk_low:
            self._disk_low = False
            self._dispatcher.clear_technical(THIS_COMPUTER, DISK_LOW)

    def _on_not_stored(self, reason: Message) -> None:
        """A snapshot or clip could not be stored; said until the next one could."""
        if not self._failed:
            self._failed = True
            _log.warning("%s", reason)
            words = Message("Alarms work, but a snapshot or clip is missing. {0}", (reason,))
            self._dispatcher.raise_technical(THIS_COMPUTER, RECORDING_FAILED, words)

    def _on_failure(self, error: Exception) -> bool:
        reason = (str(error) or type(error).__name__).rstrip(".")
        self._failures.write(f"Recording failed: {reason}.", error, expected=False)
        self._on_not_stored(
            message_of(error) if isinstance(error, MessageError) else plain(f"{reason}.")
        )
        return True

    def _finish(self) -> None:
        """Take in what waits and write on for as long as there is time, then close everything."""
        while self._queue and self._monotonic() < self._until_s:
            self._take(0.0)
        for tap in self._taps:
            tap.recorder.complete_clips()
            while tap.recorder.is_busy and self._monotonic() < self._until_s:
                tap.recorder.work()
            tap.recorder.cut_short()


def _disk_words(media: MediaFolder, free: int) -> Message:
    return Message(
        "Only {0} MB are free on the disk of {1}. Alarms work and are recorded, but without clips. "
        "Free some space, or shorten how long recordings are kept.",
        (free // 1_000_000, str(media.folder)),
    )
