"""Trust in the wall clock: it may be set, and an empty battery sets it wildly.

What is deleted because it is old must wait until the clock is known to be right, for a clock that
is a year ahead makes everything old. The clock is taken for right once it has run evenly for a day,
over restarts too: a file keeps the latest time seen and how long all went well.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path

from fallwatch.system.files import write_private

_log = logging.getLogger(__name__)

#: Name of the file in ``paths.data_dir()``.
CLOCK_FILE = "clock.json"

#: A difference of more than this from what was to be expected is a jump.
JUMP_S = 86_400.0

#: After a jump, or where nothing is known, the clock must run evenly for so long.
EVEN_FOR_S = 86_400.0

#: A computer that was switched off for so long is no news; from then on, the clock is in doubt.
LONG_OFF_S = 7 * 86_400.0


def _now() -> float:
    return datetime.now(timezone.utc).timestamp()


class ClockWatch:
    """Follows the wall clock. Any thread may ask.

    Args:
        path: Its file.
        wall: Wall clock, seconds since 1970 UTC.
        monotonic: A clock that is never set, in seconds.
    """

    def __init__(
        self,
        path: Path,
        *,
        wall: Callable[[], float] = _now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path, self._wall, self._monotonic = path, wall, monotonic
        self._lock = threading.Lock()
        self._last: tuple[float, float] | None = None  # wall and monotonic, when last looked
        self._even_s = 0.0
        self._jumped_s: float | None = None

    def is_plausible(self) -> bool:
        """Look at the clock; whether it has run evenly for a day."""
        with self._lock:
            self._look()
            return self._even_s >= EVEN_FOR_S

    @property
    def jumped_s(self) -> float | None:
        """By how many seconds it jumped, if it did and is in doubt since; negative for back.

        Between two runs, only what is no ordinary time of a computer that is switched off.
        """
        with self._lock:
            return self._jumped_s

    def _look(self) -> None:
        wall, monotonic = self._wall(), self._monotonic()
        if self._last is None:
            self._begin(wall)
        else:
            expected = self._last[0] + monotonic - self._last[1]
            self._take(wall - expected, monotonic - self._last[1], JUMP_S)
        self._last = wall, monotonic
        if self._even_s >= EVEN_FOR_S:
            self._jumped_s = None
        self._write(wall)

    def _begin(self, wall: float) -> None:
        """Compare with what an earlier run saw."""
        try:
            data = json.loads(self._path.read_bytes())
            seen, self._even_s = float(data["seen_unix_s"]), float(data["even_s"])
            jumped = data.get("jumped_s")
            self._jumped_s = None if jumped is None else float(jumped)
        except FileNotFoundError:
            return
        except (OSError, ValueError, TypeError, KeyError) as error:
            _log.warning("%s cannot be read (%s).", self._path, error)
            return
        off_s = wall - seen
        self._take(off_s, max(0.0, off_s), LONG_OFF_S)

    def _take(self, off_s: float, passed_s: float, told_from_s: float) -> None:
        if abs(off_s) <= JUMP_S:
            self._even_s = min(EVEN_FOR_S, self._even_s + passed_s)
            return
        self._even_s = 0.0
        _log.warning("The clock is %.1f days from where it was expected.", off_s / 86_400)
        if off_s < 0 or off_s > told_from_s:
            self._jumped_s = off_s

    def _write(self, wall: float) -> None:
        content = {"seen_unix_s": wall, "even_s": self._even_s, "jumped_s": self._jumped_s}
        try:
            write_private(self._path, json.dumps(content).encode())
        except OSError as error:
            _log.warning("%s cannot be written: %s", self._path, error)
