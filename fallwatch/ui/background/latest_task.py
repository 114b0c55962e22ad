"""Trying cameras and ways to tell people without holding up the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from fallwatch.core.message import Message, message_of
from fallwatch.core.protocols import ChannelError, SourceError
from fallwatch.ui.background.bridge import Bridge

T = TypeVar("T")


class LatestTask(QObject):
    """Does one thing at a time on a thread nobody waits for: a driver may hold it for long.

    Only the newest trial is answered.
    """

    def __init__(self, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._number = 0

    def run(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        otherwise: Callable[[Message], None],
    ) -> None:
        """Do ``work`` elsewhere.

        Args:
            work: What to do.
            then: Called with its result, on the window's thread.
            otherwise: Called with what went wrong.
        """
        self._number += 1
        target = partial(self._try, self._number, work, then, otherwise)
        threading.Thread(target=target, name="fallwatch test", daemon=True).start()

    def forget(self) -> None:
        """Nobody wants the answer any more."""
        self._number += 1

    def _try(
        self,
        number: int,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        otherwise: Callable[[Message], None],
    ) -> None:
        answer = partial(otherwise, Message("The test broke off. Try again."))
        try:
            answer = partial(then, work())
        except (SourceError, ChannelError, OSError) as error:
            answer = partial(otherwise, message_of(error))
        finally:
            # Also where something else went wrong, which Python itself reports.
            self._bridge.post(partial(self._answer, number, answer))

    def _answer(self, number: int, answer: Callable[[], None]) -> None:
        if number == self._number:
            answer()
