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

#: Wrong codes from one address in an hour after which it is heard no more for the rest of it.
MAX_WRONG_OF_ONE = 5

#: Wrong codes, from whomever, after which the code is void and a new one must be asked for. More
#: than one address has: nobody alone can keep others from being let in.
MAX_WRONG = 10

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
        on_lock_out: Called when codes were guessed too often, with the address if it was one
            alone, which goes on though it is not heard; empty for several, when nobody is let in.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        on_lock_out: Callable[[str], None] = lambda address: None,
    ) -> None:
        self._monotonic, self._on_lock_out = monotonic, on_lock_out
        self._lock = threading.Lock()
        self._code: _Code | None = None
        self._wrong = 0
        # When wrong codes came that were heard; and by address, at most as many, heard or not.
        self._wrong_s: list[float] = []
        self._of_address_s: dict[str, list[float]] = {}

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

    def is_locked(self, address: str = "") -> bool:
        """Whether nobody, or nobody at this address, is let in for now."""
        with self._lock:
            self._let_go_of_old()
            return self._is_locked(address)

    def redeem(self, digits: str, address: str) -> Role | None:
        """The role of whoever knows the code, which is void from then on; None for all others.

        Args:
            digits: What was entered.
            address: From where.
        """
        with self._lock:
            self._let_go_of_old()
            code, now = self._code, self._monotonic()
            is_heard = not self._is_locked(address)
            if is_heard and code is not None and now < code.until_s:
                if secrets.compare_digest(code.digits.encode(), digits.encode("utf-8", "replace")):
                    self._code = None
                    return code.role
                self._wrong += 1
                if self._wrong >= MAX_WRONG:
                    self._code = None
            guesser = self._note(address, now, is_heard=is_heard)
        if guesser is not None:
            self._on_lock_out(guesser)
        return None

    def _note(self, address: str, now: float, *, is_heard: bool) -> str | None:
        """Note a wrong code; returns whose it was if `on_lock_out` has to be called, else None."""
        if is_heard:
            self._wrong_s.append(now)
        elif address not in self._of_address_s:
            return None  # nobody is heard any more, and there may be addresses without end
        of_one = self._of_address_s.setdefault(address, [])
        if len(of_one) < MAX_WRONG_AN_HOUR:
            of_one.append(now)
            if len(of_one) == MAX_WRONG_AN_HOUR:
                return address
        return "" if is_heard and len(self._wrong_s) == MAX_WRONG_AN_HOUR else None

    def _is_locked(self, address: str) -> bool:
        of_one = self._of_address_s.get(address, ())
        return len(self._wrong_s) >= MAX_WRONG_AN_HOUR or len(of_one) >= MAX_WRONG_OF_ONE

    def _let_go_of_old(self) -> None:
        now = self._monotonic()

        def young(times_s: list[float]) -> list[float]:
            return [at_s for at_s in times_s if now - at_s < _HOUR_S]

        self._wrong_s = young(self._wrong_s)
        left = {address: young(times_s) for address, times_s in self._of_address_s.items()}
        self._of_address_s = {address: times_s for address, times_s in left.items() if times_s}
