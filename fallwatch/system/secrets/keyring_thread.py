"""The thread of the keyring: it may wait for a person for ever, who asks for a password may not."""

from __future__ import annotations

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, TypeVar

from fallwatch.core.message import MessageError

T = TypeVar("T")

#: Somebody who sits at the computer has seen the system's prompt by then. A camera that hangs in
#: its driver is given up a little later.
LIMIT_S = 8.0

#: What is still granted once the program ends.
_FAREWELL_S = 0.3


class KeyringSilentError(Exception):
    """The keyring has not answered in time."""


@dataclass
class _Question:
    """What is asked, and what came of it."""

    call: Callable[[], Any]
    is_answered: bool = False
    answer: Any = None
    error: BaseException | None = None


class KeyringThread:
    """Asks one question after the other, never on the thread of whoever asks; any thread may.

    Whoever asks while the keyring has been silent for too long is refused at once. What was asked
    stays asked, once: an answer that comes late is there for the next who asks the same.

    Args:
        limit_s: Longest time to wait for an answer.
    """

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._limit_s = limit_s
        self._changed = threading.Condition()
        self._waiting: deque[Hashable] = deque()
        self._questions: dict[Hashable, _Question] = {}
        self._busy_since_s: float | None = None
        self._runs = False
        self._closed = False

    def ask(self, key: Hashable, call: Callable[[], T]) -> T:
        """What ``call`` returns, or raises.

        Args:
            key: The same for the same question, which is then asked only once at a time.
            call: Asks the keyring.

        Raises:
            KeyringSilentError: No answer came in time.
        """
        with self._changed:
            question = self._questions.get(key)
            if question is None:
                question = self._questions[key] = _Question(call)
                self._waiting.append(key)
                self._begin()
            answered = question
            self._changed.wait_for(lambda: answered.is_answered or self._closed, self._left_s())
            if not answered.is_answered and self._closed:
                self._changed.wait_for(lambda: answered.is_answered, _FAREWELL_S)
        if not answered.is_answered:
            raise KeyringSilentError
        if answered.error is not None:
            raise answered.error
        result: T = answered.answer
        return result

    def close(self) -> None:
        """Wait for nothing any more: the program ends."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _left_s(self) -> float:
        silent_s = 0.0 if self._busy_since_s is None else time.monotonic() - self._busy_since_s
        return max(0.0, self._limit_s - silent_s)

    def _begin(self) -> None:
        """Ask the next question, unless one is being asked. The lock is held."""
        if not self._runs and self._waiting:
            self._runs = True
            # A daemon: a prompt that nobody answers must not keep the program from ending.
            threading.Thread(target=self._run, name="fallwatch keyring", daemon=True).start()

    def _run(self) -> None:
        with self._changed:
            key = self._waiting.popleft()
            question = self._questions[key]
            self._busy_since_s = time.monotonic()
        try:
            question.answer = question.call()
        except (MessageError, OSError, ValueError) as error:
            question.error = error
        finally:
            # What nobody expects is for whoever asked, and for Python's own report.
            question.error = question.error or sys.exc_info()[1]
            with self._changed:
                self._busy_since_s = None
                self._runs = False
                question.is_answered = True
                del self._questions[key]
                self._begin()
                self._changed.notify_all()
