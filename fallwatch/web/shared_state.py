"""State of the page for all who look on: worked out and written out once, however many they are."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fallwatch.core.types import Alarm
from fallwatch.web.state import PageState

#: The state is worked out this often at most, in seconds; an alarm counts at once.
FRESH_S = 0.35


@dataclass(slots=True)
class _Known:
    lock: threading.Lock = field(default_factory=threading.Lock)
    at_s: float = float("-inf")
    number: int = 0
    unchanged: str = ""
    sent: str = ""
    alarms: tuple[Alarm, ...] | None = None


class SharedState:
    """Any thread.

    Args:
        state: Looks at the watch.
        alarms: The open alarms, as a tuple that is another one after each change.
        monotonic: Steady clock, in seconds.
    """

    def __init__(
        self,
        state: PageState,
        alarms: Callable[[], tuple[Alarm, ...]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state, self._alarms, self._monotonic = state, alarms, monotonic
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def now(self, language: str) -> tuple[int, str]:
        """A number that grows with each change, and the state as JSON.

        Args:
            language: One of `fallwatch.web.translations.LANGUAGES`.
        """
        with self._lock:
            known = self._known.setdefault(language, _Known())
        with known.lock:
            now_s, alarms = self._monotonic(), self._alarms()
            if known.alarms is not alarms or now_s - known.at_s >= FRESH_S:
                state = self._state.now(language)
                # The time alone is no change.
                unchanged = json.dumps({key: state[key] for key in state if key != "now_utc"})
                if unchanged != known.unchanged:
                    known.number += 1
                known.at_s, known.alarms = now_s, alarms
                known.unchanged, known.sent = unchanged, json.dumps(state)
            return known.number, known.sent
