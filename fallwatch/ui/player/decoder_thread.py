"""Decodes clips on a thread of its own for the player."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from fallwatch.core.message import Message
from fallwatch.core.protocols import SourceError
from fallwatch.pipeline.mailbox import Mailbox
from fallwatch.ui.player.reader import ClipLoader, Still

_TAKE_TIMEOUT_S = 1.0

# As fast as possible: of what is decoded within this time the last frame is shown.
_BURST_S = 0.03


class Move(str, Enum):
    """Which frame is wanted; `ON` is the one reached after decoding for a moment."""

    TO = "to"
    NEXT = "next"
    ON = "on"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class SeekRequest:
    """A frame that is wanted.

    Attributes:
        move: Where from.
        time_s: Time in the clip, for `Move.TO`.
    """

    move: Move = Move.TO
    time_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Ready:
    """The clip is open and can be played.

    Attributes:
        duration_s: Its length.
    """

    duration_s: float


@dataclass(frozen=True, slots=True)
class Failed:
    """The clip cannot be played.

    Attributes:
        message: Why.
    """

    message: Message


@dataclass(frozen=True, slots=True)
class Ended:
    """There is no frame behind the last one."""


Answer = Ready | Still | Failed | Ended


class PlayerWorker:
    """Answers wishes for frames of one clip; of those that wait only the newest counts.

    Answers are fetched, not sent: nothing of Qt is touched on this thread, and the next frame
    is decoded when the last was fetched, so that they never pile up.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._options: Mailbox[SeekRequest] = Mailbox()
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._fetched = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fallwatch player", daemon=True)

    def start(self) -> None:
        """Open the clip."""
        self._thread.start()

    def want(self, wish: SeekRequest) -> None:
        """Ask for a frame, in place of one not yet decoded."""
        self._options.put(wish)

    def fetch(self) -> Answer | None:
        """The next answer; None if there is none yet."""
        try:
            answer = self._answers.get_nowait()
        except queue.Empty:
            return None
        self._fetched.set()
        return answer

    def stop(self) -> None:
        """End soon. A frame being decoded is not waited for."""
        self._stopping.set()
        self._fetched.set()
        self._options.close()

    def _run(self) -> None:
        try:
            with closing(ClipLoader(self._path)) as reader:
                self._answers.put(Ready(reader.duration_s))
                while not self._stopping.is_set():
                    wish = self._options.take(_TAKE_TIMEOUT_S)
                    answer = None if wish is None else _fulfil(reader, wish)
                    if answer is not None:
                        self._fetched.clear()
                        self._answers.put(answer)
                        self._wait_until_fetched()
        except SourceError as error:
            self._answers.put(Failed(error.message))

    def _wait_until_fetched(self) -> None:
        while not self._stopping.is_set() and not self._answers.empty():
            self._fetched.wait(_TAKE_TIMEOUT_S)
            self._fetched.clear()


def _fulfil(reader: ClipLoader, wish: SeekRequest) -> Still | Ended | None:
    if wish.move is Move.ON:
        return _decode_on(reader)
    if wish.move is Move.NEXT:
        return reader.after()
    if wish.move is Move.PREVIOUS:
        return reader.before()
    return reader.at(wish.time_s)


def _decode_on(reader: ClipLoader) -> Still | Ended:
    until_s = time.monotonic() + _BURST_S
    moved = reader.skip()
    while moved and time.monotonic() < until_s and reader.skip():
        pass
    return reader.current() if moved else Ended()
