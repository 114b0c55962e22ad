"""Decodes clips on a thread of its own for the player."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fallwatch.core.protocols import SourceError
from fallwatch.pipeline.mailbox import Mailbox
from fallwatch.ui.player_reader import ClipReader, Still

_TAKE_TIMEOUT_S = 1.0


class Move(str, Enum):
    """Which picture is wanted."""

    TO = "to"
    NEXT = "next"
    PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture that is wanted.

    Attributes:
        move: Where from.
        time_s: Time in the clip, for `Move.TO`.
    """

    move: Move = Move.TO
    time_s: float = 0.0


class PlayerWorker(QObject):
    """Answers wishes for pictures of one clip; of those that wait only the newest counts.

    Signals:
        opened: Length of the clip in seconds.
        shown: A ``Still``. At most one is on its way: the next is decoded when it was taken.
        failed: Why the clip cannot be played, in words.
    """

    opened = Signal(float)
    shown = Signal(object)
    failed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._wishes: Mailbox[Wish] = Mailbox()
        self._taken = threading.Event()
        self._taken.set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fallwatch player", daemon=True)

    def start(self) -> None:
        """Open the clip and show its first picture."""
        self._wishes.put(Wish())
        self._thread.start()

    def want(self, wish: Wish) -> None:
        """Ask for a picture, in place of one not yet decoded."""
        self._wishes.put(wish)

    def took(self) -> None:
        """The last picture was taken over."""
        self._taken.set()

    def stop(self) -> None:
        """End; nothing is emitted any more. A picture being decoded is not waited for."""
        self._stopping.set()
        self._taken.set()
        self._wishes.close()

    def _run(self) -> None:
        try:
            with closing(ClipReader(self._path)) as reader:
                if not self._stopping.is_set():
                    self.opened.emit(reader.duration_s)
                while not self._stopping.is_set():
                    wish = self._wishes.take(_TAKE_TIMEOUT_S)
                    if wish is not None:
                        self._show(_fulfil(reader, wish))
        except SourceError as error:
            if not self._stopping.is_set():
                self.failed.emit(str(error))

    def _show(self, still: Still | None) -> None:
        if still is not None and not self._stopping.is_set():
            self._taken.clear()
            self.shown.emit(still)
            self._taken.wait()


def _fulfil(reader: ClipReader, wish: Wish) -> Still | None:
    if wish.move is Move.NEXT:
        return reader.after()
    if wish.move is Move.PREVIOUS:
        return reader.before()
    return reader.at(wish.time_s)
