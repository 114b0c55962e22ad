"""Pairing: a six-digit code, shown at the computer, lets one device in."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from fallwatch.web.access.devices import Role

#: A code holds for this long, in seconds.
CODE_HOLDS_S = 300.0

#: Wrong codes, from whomever, after which the code is void and a new one must be asked for.
MAX_WRONG = 5

#: Wrong codes from all addresses in one hour after which nobody is let in for the rest of it:
#: then a code is guessed with a chance of one in 50,000 an hour.
MAX_WRONG_AN_HOUR = 20
_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class _Code:
    digits: str
    role: Role
    until_s: float


class Pairing:
    """The one code that is valid at a time. Any thread.

    Args:
        monotonic: Steady clock, in seconds.
        on_lock_out: Called when codes were guessed too often.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        on_lock_out: Callable[[], None] = lambda: None,
    ) -> None:
        self._monotonic, self._on_lock_out = monotonic, on_lock_out
        self._lock = threading.Lock()
        self._code: _Code | None = None
        self._wrong = 0
        self._wrong_s: list[float] = []

    def begin(self, role: Role) -> str:
        """A new code, which lets one device in; the one before is void."""
        digits = f"{secrets.randbelow(1_000_000):06d}"
        with self._lock:
            self._code = _Code(digits, role, self._monotonic() + CODE_HOLDS_S)
            self._wrong = 0
        return digits

    def end(self) -> None:
        """No code holds any more."""
        with self._lock:
            self._code = None

    @property
    def is_open(self) -> bool:
        """Whether a code holds at this moment."""
        with self._lock:
            return self._code is not None and self._monotonic() < self._code.until_s

    @property
    def is_locked(self) -> bool:
        """Whether nobody is let in for now: codes were guessed too often."""
        with self._lock:
            return self._guessed_too_often()

    def redeem(self, digits: str) -> Role | None:
        """The role of whoever knows the code, which is void from then on; None for all others."""
        with self._lock:
            if self._guessed_too_often():
                return None
            code, now = self._code, self._monotonic()
            if code is not None and now < code.until_s:
                if secrets.compare_digest(code.digits.encode(), digits.encode("utf-8", "replace")):
                    self._code = None
                    return code.role
                self._wrong += 1
                if self._wrong >= MAX_WRONG:
                    self._code = None
            self._wrong_s.append(now)
            locked = self._guessed_too_often() and len(self._wrong_s) == MAX_WRONG_AN_HOUR
        if locked:
            self._on_lock_out()
        return None

    def _guessed_too_often(self) -> bool:
        now = self._monotonic()
        self._wrong_s = [at_s for at_s in self._wrong_s if now - at_s < _HOUR_S]
        return len(self._wrong_s) >= MAX_WRONG_AN_HOUR
